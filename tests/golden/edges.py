#!/usr/bin/env python3
"""Writes edges.txt: operations and their slopes where floating point has edges, as PyTorch 1.13 computes them.

    /usr/bin/python3 tests/golden/edges.py > tests/golden/edges.txt        (Debian's package python3-torch)

A line is `type op | inputs... | value | slopes...`, each field the elements of an array; numbers are the shortest that read back as
the same. Slopes are those of the weighted sum of the value's elements with the weights 1, 2, 4, ... for operations that reduce, and
each element's own for the others. tests/autograd/golden_test.cpp reads the table.
"""
import os

os.environ["ATEN_CPU_CAPABILITY"] = "default"  # the C library's functions, not vectorised ones: the same on every processor

import numpy  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(1)
inf, nan = float("inf"), float("nan")

# The elementwise operations by the names of their nodes; a condition's slope is None, which stands for 0.
unary = {
    "neg": torch.neg,
    "abs": torch.abs,
    "reciprocal": torch.reciprocal,
    "square": torch.square,
    "sqrt": torch.sqrt,
    "exp": torch.exp,
    "expm1": torch.expm1,
    "exp_excess": lambda x: torch.expm1(x) - x,
    "log": torch.log,
    "log1p": torch.log1p,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "log_sigmoid": F.logsigmoid,
    "sin": torch.sin,
    "cos": torch.cos,
    "atan": torch.atan,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.25),
    "elu": lambda x: F.elu(x, 1.5),
    "silu": F.silu,
    "relu": torch.relu,
    "clamp": lambda x: torch.clamp(x, -1, 2),
    "clamp_leading_back": lambda x: torch.clamp(x, -1, 2),
    "stop_gradient": torch.detach,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "log_normal_cdf": torch.special.log_ndtr,
    "gelu": F.gelu,
}
binary = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "pow": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "greater": lambda a, b: (a > b).to(a.dtype),
}
reductions = {
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(),
    "prod": lambda x: x.prod(),
    "max": lambda x: x.amax(),
    "min": lambda x: x.amin(),
    "norm": lambda x: torch.linalg.vector_norm(x),
    "logsumexp": lambda x: torch.logsumexp(x, 0),
    "softmax": lambda x: torch.softmax(x, 0),
    "log_softmax": lambda x: torch.log_softmax(x, 0),
    "cumsum": lambda x: torch.cumsum(x, 0),
    "var": lambda x: torch.var(x, unbiased=False),
}


def write(dtype, op, f, inputs, reduces=False):
    xs = [torch.tensor(x, dtype=dtype, requires_grad=True) for x in inputs]
    y = f(*xs)
    if y.requires_grad:
        weights = 2 ** torch.arange(y.numel(), dtype=dtype).reshape(y.shape)
        y.backward(weights if reduces else torch.ones_like(y))

    def numbers(t):
        values = [str(v) for v in t.detach().numpy().ravel()]
        return " ".join(v[:-2] if v.endswith(".0") else v for v in values)

    slopes = [torch.zeros_like(x) if x.grad is None else x.grad for x in xs]
    name = {torch.float32: "float", torch.float64: "double"}[dtype]
    print(name, op, "|", " | ".join(numbers(t) for t in xs + [y] + slopes))


print("# Written by edges.py, which says what this is.")
for dtype in torch.float32, torch.float64:
    single = dtype == torch.float32
    info = numpy.finfo(numpy.float32 if single else numpy.float64)
    least, normal, most = float(info.smallest_subnormal), float(info.tiny), float(info.max)
    denormal, huge = (1e-40, 1e30) if single else (1e-310, 1e300)
    points = [
        [-0.0, 0.0],
        [-least, least, -denormal, denormal, -normal, normal],
        [-2, -1, -0.5, 0.5, 1, 2],
        [-20.5, 20.5, -88.8, 88.8, -104, 104],
        [-88, 88.5, -709, 709.5, -710, 710, -745, 745],
        [-1e30, 1e30, -huge, huge, -most, most],
        [-inf, inf, nan],
    ]
    for op, f in unary.items():
        for x in points:
            write(dtype, op, f, [x])

    edges = [nan, -inf, -huge, -2, -1, -denormal, -0.0, 0.0, denormal, 0.5, 1, 3, huge, inf]
    for op, f in binary.items():
        for a in edges:
            write(dtype, op, f, [[a] * len(edges), edges])
    for c in edges:
        for a, b in (2, 3), (nan, 3), (2, nan):
            write(dtype, "where", lambda c, a, b: torch.where(c > 0, a, b), [[c], [a], [b]])
    for x in 0, 1, 0.5:
        for l in points:
            bernoulli = lambda x, l: -F.binary_cross_entropy_with_logits(l, x, reduction="none")
            write(dtype, "bernoulli_log_prob", bernoulli, [[x] * len(l), l])

    vectors = [[x] for x in (0.0, -0.0, 1, denormal, huge, inf, -inf, nan)]
    vectors += [[0, 0], [-0.0, -0.0], [-0.0, 0.0], [0, 2, 3], [0, 1, 0], [3, 3, 2], [5, 5, 5, 5]]
    vectors += [[inf, 1], [-inf, 1], [inf, inf], [-inf, -inf], [inf, -inf], [0, inf], [0, -inf, 2]]
    vectors += [[nan, 1], [1, nan, 2], [nan, inf], [-inf, nan], [nan, nan]]
    vectors += [[denormal, -denormal], [denormal, denormal, denormal], [least, least], [normal, -denormal], [1, denormal]]
    vectors += [[huge, huge], [most, most], [-most, -most], [most, -most], [huge, 1 / huge]]
    vectors += [[88.8, 88.8], [-88.8, -89.8], [88.8, -88.8], [710, 709], [-710, -711], [710, -710], [0, -104], [0, -745]]
    for op, f in reductions.items():
        for x in vectors:
            write(dtype, op, f, [x], reduces=True)
