"""Makes two small datasets in class folders, to try --recipe=small on: seconds each, the same bytes each time.

    apt-get install python3-pil fonts-aenigma
    python3 pipelines/src/sample/python/make_small_datasets.py shapes  /tmp/shapes
    python3 pipelines/src/sample/python/make_small_datasets.py letters /tmp/letters

shapes: nine outlines in any place, size, turn and colour before clutter of their own colours.
letters: A to Z in the 465 fonts of Debian's fonts-aenigma, most of them playful; no font of val has a
near relation in train, as fonts whose files' names begin with the same four letters go together.
"""

import hashlib
import math
import os
import random
import sys

from PIL import Image, ImageDraw, ImageFont

SIDE = 64
FONTS = '/usr/share/fonts/truetype/aenigma'
TRAIN_PER_SHAPE, VAL_PER_SHAPE = 300, 100


def polygon(corners, depth=1.0):
    """A regular polygon, or a star where every other corner lies at a depth."""
    def points():
        step = math.pi / corners if depth != 1 else 2 * math.pi / corners
        count = 2 * corners if depth != 1 else corners
        for i in range(count):
            radius = depth if i % 2 and depth != 1 else 1
            yield radius * math.cos(i * step), radius * math.sin(i * step)
    return list(points())


def arc(inner, outer, shift):
    """A ring's half or a moon: an outer arc, and back along an inner one."""
    turns = [math.pi * i / 24 for i in range(25)]
    return ([(outer * math.cos(t), outer * math.sin(t)) for t in turns] +
            [(inner * math.cos(t), shift + inner * math.sin(t)) for t in reversed(turns)])


SHAPES = {
    'arch': arc(0.6, 1, 0),
    'circle': polygon(48),
    'cross': [(x, y) for x, y in [(-1, -.3), (-.3, -.3), (-.3, -1), (.3, -1), (.3, -.3), (1, -.3),
                                  (1, .3), (.3, .3), (.3, 1), (-.3, 1), (-.3, .3), (-1, .3)]],
    'ellipse': [(x, 0.55 * y) for x, y in polygon(48)],
    'hexagon': polygon(6),
    'half': arc(0, 1, 0),
    'square': polygon(4),
    'star': polygon(5, 0.45),
    'triangle': polygon(3),
}


def shape(corners, draw):
    """One picture of an outline, drawn at four times its size so that its edges are smooth."""
    side = 4 * SIDE
    colours = [tuple(draw.randrange(256) for _ in range(3)) for _ in range(2)]
    while sum(abs(a - b) for a, b in zip(*colours)) < 150:
        colours[1] = tuple(draw.randrange(256) for _ in range(3))
    image = Image.new('RGB', (side, side), colours[0])
    pencil = ImageDraw.Draw(image)
    for _ in range(draw.randrange(12)):
        ends = [draw.randrange(side) for _ in range(4)]
        pencil.line(ends, fill=colours[1], width=draw.randrange(4, 12))
    radius = side * draw.uniform(0.2, 0.42)
    middle = [draw.uniform(radius, side - radius) for _ in range(2)]
    turn, stretch = draw.uniform(0, 2 * math.pi), draw.uniform(0.85, 1)
    pencil.polygon(
        [(middle[0] + radius * (x * math.cos(turn) - stretch * y * math.sin(turn)),
          middle[1] + radius * (x * math.sin(turn) + stretch * y * math.cos(turn))) for x, y in corners],
        fill=colours[1])
    small = image.resize((SIDE, SIDE), Image.LANCZOS)
    noise = Image.frombytes('RGB', small.size, draw.randbytes(3 * SIDE * SIDE))
    return Image.blend(small, noise, draw.uniform(0, 0.3))


def shapes(folder):
    for name, corners in SHAPES.items():
        for split, count in ('train', TRAIN_PER_SHAPE), ('val', VAL_PER_SHAPE):
            for i in range(count):
                picture = shape(corners, random.Random('%s %s %d' % (name, split, i)))
                save(picture, folder, split, name, '%04d' % i)


def letters(folder):
    for file in sorted(os.listdir(FONTS)):
        if not file.endswith('.ttf'):
            continue
        related = hashlib.sha256(file[:4].lower().encode()).digest()[0]
        split = 'val' if related < 51 else 'train'  # a fifth
        for letter in 'ABCDEFGHIJKLMNOPQRSTUVWXYZ':
            picture = letter_of(os.path.join(FONTS, file), letter)
            if picture:
                save(picture, folder, split, letter, file[:-4])


def letter_of(path, letter):
    """A letter as large as the picture less a margin, or none where a font has no ink for it."""
    font = ImageFont.truetype(path, 4 * SIDE)
    box = font.getmask(letter).getbbox()
    if not box:
        return None
    mask = font.getmask(letter)
    ink = Image.frombytes('L', mask.size, bytes(mask)).crop(box)
    scale = (SIDE - 8) / max(ink.size)
    ink = ink.resize([max(1, round(scale * side)) for side in ink.size], Image.LANCZOS)
    page = Image.new('L', (SIDE, SIDE), 0)
    page.paste(ink, [(SIDE - side) // 2 for side in ink.size])
    return Image.eval(page, lambda value: 255 - value)


def save(picture, folder, split, name, stem):
    path = os.path.join(folder, split, name)
    os.makedirs(path, exist_ok=True)
    picture.save(os.path.join(path, stem + '.png'))


if __name__ == '__main__':
    {'shapes': shapes, 'letters': letters}[sys.argv[1]](sys.argv[2])
