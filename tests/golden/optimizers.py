#!/usr/bin/python3
"""Writes optimizers.txt: 20 steps of torch's optimizers, in double, for tests/nn/optimizers/all_optimizers_test.cpp.

    /usr/bin/python3 tests/golden/optimizers.py > tests/golden/optimizers.txt

Made with torch 1.13. A line "case NAME KEY=VALUE ..." is followed by the three numbers after each step. They descend

    1/2 sum c (x - o)^2 + sum sin 3x,

the first two as one parameter and the last as another. Of the keys, decay multiplies alpha after every step, and
clip_norm and clip_value are torch's clip_grad_norm_ and clip_grad_value_.
"""

import torch

torch.set_default_dtype(torch.float64)

STEPS = 20
START = [1.0, -1.0, 7.0]
CURVATURE = torch.tensor([1.0, 10.0, 0.1])
OPTIMUM = torch.tensor([0.0, 1.0, 2.0])


def sgd(p, o):
    return torch.optim.SGD(p, lr=o["alpha"], momentum=o["momentum"], weight_decay=o["weight_decay"])


def nesterov(p, o):
    return torch.optim.SGD(p, lr=o["alpha"], momentum=o["momentum"], weight_decay=o["weight_decay"], nesterov=True)


def rmsprop(p, o, centered=False):
    return torch.optim.RMSprop(p, lr=o["alpha"], alpha=o["beta2"], eps=o["epsilon"], momentum=o["momentum"],
                               weight_decay=o["weight_decay"], centered=centered)


def rmsprop_centred(p, o):
    return rmsprop(p, o, centered=True)


def adagrad(p, o):
    return torch.optim.Adagrad(p, lr=o["alpha"], eps=o["epsilon"], weight_decay=o["weight_decay"])


def with_two_betas(optimizer):
    return lambda p, o: optimizer(p, lr=o["alpha"], betas=(o["beta1"], o["beta2"]), eps=o["epsilon"], weight_decay=o["weight_decay"])


adam, adamw, adamax = (with_two_betas(o) for o in (torch.optim.Adam, torch.optim.AdamW, torch.optim.Adamax))

# Of every optimizer: torch's defaults, everything else than the defaults, a changing alpha, and clipped gradients.
CASES = [
    ("sgd", sgd, dict(alpha=0.02, momentum=0, weight_decay=0)),
    ("sgd", sgd, dict(alpha=0.02, momentum=0, weight_decay=0.1, decay=0.9)),
    ("sgd", sgd, dict(alpha=0.02, momentum=0.9, weight_decay=0)),
    ("sgd", sgd, dict(alpha=0.02, momentum=0.7, weight_decay=0.1, decay=0.9)),
    ("sgd", sgd, dict(alpha=0.02, momentum=0.9, weight_decay=0.1, clip_norm=2)),
    ("sgd", sgd, dict(alpha=0.02, momentum=0, weight_decay=0, clip_value=1.5)),
    ("nesterov", nesterov, dict(alpha=0.02, momentum=0.9, weight_decay=0)),
    ("nesterov", nesterov, dict(alpha=0.02, momentum=0.7, weight_decay=0.1, decay=0.9)),
    ("nesterov", nesterov, dict(alpha=0.02, momentum=0.9, weight_decay=0.1, clip_norm=2)),
    ("rmsprop", rmsprop, dict(alpha=0.01, beta2=0.99, momentum=0, epsilon=1e-8, weight_decay=0)),
    ("rmsprop", rmsprop, dict(alpha=0.05, beta2=0.9, momentum=0.7, epsilon=1e-2, weight_decay=0.1, decay=0.9)),
    ("rmsprop", rmsprop, dict(alpha=0.05, beta2=0.9, momentum=0, epsilon=1e-2, weight_decay=0, clip_value=1.5)),
    ("rmsprop-centred", rmsprop_centred, dict(alpha=0.01, beta2=0.99, momentum=0, epsilon=1e-8, weight_decay=0)),
    ("rmsprop-centred", rmsprop_centred, dict(alpha=0.05, beta2=0.9, momentum=0.7, epsilon=1e-2, weight_decay=0.1, decay=0.9)),
    ("rmsprop-centred", rmsprop_centred, dict(alpha=0.05, beta2=0.9, momentum=0.9, epsilon=1e-2, weight_decay=0, clip_norm=2)),
    ("adagrad", adagrad, dict(alpha=0.01, epsilon=1e-10, weight_decay=0)),
    ("adagrad", adagrad, dict(alpha=0.5, epsilon=1e-2, weight_decay=0.1, decay=0.9)),
    ("adagrad", adagrad, dict(alpha=0.5, epsilon=1e-2, weight_decay=0, clip_norm=2)),
    ("adam", adam, dict(alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0)),
    ("adam", adam, dict(alpha=0.001, beta1=0.99, beta2=0.999, epsilon=1e-4, weight_decay=0)),
    ("adam", adam, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0.1, decay=0.9)),
    ("adam", adam, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0, clip_norm=2)),
    ("adamw", adamw, dict(alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01)),
    ("adamw", adamw, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0.3, decay=0.9)),
    ("adamw", adamw, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0.3, clip_value=1.5)),
    ("adamax", adamax, dict(alpha=0.002, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0)),
    ("adamax", adamax, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0.1, decay=0.9)),
    ("adamax", adamax, dict(alpha=0.05, beta1=0.8, beta2=0.95, epsilon=1e-2, weight_decay=0, clip_norm=2)),
]

print("# By optimizers.py, with torch " + torch.__version__.split("a")[0])
for name, make, options in CASES:
    print("case", name, *(f"{key}={value}" for key, value in options.items()))
    parameters = [torch.tensor(START[:2], requires_grad=True), torch.tensor(START[2:], requires_grad=True)]
    optimizer = make(parameters, options)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, options.get("decay", 1.0))
    for _ in range(STEPS):
        x = torch.cat(parameters)
        optimizer.zero_grad()
        (0.5 * (CURVATURE * (x - OPTIMUM) ** 2).sum() + torch.sin(3 * x).sum()).backward()
        if "clip_norm" in options:
            torch.nn.utils.clip_grad_norm_(parameters, options["clip_norm"])
        if "clip_value" in options:
            torch.nn.utils.clip_grad_value_(parameters, options["clip_value"])
        optimizer.step()
        schedule.step()
        print(*(f"{v:.14g}" for v in torch.cat(parameters).tolist()))
