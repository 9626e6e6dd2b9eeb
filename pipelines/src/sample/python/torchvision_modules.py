#!/usr/bin/env python3
"""Torchvision's networks as TorchScript modules, and their scores by PyTorch alone.

Run with Debian's python3-torchvision:
    torchvision_modules.py make FOLDER CLASSES SIDE [ZIP]   resnet18.pt and mobilenet_v3_small.pt
    torchvision_modules.py score ZIP SIDE MODULE...         a line of JSON: hits and loss by module
    torchvision_modules.py time MODULE SIDE BATCH THREADS   images a second

Weights are random. Where a zip of class folders is given, batch norm takes its statistics from its
training images and logits are centred over them, so that each class wins sometimes. Images are
resized to a square by Pillow's bicubic; what says ghostbeam.json in its archive takes them as they
are, uint8 (N, H, W, 3), the others as ToTensor and ImageNet's Normalize make them.
"""

import io
import json
import sys
import time
import zipfile

import numpy
import torch
import torchvision
from PIL import Image
from torchvision.transforms import functional

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BATCH = 50


def images(archive, split, side):
    """Images as Pillow has them, and their labels."""
    with zipfile.ZipFile(archive) as files:
        names = sorted(n for n in files.namelist() if n.startswith(split + "/") and n[-1] != "/")
        classes = sorted({name.split("/")[1] for name in names})
        for name in names:
            image = Image.open(io.BytesIO(files.read(name))).convert("RGB")
            yield image.resize((side, side), Image.BICUBIC), classes.index(name.split("/")[1])


def planes(batch):
    return torch.stack([functional.normalize(functional.to_tensor(i), MEAN, STD) for i in batch])


def samples(batch):
    return torch.stack([functional.pil_to_tensor(i).permute(1, 2, 0) for i in batch]).contiguous()


def make(folder, classes, side, archive=None):
    torch.manual_seed(1)
    for name in ("resnet18", "mobilenet_v3_small"):
        net = getattr(torchvision.models, name)(num_classes=int(classes)).train()
        head = net.fc if name == "resnet18" else net.classifier[-1]
        if archive:
            some = planes([image for image, _ in images(archive, "train", int(side))][::10])
            with torch.no_grad():
                for norm in net.modules():
                    if isinstance(norm, torch.nn.BatchNorm2d):
                        norm.momentum = None
                net(some)
                net.eval()
                logits = net(some)
                head.weight /= logits.std()
                head.bias -= head.bias + (logits.mean(0) - head.bias) / logits.std()
        net.eval()
        example = torch.rand(1, 3, int(side), int(side))
        torch.jit.trace(net, example).save(f"{folder}/{name}.pt")


def score(archive, side, *modules):
    loaded = []
    for path in modules:
        with zipfile.ZipFile(path) as files:
            ours = any(name.endswith("extra/ghostbeam.json") for name in files.namelist())
        loaded.append((path, torch.jit.load(path).eval(), samples if ours else planes))
    told = {path: {"records": 0, "top1": 0, "top5": 0, "loss": 0.0} for path in modules}
    everything = list(images(archive, "val", int(side)))
    with torch.no_grad():
        for start in range(0, len(everything), BATCH):
            batch = [image for image, _ in everything[start : start + BATCH]]
            labels = torch.tensor([label for _, label in everything[start : start + BATCH]])
            for path, net, form in loaded:
                logits = net(form(batch))
                best = logits.topk(5).indices.eq(labels[:, None])
                one = told[path]
                one["records"] += len(labels)
                one["top1"] += int(best[:, 0].sum())
                one["top5"] += int(best.sum())
                one["loss"] += float(torch.nn.functional.cross_entropy(logits, labels, reduction="sum"))
    for one in told.values():
        one["loss"] /= one["records"]
    print(json.dumps(told))


def timed(path, side, batch, threads):
    torch.set_num_threads(int(threads))
    net = torch.jit.load(path).eval()
    # Of bytes at random, as EvaluateBench's: processors clock lower on them than on zeros.
    shape = (int(batch), int(side), int(side), 3)
    batch_of = planes(numpy.random.default_rng(1).integers(0, 256, shape, numpy.uint8))
    with torch.no_grad():
        for _ in range(4):
            net(batch_of)
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < 15:
            net(batch_of)
            count += int(batch)
    print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    {"make": make, "score": score, "time": timed}[sys.argv[1]](*sys.argv[2:])
