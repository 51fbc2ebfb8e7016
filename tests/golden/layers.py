# Writes layers.txt beside it: what PyTorch makes of each layer, in double. Run with PyTorch 1.13 or 2.6: python3
# layers.py
#
# For each layer the inputs and the parameters under PyTorch's names, all rounded so that the text is exact;
# the output; and the gradients of the sum of output times weights. A line is: what, name, shape, a colon,
# the numbers. What PyTorch lacks is written here with its functions. tests/nn/layers/all_layers_test.cpp
# compares.
import os
import random

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
out = []


def numbers(source, shape, low=-1.0, high=1.0):
    count = torch.Size(shape).numel()
    return torch.tensor([round(source.uniform(low, high), 3) for _ in range(count)]).reshape(shape)


def line(what, name, x, digits):
    values = " ".join(("%%.%dg" % digits) % v for v in x.detach().reshape(-1).tolist())
    out.append("%s %s %s : %s" % (what, name, " ".join(map(str, x.shape)), values))


def case(name, inputs, module, call=None):
    source = random.Random(name)
    inputs = [numbers(source, shape).requires_grad_() for shape in inputs]
    for p in module.parameters():
        p.data = numbers(source, p.shape)
    out.append("layer " + name)
    for i, x in enumerate(inputs):
        line("input", str(i), x, 3)
    for n, p in module.named_parameters():
        line("parameter", n, p, 3)
    y = (call or module)(*inputs)
    weights = numbers(source, y.shape)
    line("weights", "y", weights, 3)
    line("output", "y", y, 17)
    (y * weights).sum().backward()
    for i, x in enumerate(inputs):
        line("input_gradient", str(i), x.grad, 17)
    for n, p in module.named_parameters():
        line("gradient", n, p.grad, 17)


class GatedDense(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.h = nn.Linear(inputs, outputs)
        self.g = nn.Linear(inputs, outputs)

    def forward(self, x):
        return self.h(x) * torch.sigmoid(self.g(x))


class ResidualBlock(nn.Module):
    def __init__(self, first, second):
        super().__init__()
        self.first = first
        self.second = second

    def forward(self, x):
        return x + self.second(torch.tanh(self.first(torch.tanh(x))))


class MaskedLinear(nn.Linear):
    def __init__(self, mask):
        super().__init__(len(mask[0]), len(mask))
        self.mask = torch.tensor(mask, dtype=torch.float64)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


# Masks by reachability in the order: hidden degrees cycle through 0 ... D-2.
def made(place, hidden, outputs_per_input):
    layers, before = [], place
    for units in hidden:
        degrees = [k % (len(place) - 1) for k in range(units)]
        layers += [MaskedLinear([[float(d >= b) for b in before] for d in degrees]), nn.Tanh()]
        before = degrees
    layers.append(MaskedLinear([[float(p > b) for b in before] for _ in range(outputs_per_input) for p in place]))
    return nn.Sequential(*layers)


def mlp(activation):
    return nn.Sequential(nn.Linear(4, 6), activation(), nn.Linear(6, 5), activation(), nn.Linear(5, 2))


def causal(module):
    left = (module.kernel_size[0] - 1) * module.dilation[0]
    return lambda x: module(F.pad(x, (left, 0)))


class MaskedConv2d(nn.Conv2d):
    def __init__(self, inputs, outputs, size, sees_itself):
        super().__init__(inputs, outputs, size, padding=size // 2)
        self.mask = torch.zeros(size, size)
        self.mask[: size // 2] = 1
        self.mask[size // 2, : size // 2 + sees_itself] = 1

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, before):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.before = before

    def forward(self, x):
        return torch.tanh(self.conv(self.before(x)))


# A step of a flow: its value, and beside it log |det| of the Jacobian that autograd finds.
class Step(nn.Module):
    def forward(self, z):
        jacobians = [torch.autograd.functional.jacobian(lambda row: self.move(row[None])[0], row, create_graph=True) for row in z]
        log_det = torch.stack([torch.linalg.slogdet(jacobian)[1] for jacobian in jacobians])
        return torch.cat([self.move(z), log_det[:, None]], 1)


class AffineFlow(Step):
    def __init__(self, size):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(size))
        self.log_scale = nn.Parameter(torch.zeros(size))

    def move(self, z):
        return self.shift + torch.exp(self.log_scale) * z


class SigmoidFlow(Step):
    def move(self, z):
        return torch.sigmoid(z)


# Of three units the first is moved, by amounts that depend on the others.
class CouplingFlow(Step):
    def __init__(self, hidden):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 2))

    def move(self, z):
        a, t = self.network(z[:, 1:]).chunk(2, 1)
        return torch.cat([z[:, :1] * torch.exp(torch.tanh(a)) + t, z[:, 1:]], 1)


