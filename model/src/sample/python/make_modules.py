#!/usr/bin/env python3
"""TorchScript modules exported with PyTorch, for tests: run with PyTorch (Debian's python3-torch).

Usage: make_modules.py FOLDER. All see images of 32 pixels a side.
    traced.pt     convolution, batch norm, ReLU, mean and a head of 7 classes; float (N, 3, 32, 32)
    scripted.pth  the same weights, scripted, with a branch
    uint8.pt      the same weights; uint8 (N, 32, 32, 3), normalised inside
    training.pt   the same network, traced as it trains
    dropout.pt    likewise, with dropout
    pair.pt       gives logits and features
    maps.pt       gives feature maps (N, 8, 32, 32)
    fixed.pt      takes exactly one image
    twos.pt       takes exactly two
    throws.pt     refuses what it sees in its own words
    cuda.pt       as if traced on a GPU (its text says so)
    vision.pt     as if it called torchvision::nms (its text says so)
    quantised.pt  two layers whose steps are chosen by each batch; float (N, 3, 32, 32)
    weights.pth   a state dict, no module
"""

import sys
import zipfile

import torch


class Net(torch.nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = torch.nn.BatchNorm2d(8)
        self.drop = torch.nn.Dropout(dropout)
        self.head = torch.nn.Linear(8, 7)

    def maps(self, x):
        return torch.relu(self.norm(self.conv(x)))

    def forward(self, x):
        # Spread the logits, so that random weights distinguish images.
        return 20 * self.head(self.drop(self.maps(x).mean([2, 3])))


class Branching(Net):
    def forward(self, x):
        features = torch.relu(self.norm(self.conv(x))).mean([2, 3])
        if x.shape[0] == 0:
            return x.new_zeros(0, 7)
        return 20 * self.head(features)


class Samples(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]))

    def forward(self, images):
        return self.net(((images.float() / 255 - self.mean) / self.std).permute(0, 3, 1, 2))


class Pair(Net):
    def forward(self, x):
        features = self.maps(x).mean([2, 3])
        return self.head(features), features


class Maps(Net):
    def forward(self, x):
        return self.maps(x)


class Fixed(Net):
    def forward(self, x):
        return self.head(self.maps(x).mean([2, 3]).view(1, 8))


class Twos(Net):
    def forward(self, x):
        return self.head(self.maps(x).mean([2, 3]).view(2, 8))


class Throws(torch.nn.Module):
    def forward(self, x):
        if x.shape[-1] != 17:
            raise ValueError("only 17 pixels a side, found {}".format(x.shape[-1]))
        return x.mean([2, 3])


def rewritten(source, target, old, new):
    """A copy with modified source."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.endswith(".py"):
                content = content.decode().replace(old, new, 1).encode()
            if not entry.filename.endswith(".debug_pkl"):
                copy.writestr(zipfile.ZipInfo(entry.filename), content)


def main(folder):
    torch.manual_seed(1)
    state = Net().state_dict()
    state["norm.running_mean"] = torch.linspace(-0.2, 0.2, 8)
    state["norm.running_var"] = torch.linspace(0.5, 1.5, 8)
    images = torch.rand(1, 3, 32, 32)

    def net(kind=Net, training=False, **how):
        made = kind(**how)
        made.load_state_dict(state)
        return made.train(training)

    def trace(name, module, example=images):
        torch.jit.trace(module, example, check_trace=False).save(f"{folder}/{name}")

    trace("traced.pt", net())
    torch.jit.script(net(Branching)).save(f"{folder}/scripted.pth")
    trace("uint8.pt", Samples(net()), torch.zeros(1, 32, 32, 3, dtype=torch.uint8))
    trace("training.pt", net(training=True), torch.rand(2, 3, 32, 32))
    trace("dropout.pt", net(training=True, dropout=0.5), torch.rand(2, 3, 32, 32))
    trace("pair.pt", net(Pair))
    trace("maps.pt", net(Maps))
    trace("fixed.pt", net(Fixed))
    trace("twos.pt", net(Twos), torch.rand(2, 3, 32, 32))
    torch.jit.script(Throws()).save(f"{folder}/throws.pt")
    rewritten(
        f"{folder}/uint8.pt",
        f"{folder}/cuda.pt",
        "torch.to(images, 6)",
        'torch.to(images, torch.device("cuda:0"), 6)',
    )
    rewritten(
        f"{folder}/uint8.pt",
        f"{folder}/vision.pt",
        "torch.to(images, 6)",
        "ops.torchvision.nms(torch.to(images, 6), images, 0.5)",
    )
    torch.save(state, f"{folder}/weights.pth")
    torch.manual_seed(4)  # Its logits change by 6 % with the rest of the batch.
    layers = [torch.nn.AvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(192, 16)]
    layers += [torch.nn.LayerNorm(16), torch.nn.ReLU(), torch.nn.Linear(16, 7)]
    dense = torch.nn.Sequential(*layers).eval()
    trace("quantised.pt", torch.quantization.quantize_dynamic(dense, dtype=torch.qint8))


if __name__ == "__main__":
    main(sys.argv[1])
