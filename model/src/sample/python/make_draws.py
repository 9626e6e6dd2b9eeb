"""Makes model/src/test/resources/golden/augmentation/draws.json and draws.png: what RandAugment, random erasing,
mixup and CutMix do for given random draws, by Pillow and PyTorch, and how their draws are distributed.

usage: make_draws.py OUT
OUT is the folder above; its cases.png begins with the picture that operations are tried on. Needs Pillow 9.4, NumPy
and PyTorch 1.13 (Debian 12's python3-pil, python3-numpy, python3-torch). A draw is a number u from 0 to below 1: a
choice of n is floor(n u), a coin shows heads below 1/2.
"""
import json, math, sys
import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps

out = sys.argv[1]
W, H = 40, 30
GREY = (128, 128, 128)
picture = Image.open(out + '/cases.png').convert('RGB').crop((0, 0, W, H))


def unit(seed, index):
    """The tests' fill rule: a hash in [-1, 1)."""
    m = 0xFFFFFFFF
    x = (seed * 0x9E3779B1 + index * 0x85EBCA6B + 0x1B873593) & m
    x ^= x >> 16
    x = x * 0x7FEB352D & m
    x ^= x >> 15
    x = x * 0x846CA68B & m
    x ^= x >> 16
    return ((x >> 8) - 8388608) / 8388608.0


def images(seed, n, side):
    """Normalised images (N, H, W, 3)."""
    flat = [2 * unit(seed, i) for i in range(n * side * side * 3)]
    return torch.tensor(flat, dtype=torch.float32).reshape(n, side, side, 3)


# RandAugment like timm's rand-mM-nL-inc1, except for nearest-neighbour sampling and grey fill, as in AutoAugment here.


def affine(image, *a):
    return image.transform((W, H), Image.AFFINE, a, resample=Image.NEAREST, fillcolor=GREY)


def solarize_add(image, add):
    return image.point([min(255, v + add) if v < 128 else v for v in range(256)] * 3)


INCREASING = [
    ('AUTO_CONTRAST', None, lambda i, m: ImageOps.autocontrast(i)),
    ('EQUALIZE', None, lambda i, m: ImageOps.equalize(i)),
    ('INVERT', None, lambda i, m: ImageOps.invert(i)),
    ('ROTATE', lambda l, sign: sign() * l / 10 * 30, lambda i, m: i.rotate(m, Image.NEAREST, fillcolor=GREY)),
    ('POSTERIZE', lambda l, sign: 4 - int(l / 10 * 4), ImageOps.posterize),
    ('SOLARIZE', lambda l, sign: 256 - int(l / 10 * 256), ImageOps.solarize),
    ('SOLARIZE_ADD', lambda l, sign: int(l / 10 * 110), solarize_add),
    ('COLOR', lambda l, sign: max(0.1, 1 + sign() * l / 10 * 0.9), lambda i, m: ImageEnhance.Color(i).enhance(m)),
    ('CONTRAST', lambda l, sign: max(0.1, 1 + sign() * l / 10 * 0.9), lambda i, m: ImageEnhance.Contrast(i).enhance(m)),
    ('BRIGHTNESS', lambda l, sign: max(0.1, 1 + sign() * l / 10 * 0.9), lambda i, m: ImageEnhance.Brightness(i).enhance(m)),
    ('SHARPNESS', lambda l, sign: max(0.1, 1 + sign() * l / 10 * 0.9), lambda i, m: ImageEnhance.Sharpness(i).enhance(m)),
    ('SHEAR_X', lambda l, sign: sign() * l / 10 * 0.3, lambda i, m: affine(i, 1, m, 0, 0, 1, 0)),
    ('SHEAR_Y', lambda l, sign: sign() * l / 10 * 0.3, lambda i, m: affine(i, 1, 0, 0, m, 1, 0)),
    ('TRANSLATE_X', lambda l, sign: sign() * l / 10 * 0.45, lambda i, m: affine(i, 1, 0, m * W, 0, 1, 0)),
    ('TRANSLATE_Y', lambda l, sign: sign() * l / 10 * 0.45, lambda i, m: affine(i, 1, 0, 0, 0, 1, m * H)),
]
TWO_SIDED = {3, 7, 8, 9, 10, 11, 12, 13, 14}
pictures = []