class AutoregressiveFlow(Step):
    def __init__(self, place, hidden):
        super().__init__()
        self.made = made(place, hidden, 2)

    def move(self, z):
        m, s = self.made(z).chunk(2, 1)
        return torch.sigmoid(s) * z + (1 - torch.sigmoid(s)) * m


# Its inverse: unit by unit, in the order, of which all amounts follow from the units before.
class MaskedAutoregressiveFlow(Step):
    def __init__(self, place, hidden):
        super().__init__()
        self.made = made(place, hidden, 2)

    def move(self, y):
        z = y
        for _ in range(y.shape[1]):
            m, s = self.made(z).chunk(2, 1)
            z = (y - (1 - torch.sigmoid(s)) * m) / torch.sigmoid(s)
        return z


case("Linear", [[3, 4]], nn.Linear(4, 5))
case("MLP tanh", [[3, 4]], mlp(nn.Tanh))
case("MLP relu", [[3, 4]], mlp(nn.ReLU))
case("MLP sigmoid", [[3, 4]], mlp(nn.Sigmoid))
case("MLP softplus", [[3, 4]], mlp(nn.Softplus))
case("MLP silu", [[3, 4]], mlp(nn.SiLU))
case("GatedDense", [[3, 4]], GatedDense(4, 5))
case("ResidualBlock", [[3, 4]], ResidualBlock(nn.Linear(4, 6), nn.Linear(6, 4)))
case("Sequential", [[3, 4]], nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.LayerNorm(5), GatedDense(5, 2)))
case("LayerNorm", [[3, 4]], nn.LayerNorm(4))
case("LayerNorm of three axes", [[2, 3, 4]], nn.LayerNorm(4))
case("GroupNorm", [[3, 6]], nn.GroupNorm(2, 6))
case("GroupNorm of images", [[2, 4, 3, 2]], nn.GroupNorm(2, 4))
case("Dropout evaluation", [[3, 4]], nn.Dropout(0.4).eval())
embedding = nn.Embedding(4, 3)
case("Embedding", [], embedding, lambda: embedding(torch.tensor([2, 0, 2, 1])))
case("GRUCell", [[3, 4], [3, 2]], nn.GRUCell(4, 2))
case("MaskedLinear", [[3, 4]], MaskedLinear([[1, 0, 0, 1], [0, 1, 1, 1]]))
case("MADE", [[3, 4]], made([2, 0, 3, 1], [6, 5], 2))
convolution = nn.Conv1d(3, 2, 3, dilation=2)
case("CausalConv1d", [[2, 3, 6]], convolution, causal(convolution))
case("Conv2d", [[2, 3, 4, 5]], nn.Conv2d(3, 2, (3, 2)))
case("Conv2d by two, padded, in groups", [[2, 4, 5, 4]], nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=2))
case("ConvTranspose2d", [[2, 3, 3, 2]], nn.ConvTranspose2d(3, 2, 4, stride=2, padding=1))
case("ConvTranspose2d in groups", [[2, 4, 3, 2]], nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, output_padding=1, groups=2))
case("MaskedConv2d A", [[2, 2, 4, 3]], MaskedConv2d(2, 3, 3, False))
case("MaskedConv2d B", [[1, 2, 4, 5]], MaskedConv2d(2, 2, 5, True))
case("ResidualConvBlock", [[2, 3, 4, 2]], ResidualBlock(nn.Conv2d(3, 2, 3, padding=1), nn.Conv2d(2, 3, 3, padding=1)))
case("DownBlock", [[2, 2, 5, 4]], Block(2, 3, 2, nn.Identity()))
case("UpBlock", [[2, 2, 2, 3]], Block(2, 3, 1, nn.Upsample(scale_factor=2, mode="nearest")))
case("AffineFlow", [[2, 3]], AffineFlow(3))
case("SigmoidFlow", [[2, 3]], SigmoidFlow())
case("CouplingFlow", [[2, 3]], CouplingFlow(4))
case("AutoregressiveFlow", [[2, 3]], AutoregressiveFlow([2, 0, 1], [4]))
case("MaskedAutoregressiveFlow", [[2, 3]], MaskedAutoregressiveFlow([2, 0, 1], [4]))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.txt"), "w") as file:
    file.write("\n".join(out) + "\n")
