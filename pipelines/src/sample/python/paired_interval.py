"""How much better one kind of training is than another, on the same images: the difference of Top-1 with its interval.

    ./run evaluate … --predictions --output=report
    python3 pipelines/src/sample/python/paired_interval.py report/predictions plain-1,plain-2 mixed-1,mixed-2

Of several checkpoints of a kind, such as of several seeds, an image counts as the share of them that gets it right. The
interval is the normal one of the mean of the images' differences: it says what other images of the kind might show, not
what other seeds might.
"""

import csv
import gzip
import math
import os
import sys


def answers(folder, name):
    """Whether each record was got right."""
    with gzip.open(os.path.join(folder, name + '.csv.gz'), 'rt', newline='') as file:
        return {row['record']: row['label'] == row['class1'] for row in csv.DictReader(file)}


def shares(folder, names):
    kind = [answers(folder, name) for name in names.split(',')]
    for name, right in zip(names.split(','), kind):
        print(f'{name}: {100 * sum(right.values()) / len(right):.2f}')
    return {record: sum(right[record] for right in kind) / len(kind) for record in kind[0]}


def main(folder, usual, other):
    before, after = shares(folder, usual), shares(folder, other)
    differences = [after[record] - before[record] for record in before]
    count = len(differences)
    mean = sum(differences) / count
    deviation = math.sqrt(sum((one - mean) ** 2 for one in differences) / (count - 1) / count)
    low, high = (100 * (mean + sign * 1.96 * deviation) for sign in (-1, 1))
    print(f'difference {100 * mean:+.2f} points, 95 %: {low:+.2f} to {high:+.2f}')


if __name__ == '__main__':
    main(*sys.argv[1:])
