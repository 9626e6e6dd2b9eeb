"""Makes model/src/test/resources/golden/augmentation: each operation at several levels, by Pillow.

usage: make_augmentations.py PHOTO OUT
Needs Pillow 9.4 and NumPy; PHOTO is golden/preprocess/landscape_420.JPEG. cases.json names the cases; cases.png holds
their 40 x 30 pictures, one below the other in that order, the first being the input. Magnitudes are those of the level; angles and shifts also negative.
"""
import json, sys
from PIL import Image, ImageEnhance, ImageOps
import numpy as np

photo, out = sys.argv[1:]
W, H = 40, 30
GREY = (128, 128, 128)
image = Image.open(photo).convert('RGB').resize((W, H), Image.LANCZOS)
half = np.asarray(image).copy()
half[:, :, 1] = half[:, :, 1] // 4 + 90       # leaves autocontrast something to stretch
image = Image.fromarray(half)


def affine(*a):
    return image.transform((W, H), Image.AFFINE, a, resample=Image.NEAREST, fillcolor=GREY)


def solarize_add(addend):
    return image.point([min(255, v + addend) if v < 128 else v for v in range(256)] * 3)


# Given a level and a sign, the magnitude and the picture.
OPS = {
    'SHEAR_X': lambda l, s: (m := s * 0.3 * l / 10, affine(1, m, 0, 0, 1, 0)),
    'SHEAR_Y': lambda l, s: (m := s * 0.3 * l / 10, affine(1, 0, 0, m, 1, 0)),
    'TRANSLATE_X': lambda l, s: (m := s * 150 / 331 * l / 10, affine(1, 0, m * W, 0, 1, 0)),
    'TRANSLATE_Y': lambda l, s: (m := s * 150 / 331 * l / 10, affine(1, 0, 0, 0, 1, m * H)),
    'ROTATE': lambda l, s: (m := s * 30 * l / 10, image.rotate(m, Image.NEAREST, fillcolor=GREY)),
    'COLOR': lambda l, s: (m := 1.8 * l / 10 + 0.1, ImageEnhance.Color(image).enhance(m)),
    'CONTRAST': lambda l, s: (m := 1.8 * l / 10 + 0.1, ImageEnhance.Contrast(image).enhance(m)),
    'BRIGHTNESS': lambda l, s: (m := 1.8 * l / 10 + 0.1, ImageEnhance.Brightness(image).enhance(m)),
    'SHARPNESS': lambda l, s: (m := 1.8 * l / 10 + 0.1, ImageEnhance.Sharpness(image).enhance(m)),
    'SOLARIZE': lambda l, s: (m := 256 - 256 * l / 10, ImageOps.solarize(image, m)),
    'SOLARIZE_ADD': lambda l, s: (m := int(l / 10 * 110), solarize_add(m)),
    'POSTERIZE': lambda l, s: (m := 4 - int(4 * l / 10), ImageOps.posterize(image, m)),
    'EQUALIZE': lambda l, s: (0, ImageOps.equalize(image)),
    'INVERT': lambda l, s: (0, ImageOps.invert(image)),
    'AUTO_CONTRAST': lambda l, s: (0, ImageOps.autocontrast(image)),
}
SIGNED = {'SHEAR_X', 'SHEAR_Y', 'TRANSLATE_X', 'TRANSLATE_Y', 'ROTATE'}
PLAIN = {'EQUALIZE', 'INVERT', 'AUTO_CONTRAST'}

cases, pictures = [], [np.asarray(image)]
for name, op in OPS.items():
    for level in [0] if name in PLAIN else [0, 3, 5, 8, 10]:
        for sign in [1, -1] if name in SIGNED else [1]:
            magnitude, picture = op(level, sign)
            cases.append({'operation': name, 'level': level, 'sign': sign, 'magnitude': magnitude})
            pictures.append(np.asarray(picture))
with open(out + '/cases.json', 'w') as f:
    f.write('[\n' + ',\n'.join(json.dumps(c) for c in cases) + '\n]\n')
Image.fromarray(np.concatenate(pictures)).save(out + '/cases.png', optimize=True)
