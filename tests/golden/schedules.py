#!/usr/bin/python3
"""Writes schedules.txt: learning rates of torch's schedulers, which multiply 1, for tests/nn/optimizers/schedule_test.cpp.

    /usr/bin/python3 tests/golden/schedules.py > tests/golden/schedules.txt

Made with torch 1.13. A line "case NAME KEY=VALUE ..." is followed by a line of "t:factor".
"""

import torch
from torch.optim import lr_scheduler as lrs


def burda(t):
    ends = [sum(3**k for k in range(i + 1)) for i in range(8)]
    i = min(sum(t >= end for end in ends), 7)
    return round(10 ** (1 - i / 7), 1) / 10


CASES = [
    ("constant", {}, lambda o: lrs.ConstantLR(o, factor=1.0), 5),
    ("step", dict(decay=0.5, every=3), lambda o: lrs.StepLR(o, step_size=3, gamma=0.5), 12),
    ("step", dict(decay=0.1, every=1), lambda o: lrs.StepLR(o, step_size=1, gamma=0.1), 6),
    ("exponential", dict(decay=0.9, every=1), lambda o: lrs.ExponentialLR(o, gamma=0.9), 12),
    ("linear", dict(horizon=10), lambda o: lrs.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=10), 13),
    ("cosine", dict(horizon=10), lambda o: lrs.CosineAnnealingLR(o, T_max=10), 11),
    ("burda", {}, lambda o: lrs.LambdaLR(o, burda), 3300),
    ("warmup", dict(steps=4), lambda o: lrs.LinearLR(o, start_factor=1 / 4, end_factor=1.0, total_iters=3), 7),
]

print("# By schedules.py, with torch " + torch.__version__.split("a")[0])
for name, options, make, count in CASES:
    print("case", name, *(f"{key}={value}" for key, value in options.items()))
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    factors = []
    for _ in range(count):
        factors.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    if name == "burda":  # the first and the last epoch of every stage
        kept = [t for t in range(count) if t in (0, count - 1) or factors[t] != factors[t - 1] or factors[t] != factors[t + 1]]
    else:
        kept = range(count)
    print(*(f"{t}:{factors[t]!r}" for t in kept))
