"""Prints what PyTorch's AdamW, OneCycleLR and clip_grad_norm_ do, as OptimizerTest, ScheduleTest and
GradientsTest hold it.

Run with PyTorch 1.13 (Debian 12's python3-torch): python3 make_optimization.py
"""

import json

import torch


def adamw(lr, momentum, eps, wd, start, gradients, ema_decay):
    """A weight's values step by step, in float64, and their moving average."""
    weight = torch.nn.Parameter(torch.tensor([start], dtype=torch.float64))
    optimizer = torch.optim.AdamW(
        [weight], lr=lr, betas=(momentum, 0.999), eps=eps, weight_decay=wd
    )
    average, values, ema = start, [], []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        values.append(weight.item())
        average = ema_decay * average + (1 - ema_decay) * values[-1]
        ema.append(average)
    row = {"optimizer": "adamw", "lr": lr, "momentum": momentum, "eps": eps, "wd": wd}
    row.update(start=start, gradients=gradients, values=values, ema_decay=ema_decay, ema=ema)
    print(json.dumps(row))


def accumulated(lr, momentum, wd, clip, starts, steps, ema_decay):
    """Two weights step by step, in float64, where each step accumulates the gradients of its batches and
    clips them; and their moving average with decay warm-up."""
    weights = [torch.nn.Parameter(torch.tensor(start, dtype=torch.float64)) for start in starts]
    optimizer = torch.optim.SGD(weights, lr=lr, momentum=momentum, weight_decay=wd)
    averages = [weight.detach().clone() for weight in weights]
    norms, values, ema = [], [], []
    for t, batches in enumerate(steps, 1):
        optimizer.zero_grad()
        for batch in batches:
            pairs = zip(weights, batch)
            loss = sum((w * torch.tensor(g, dtype=torch.float64)).sum() for w, g in pairs)
            (loss / len(batches)).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(weights, clip).item())
        optimizer.step()
        values.append([weight.tolist() for weight in weights])
        decay = min(ema_decay, (1 + t) / (10 + t))
        averages = [decay * a + (1 - decay) * w.detach() for a, w in zip(averages, weights)]
        ema.append([average.tolist() for average in averages])
    row = {"lr": lr, "momentum": momentum, "wd": wd, "clip": clip, "starts": starts, "steps": steps}
    row.update(norms=norms, values=values, ema_decay=ema_decay, ema=ema)
    print(json.dumps(row))


def one_cycle(start, peak, end, warmup, total):
    """The rate of each step; the peak falls on the last step of warm-up."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=start)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=peak,
        total_steps=total,
        pct_start=warmup / total,
        anneal_strategy="cos",
        cycle_momentum=False,
        div_factor=peak / start,
        final_div_factor=start / end,
    )
    rates = []
    for _ in range(total):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        if len(rates) < total:
            schedule.step()
    row = {"schedule": "one_cycle", "start": start, "peak": peak, "end": end}
    row.update(warmup=warmup, total=total, lr=rates)
    print(json.dumps(row))


adamw(0.1, 0.9, 1e-8, 0.01, 2.0, [0.5, -0.25, 1.0, 0.125, -2.0], 0.9)
adamw(0.01, 0.5, 1e-3, 0.2, -1.5, [1e-3, -4.0, 0.0, 0.5, 3.0], 0.99)
accumulated(
    0.1,
    0.9,
    0.01,
    1.0,
    [[2.0, -1.0], [0.5]],
    [
        [[[3.0, 0.25], [-1.0]], [[1.0, -0.75], [2.0]]],
        [[[0.125, 0.0], [0.25]], [[-0.25, 0.5], [0.0]], [[0.5, -0.125], [0.75]]],
        [[[-8.0, 4.0], [16.0]]],
        [[[1e-3, 0.0], [0.0]], [[-1e-3, 0.0], [1e-4]]],
    ],
    0.25,
)
one_cycle(0.01, 0.4, 1e-6, 3, 12)
one_cycle(0.2, 0.6, 0.05, 2, 5)
one_cycle(0.001, 0.1, 0.0001, 0, 4)