def rand_augment(layers, magnitude, draws):
    left, image, names = list(draws), picture, []
    for _ in range(layers):
        name, level, change = INCREASING[int(left.pop(0) * 15)]
        if left.pop(0) < 0.5:
            m = level(magnitude, lambda: -1 if left.pop(0) < 0.5 else 1) if level else None
            image = change(image, m)
            names.append(name)
    assert not left
    pictures.append(np.asarray(image))
    return {'layers': layers, 'magnitude': magnitude, 'draws': draws, 'operations': names}


cases = []
for i in range(15):
    for sign in [0.2, 0.7] if i in TWO_SIDED else [None]:
        for magnitude in [3, 9, 10]:
            draws = [(i + 0.5) / 15, 0.3] + ([sign] if sign else [])
            cases.append(rand_augment(1, magnitude, draws))
cases.append(rand_augment(1, 9, [0.1, 0.5]))  # left out
cases.append(rand_augment(2, 9, [3.5 / 15, 0.4, 0.6, 7.5 / 15, 0.1, 0.2]))
cases.append(rand_augment(2, 7, [11.5 / 15, 0.4, 0.6, 1.5 / 15, 0.9]))
cases.append(rand_augment(3, 5, [14.5 / 15, 0.0, 0.0, 14.5 / 15, 0.49, 0.5, 2.5 / 15, 0.2]))
Image.fromarray(np.concatenate(pictures)).save(out + '/draws.png', optimize=True)

# Random erasing: (u for the probability, then for each try u for area, log aspect, top, left), and the noise in order.


def erase(side, probability, draws):
    left, noise = list(draws), [0]
    image = images(5, 1, side)[0]
    box = None
    if left.pop(0) < probability:
        for _ in range(10):
            area = side * side * (0.02 + (1 / 3 - 0.02) * left.pop(0))
            low = math.log(0.3)
            aspect = math.exp(low + (-low - low) * left.pop(0))
            h, w = int(round(math.sqrt(area * aspect))), int(round(math.sqrt(area / aspect)))
            if w < side and h < side:
                top, start = int(left.pop(0) * (side - h + 1)), int(left.pop(0) * (side - w + 1))
                box = [start, top, w, h]
                patch = torch.tensor([3 * unit(9, i) for i in range(h * w * 3)], dtype=torch.float32)
                image[top:top + h, start:start + w] = patch.reshape(h, w, 3)
                break
    assert not left
    return {'side': side, 'probability': probability, 'draws': draws, 'box': box, 'image': image.flatten().tolist()}


erasing = [
    erase(10, 0.25, [0.2, 0.5, 0.5, 0.1, 0.9]),
    erase(10, 0.25, [0.25]),
    erase(10, 1, [0.99, 0.999, 0.999, 0.2, 0.9, 0.0, 0.999]),
    erase(9, 1, [0.0] + [0.999, 0.001] * 10),
]

# Mixup and CutMix of a batch: its images and the reversed batch's.


def mix(kind, n, side, share, draws):
    x = images(6, n, side)
    if kind == 'cutmix':
        half = int(side * math.sqrt(1 - share)) // 2
        y, z = (int(u * side) for u in draws)
        y0, y1, x0, x1 = (int(np.clip(v, 0, side)) for v in (y - half, y + half, z - half, z + half))
        x[:, y0:y1, x0:x1] = x.flip(0)[:, y0:y1, x0:x1]
        share_left = 1 - (y1 - y0) * (x1 - x0) / (side * side)
    else:
        partners = x.flip(0)
        x = x * share + partners * (1 - share)
        share_left = share
    row = {'kind': kind, 'count': n, 'side': side, 'share': share, 'draws': draws, 'shareLeft': share_left}
    row['images'] = x.flatten().tolist()
    return row


