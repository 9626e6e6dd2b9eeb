"""Makes two small datasets in class folders to try --recipe=small on: seconds each, the same bytes each time.

    apt-get install python3-pil fonts-aenigma
    python3 pipelines/src/sample/python/make_small_datasets.py shapes  shapes
    python3 pipelines/src/sample/python/make_small_datasets.py letters letters [folder of fonts]

shapes: eight outlines, filled with any dark colour on any light one, of any place and size, tilted and stretched a little,
over a few lines: 300 of each in train and 100 in val.
letters: A to Z of the 465 fonts of Debian's fonts-aenigma, most of them playful, a fifth of them in val. No font of val has
a near relation in train: fonts whose files' names begin with the same four letters go together.
"""

import hashlib
import math
import os
import random
import sys

from PIL import Image, ImageDraw, ImageFont

SIDE = 64
LARGE = 4 * SIDE  # drawn so large, edges are smooth after resizing
FONTS = '/usr/share/fonts/truetype/aenigma'
COUNTS = {'train': 300, 'val': 100}
SHARE_OF_VAL = 0.2


def around(radii):
    """Corners at equal angles, the first at the top, their distances from the middle in turn."""
    turns = [math.pi * (2 * i / len(radii) - 0.5) for i in range(len(radii))]
    return [(radius * math.cos(turn), radius * math.sin(turn)) for radius, turn in zip(radii, turns)]


def half_circle(radius):
    return [(radius * math.cos(math.pi * i / 24), 0.5 - radius * math.sin(math.pi * i / 24)) for i in range(25)]


def heart():
    for i in range(48):
        turn = 2 * math.pi * i / 48
        yield math.sin(turn) ** 3, -sum(
            share * math.cos(k * turn) for k, share in enumerate([0.8, -0.3, -0.12, -0.06], 1))


SHAPES = {
    'arch': half_circle(1) + half_circle(0.55)[::-1],
    'arrow': [(0, -1), (0.8, -0.1), (0.3, -0.1), (0.3, 1), (-0.3, 1), (-0.3, -0.1), (-0.8, -0.1)],
    'circle': around(48 * [0.9]),
    'cross': [(-1, -.3), (-.3, -.3), (-.3, -1), (.3, -1), (.3, -.3), (1, -.3),
              (1, .3), (.3, .3), (.3, 1), (-.3, 1), (-.3, .3), (-1, .3)],
    'heart': list(heart()),
    'square': [(-.8, -.8), (.8, -.8), (.8, .8), (-.8, .8)],
    'star': around(5 * [1, 0.4]),
    'triangle': around(3 * [1]),
}


def colour(draw, lowest, highest):
    return tuple(draw.randint(lowest, highest) for _ in range(3))


def shape(corners, draw):
    image = Image.new('RGB', (LARGE, LARGE), colour(draw, 160, 255))
    pencil = ImageDraw.Draw(image)
    for _ in range(draw.randrange(4)):
        pencil.line([draw.randrange(LARGE) for _ in range(4)], fill=colour(draw, 0, 255), width=draw.randrange(4, 10))
    radius = LARGE * draw.uniform(0.2, 0.42)
    middle_x, middle_y = (draw.uniform(radius, LARGE - radius) for _ in range(2))
    tilt, stretch = math.radians(draw.uniform(-20, 20)), draw.uniform(0.8, 1)
    cosine, sine = radius * math.cos(tilt), radius * math.sin(tilt)
    pencil.polygon(
        [(middle_x + cosine * stretch * x - sine * y, middle_y + sine * stretch * x + cosine * y) for x, y in corners],
        fill=colour(draw, 0, 110))
    small = image.resize((SIDE, SIDE), Image.LANCZOS)
    noise = Image.frombytes('RGB', small.size, draw.randbytes(3 * SIDE * SIDE))
    return Image.blend(small, noise, draw.uniform(0, 0.15))


def shapes(folder):
    for name, corners in SHAPES.items():
        for split, count in COUNTS.items():
            for i in range(count):
                save(shape(corners, random.Random(f'{name} {split} {i}')), folder, split, name, f'{i:04d}')


def letter(font, text):
    """A letter as large as the picture less a margin, or none where the font has no ink for it."""
    mask = font.getmask(text)
    box = mask.getbbox()
    if not box:
        return None
    ink = Image.frombytes('L', mask.size, bytes(mask)).crop(box)
    scale = (SIDE - 8) / max(ink.size)
    ink = ink.resize([max(1, round(scale * side)) for side in ink.size], Image.LANCZOS)
    page = Image.new('L', (SIDE, SIDE), 0)
    page.paste(ink, [(SIDE - side) // 2 for side in ink.size])
    return Image.eval(page, lambda value: 255 - value)


def letters(folder, fonts=FONTS):
    for file in sorted(os.listdir(fonts)):
        if not file.endswith('.ttf'):
            continue
        place = hashlib.sha256(file[:4].lower().encode()).digest()[0] / 256
        split = 'val' if place < SHARE_OF_VAL else 'train'
        font = ImageFont.truetype(os.path.join(fonts, file), LARGE // 2)
        for text in 'ABCDEFGHIJKLMNOPQRSTUVWXYZ':
            picture = letter(font, text)
            if picture:
                save(picture, folder, split, text, file[:-4])


def save(picture, folder, split, name, stem):
    path = os.path.join(folder, split, name)
    os.makedirs(path, exist_ok=True)
    picture.save(os.path.join(path, stem + '.png'))


if __name__ == '__main__':
    {'shapes': shapes, 'letters': letters}[sys.argv[1]](*sys.argv[2:])
