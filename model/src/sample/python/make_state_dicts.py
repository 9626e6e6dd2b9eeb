#!/usr/bin/env python3
"""Files written by torch.save, for PyTorchFileTest: run with PyTorch (Debian's python3-torch).

Usage: make_state_dicts.py FOLDER. Every file holds the same four tensors, in float32
    conv.weight (2, 3, 2, 2)  n/8 - 1 for n = 0 .. 23, row-major
    bn.weight (3,)            1, 2, 3
    bn.num_batches_tracked () 7
    head.weight (2, 3)        every other column of a larger matrix: 0, 2, 4, 6, 8, 10
"""

import argparse
import collections
import sys

import numpy as np
import torch


def state(prefix="", dtype=torch.float32, plus=0.0):
    conv = (torch.arange(24, dtype=torch.float32) / 8 - 1 + plus).reshape(2, 3, 2, 2)
    wide = torch.arange(12, dtype=torch.float32).reshape(2, 6) + plus
    tensors = collections.OrderedDict()
    # Channels-last: its strides are not row-major.
    tensors[prefix + "conv.weight"] = conv.to(dtype).contiguous(memory_format=torch.channels_last)
    tensors[prefix + "bn.weight"] = torch.nn.Parameter(torch.tensor([0.0, 1, 2, 3]).to(dtype)[1:])
    tensors[prefix + "bn.num_batches_tracked"] = torch.tensor(7)
    tensors[prefix + "head.weight"] = wide.to(dtype)[:, ::2]
    tensors._metadata = {"": {"version": 1}}
    return tensors


class Planted:
    """What a hostile file would have the reader do: make a file."""

    def __reduce__(self):
        import os

        return os.system, ("touch planted",)


def main(folder):
    def save(name, value, **how):
        torch.save(value, f"{folder}/{name}", **how)

    save("plain.pth", state())
    save("legacy.pth", state(), _use_new_zipfile_serialization=False)
    save("bf16.pth", state(dtype=torch.bfloat16))
    save("half.pth", state(dtype=torch.float16))
    optimizer = {"state": {0: {"momentum_buffer": torch.ones(3)}}, "param_groups": [{"lr": 0.1}]}
    save(
        "training.pth.tar",
        {
            "epoch": 3,
            "arch": "ghostnet_100",
            "state_dict": state("module._orig_mod."),
            "state_dict_ema": state("module.", plus=100.0),
            "optimizer": optimizer,
            "args": argparse.Namespace(lr=0.1, betas=(0.9, 0.999)),
            "metric": np.float64(71.5),
            "shape": torch.Size([1, 2]),
            "dtype": torch.float32,
            "large": 1 << 80,
        },
    )
    save("model.bin", {"model": state(), "epoch": 1}, pickle_protocol=4)
    net = torch.nn.Sequential(torch.nn.Linear(2, 1))
    averaged = torch.optim.swa_utils.AveragedModel(net).state_dict()
    averaged["module.nothing"] = torch.zeros(5)[5:]
    save("averaged.pth", {"model_ema": averaged})
    save("module.pth", torch.nn.Sequential(torch.nn.Linear(1, 1)))
    save("planted.pth", {"state_dict": state(), "extra": Planted()})
    save("planted-legacy.pth", Planted(), _use_new_zipfile_serialization=False)
    script = torch.jit.trace(torch.nn.Linear(1, 1), torch.zeros(1, 1))
    torch.jit.save(script, f"{folder}/script.pt")


if __name__ == "__main__":
    main(sys.argv[1])