mixing = [
    mix('mixup', 4, 5, 0.3, []),
    mix('mixup', 2, 5, 0.9999, []),
    mix('cutmix', 4, 6, 0.25, [0.5, 0.4]),
    mix('cutmix', 2, 6, 0.1, [0.05, 0.95]),
    mix('cutmix', 2, 6, 0.99, [0.5, 0.5]),
]

# The loss of mixed images.


def loss(labels, classes, share, smoothing):
    n = len(labels)
    values = [4 * unit(77, i) for i in range(n * classes)]
    logits = torch.tensor(values, dtype=torch.float64).reshape(n, classes).requires_grad_()
    rows = torch.full((n, classes), smoothing / (classes - 1), dtype=torch.float64)
    rows[torch.arange(n), torch.tensor(labels)] = 1 - smoothing
    mixed = share * rows + (1 - share) * rows.flip(0)
    value = torch.nn.functional.cross_entropy(logits, mixed)
    value.backward()
    row = {'labels': labels, 'classes': classes, 'share': share, 'smoothing': smoothing, 'loss': value.item()}
    row['gradient'] = logits.grad.flatten().tolist()
    return row


losses = [loss([1, 3, 0, 1], 5, 0.3, 0.1), loss([2, 1, 2], 5, 0.75, 0), loss([0, 1], 2, 0.6, 0.5)]

# Distributions of draws, from two million each: the edges of ten equal parts where there is no closed form.
RNG = np.random.default_rng(1)
MANY = 2_000_000


def boxes(side):
    """Areas and aspects of erased boxes; the fraction of images without one."""
    areas, aspects = np.full(MANY, np.nan), np.full(MANY, np.nan)
    open_ = np.arange(MANY)
    for _ in range(10):
        area = side * side * RNG.uniform(0.02, 1 / 3, open_.size)
        aspect = np.exp(RNG.uniform(math.log(0.3), -math.log(0.3), open_.size))
        h, w = np.rint(np.sqrt(area * aspect)), np.rint(np.sqrt(area / aspect))
        fits = (h < side) & (w < side)
        areas[open_[fits]] = (h * w)[fits]
        aspects[open_[fits]] = (h / w)[fits]
        open_ = open_[~fits]
    return areas, aspects, open_.size / MANY


def parts(values, count=10):
    edges = np.unique(np.quantile(values, np.arange(1, count) / count))
    inside = np.histogram(values, np.concatenate([[-np.inf], np.nextafter(edges, np.inf), [np.inf]]))[0]
    return {'upTo': edges.tolist(), 'probabilities': (inside / len(values)).tolist()}


def cut_shares(alpha, side):
    half = (side * np.sqrt(1 - RNG.beta(alpha, alpha, MANY))).astype(int) // 2
    y, x = RNG.integers(0, side, MANY), RNG.integers(0, side, MANY)
    h = np.clip(y + half, 0, side) - np.clip(y - half, 0, side)
    w = np.clip(x + half, 0, side) - np.clip(x - half, 0, side)
    return 1 - h * w / (side * side)


areas, aspects, none = boxes(224)
assert none == 0
distributions = {
    'erasedArea224': parts(areas),
    'erasedAspect224': parts(aspects),
    'cutmixShareOf1At32': parts(cut_shares(1, 32)),
    'cutmixShareOf0.3At224': parts(cut_shares(0.3, 224)),
}
for alpha in [0.1, 0.2, 0.8, 1, 4]:
    distributions[f'mixupShareOf{alpha}'] = parts(RNG.beta(alpha, alpha, MANY))

with open(out + '/draws.json', 'w') as f:
    sections = {
        'randAugment': cases,
        'erasing': erasing,
        'mixing': mixing,
        'losses': losses,
        'distributions': [{'of': name, **rows} for name, rows in distributions.items()],
    }
    f.write('{\n' + ',\n'.join(
        f'"{name}": [\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]' for name, rows in sections.items()
    ) + '\n}\n')
