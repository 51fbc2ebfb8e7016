# Writes top_down.txt beside it: the bound of the convolutional hierarchy (vae/top_down.h) by an independent model in
# PyTorch, in double, whose parameters have the names that checkpoints of `elbo` have; top_down_one.txt, of one level,
# from one pixel to half the image's side; and top_down_all.txt, with shared weights, a flow as p(z_0) (vae/prior.h)
# and the autoregressive decoder (vae/pixelcnn.h). Run with PyTorch 1.13 or 2.6.
#
#     python3 top_down.py                                       writes the tables
#     python3 top_down.py RUN/last.safetensors EXPORT           compares with `elbo eval RUN --export EXPORT`
#     python3 top_down.py --time                                times a training step, in float, on two threads
#
# Lines of the table: what, name, shape, a colon, the numbers. tests/vae/top_down_test.cpp compares.
import json
import math
import os
import random
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


class Block(nn.Module):
    def __init__(self, channels, hidden, kernel, act):
        super().__init__()
        self.act = act
        self.first = nn.Conv2d(channels, hidden, kernel, padding=kernel // 2)
        self.second = nn.Conv2d(hidden, channels, kernel, padding=kernel // 2)

    def forward(self, x):
        return x + self.second(self.act(self.first(self.act(x))))


# A layer of which some weights count as 0. Its parameters are the layer's.
def masked(layer, mask):
    forward = (lambda x: F.linear(x, layer.weight * mask, layer.bias)) if layer.weight.dim() == 2 else (
        lambda x: F.conv2d(x, layer.weight * mask, layer.bias, padding=layer.padding))
    layer.forward = forward
    return layer


# The steps of the flow, and log p(z): from z to noise, step by step.
class FlowPrior(nn.ModuleList):
    def __init__(self, Z, steps, hidden):
        super().__init__()
        for k in range(steps):
            place = list(range(Z))[::-1] if k % 2 else list(range(Z))
            degree = [j % (Z - 1) if Z > 1 else 0 for j in range(hidden)]
            mask = lambda to, of, strict: torch.tensor([[float(t > f or (t == f and not strict)) for f in of] for t in to])
            self.append(nn.ModuleDict({"made": nn.Sequential(
                masked(nn.Linear(Z, hidden), mask(degree, place, False)), nn.Tanh(),
                masked(nn.Linear(hidden, 2 * Z), mask(place + place, degree, True)))}))
            affine = nn.Module()
            affine.shift, affine.log_scale = nn.Parameter(torch.zeros(Z)), nn.Parameter(torch.zeros(Z))
            self.append(affine)

    def log_prob(self, z):
        log_det = 0
        for k in reversed(range(len(self) // 2)):
            affine = self[2 * k + 1]
            z = (z - affine.shift) * torch.exp(-affine.log_scale)
            m, s = self[2 * k]["made"](z).chunk(2, 1)
            z = torch.sigmoid(s) * z + (1 - torch.sigmoid(s)) * m
            log_det = log_det - affine.log_scale.sum() + F.logsigmoid(s).sum(1)
        return -(z ** 2 + math.log(2 * math.pi)).sum(1) / 2 + log_det


class PixelCNN(nn.Module):
    def __init__(self, act, layers, C):
        super().__init__()
        causal = lambda K, count: (torch.arange(K * K) < count).to(torch.get_default_dtype()).reshape(K, K)
        self.act = act
        self.first = masked(nn.Conv2d(1, C, 7, padding=3), causal(7, 24))
        self.from_maps = nn.Conv2d(8, C, 1)
        self.more = nn.ModuleList([masked(nn.Conv2d(C, C, 3, padding=1), causal(3, 5)) for _ in range(layers)])
        self.out = nn.Conv2d(C, 1, 1)

    def forward(self, x, maps):
        h = self.first(x) + self.from_maps(maps)
        for layer in self.more:
            h = h + layer(self.act(h))
        return self.out(self.act(h))


class TopDown(nn.Module):
    def __init__(self, side, channels, latent, act, shared=False, flow=None, pixelcnn=None):
        super().__init__()
        self.act, L = act, len(latent)
        sides = [side // 2]
        while sides[-1] > 4:
            sides.append((sides[-1] + 1) // 2)
        if sides[-1] > 1:
            sides.append(1)
        kernel = lambda r: 3 if r > 1 else 1
        self.features = nn.ModuleList()
        for k, r in enumerate(sides):
            C, before = channels[k], channels[k - 1]
            if k == 0:
                down = nn.Conv2d(4, C, 3, padding=1)
            elif r == 1:
                down = nn.Conv2d(before, C, sides[k - 1])
            else:
                down = nn.Conv2d(before, C, 3, stride=2, padding=1)
            self.features.append(nn.ModuleDict({"down": down, "block": Block(C, C // 2, kernel(r), act)}))
        self.sides = sides
        self.at = [sides[len(sides) - 1 - t * len(sides) // L] for t in range(L)]
        of = dict(zip(sides, channels))
        self.place, before = nn.ModuleDict(), None
        for r in sorted(set(self.at + [sides[0]])):
            self.place[str(r)] = nn.Module()
            if before == 1:  # a matrix, with weights for each pixel of the side
                self.place[str(r)].project = nn.Conv2d(of[1], of[r] * r * r, 1)
            elif before and of[before] != of[r]:
                self.place[str(r)].project = nn.Conv2d(of[before], of[r], 1)
            self.place[str(r)].h = nn.Parameter(torch.zeros(of[r], r, r))
            before = r
        same = lambda t: {"kernel_size": kernel(self.at[t]), "padding": kernel(self.at[t]) // 2}
        self.posterior, self.prior, self.update = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        self.first = [self.at.index(side) if shared else t for t, side in enumerate(self.at)]  # whose networks t has
        for t, Z in enumerate(latent):
            if self.first[t] != t:
                continue
            C = of[self.at[t]]
            self.posterior[str(t)] = nn.ModuleDict({
                "features": nn.Conv2d(C, C, **same(t)), "state": nn.Conv2d(C, C, **same(t)), "out": nn.Conv2d(C, 2 * Z, 1)})
            if t > 0 or self.first[1:2] == [0]:
                self.prior[str(max(1, t))] = nn.Conv2d(C, 2 * Z, 1)
            self.update[str(t)] = nn.ModuleDict({
                "project": nn.Conv2d(Z, C, 1), "block": Block(C, C // 2, kernel(self.at[t]), act)})
        self.flow = flow and FlowPrior(latent[0], *flow)
        maps = 8 if pixelcnn else 1
        self.decoder = nn.Conv2d(channels[0], 4 * maps, 3, padding=1)
        self.decoder.pixel_bias = nn.Parameter(torch.zeros(maps * side * side))
        if pixelcnn:
            self.decoder.pixels = PixelCNN(act, *pixelcnn)
        self.latent = latent

    # Reconstruction and KL of each level, with z_t = mu + sigma eps_t.
    def bound(self, x, eps):
        B, r = x.shape[0], self.sides[0]
        f = F.pixel_unshuffle(x.reshape(B, 1, 2 * r, 2 * r), 2)
        of_side = {}
        for k, (side, rung) in enumerate(zip(self.sides, self.features)):
            f = rung["block"](rung["down"](self.act(f) if k > 0 else f))
            of_side[side] = f
        h = self.place[str(self.at[0])].h.expand(B, -1, -1, -1)
        kl = []
        for t, side in enumerate(self.at):
            networks = str(self.first[t])
            q = self.posterior[networks]
            hidden = q["state"](self.act(h)) + q["features"](self.act(of_side[side]))
            mu, log_var = q["out"](self.act(hidden)).chunk(2, 1)
            m, l = self.prior[str(max(1, self.first[t]))](self.act(h)).chunk(2, 1) if t > 0 else (torch.zeros_like(mu), torch.zeros_like(mu))
            kl.append((0.5 * (l - log_var + (log_var - l).exp() + (mu - m) ** 2 * (-l).exp() - 1)).flatten(1).sum(1))
            z = mu + (0.5 * log_var).exp() * eps[t].reshape(mu.shape)
            if t == 0 and self.flow:  # log q(z_0|x) - log p(z_0)
                log_q = -(log_var + eps[0].reshape(mu.shape) ** 2 + math.log(2 * math.pi)).flatten(1).sum(1) / 2
                kl[0] = log_q - self.flow.log_prob(z.flatten(1))
            h = self.update[networks]["block"](h + self.update[networks]["project"](z))
            wanted = self.at[t + 1] if t + 1 < len(self.at) else r
            if wanted != side:
                to = self.place[str(wanted)]
                h = to.project(h) if hasattr(to, "project") else h
                larger = lambda h: F.interpolate(h, scale_factor=-(-wanted // side), mode="nearest")[:, :, :wanted, :wanted]
                h = to.h + (h.reshape(B, *to.h.shape) if side == 1 else larger(h))
        maps = F.pixel_shuffle(self.decoder(self.act(h)), 2)
        maps = maps + self.decoder.pixel_bias.reshape(maps.shape[1:])
        logits = maps[:, :1]
        if hasattr(self.decoder, "pixels"):
            logits = logits + self.decoder.pixels(x.reshape(logits.shape), maps)
        logits = logits.reshape(B, -1)
        return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1), kl


# The parameters by their names in checkpoints, where the flow is prior 0.
def names(model):
    return [(name.replace("flow.", "prior.0.", 1) if name.startswith("flow.") else name, p)
            for name, p in model.named_parameters()]


def table(name, latent, **options):
    side, B = 12, 2
    model, source, out = TopDown(side, latent=latent, act=torch.tanh, **options), random.Random("top_down"), []

    def numbers(shape, scale):
        count = torch.Size(shape).numel()
        return torch.tensor([round(source.uniform(-scale, scale), 3) for _ in range(count)]).reshape(shape)

    def line(what, name, x, digits):
        values = " ".join(("%%.%dg" % digits) % v for v in x.detach().reshape(-1).tolist())
        out.append("%s %s %s : %s" % (what, name, " ".join(map(str, x.shape)), values))

    for parameter, p in names(model):
        with torch.no_grad():
            p.copy_(numbers(p.shape, 1 / math.sqrt(p[0].numel()) if p.dim() > 1 else 0.5))
        line("parameter", parameter, p, 4)
    x = (numbers((B, side * side), 1) > 0).double()
    eps = [numbers((B, Z * r * r), 1.5) for Z, r in zip(latent, model.at)]
    line("x", "x", x, 1)
    for t, e in enumerate(eps):
        line("eps", str(t), e, 4)
    reconstruction, kl = model.bound(x, eps)
    line("reconstruction", "x", reconstruction, 17)
    for t, k in enumerate(kl):
        line("kl", str(t), k, 17)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".txt"), "w") as file:
        file.write("\n".join(out) + "\n")


# The header of a safetensors file is its length, eight bytes, and JSON.
def compare(checkpoint, export):
    import numpy
    data = open(checkpoint, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    config = json.loads(header["__metadata__"]["config"])
    if config["architecture"] != "conv" or config["likelihood"] != "bernoulli":
        sys.exit("this script knows --architecture conv under a Bernoulli only")
    average = "ema." if config["ema"] > 0 else ""  # by which eval goes
    array = lambda file: torch.from_numpy(numpy.load(os.path.join(export, file)).astype(numpy.float64))
    x = array("x.npy")
    acts = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "softplus": F.softplus,
            "silu": F.silu}
    if config["prior"] not in ("standard", "flow"):
        sys.exit("this script knows --prior standard and flow only")
    channels = config["channels"] if len(config["channels"]) > 1 else config["channels"] * 4
    model = TopDown(math.isqrt(x.shape[1]), channels, config["latent"], acts[config["activation"]],
                    config["weights"] == "shared", config["prior"] == "flow" and (config["prior-size"], config["prior-hidden"]),
                    config["decoder"] == "pixelcnn" and (config["pixelcnn-layers"], config["pixelcnn-channels"]))
    for name, p in names(model):
        begin, end = header[average + name]["data_offsets"]
        values = numpy.frombuffer(data[8 + length + begin:8 + length + end], dtype="<f4").copy()
        with torch.no_grad():
            p.copy_(torch.from_numpy(values.astype(numpy.float64)).reshape(p.shape))
    with torch.no_grad():
        reconstruction, kl = model.bound(x, [array("eps_%d.npy" % t) for t in range(len(config["latent"]))])
    ours, theirs = array("elbo.npy"), reconstruction - sum(kl)
    print("%d images: elbo %.6f, PyTorch %.6f nats on average; largest relative difference %.1e" % (
        len(x), ours.mean(), theirs.mean(), ((ours - theirs) / theirs).abs().max()))


# The median of 12 steps with 100 images of 28 x 28, beside which stand the images_per_s of `elbo train`.
def time_steps():
    import time
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(2)
    for latent, options in [([32, 8, 4, 2], {}), ([4] * 8, {}), ([32, 8, 4, 2], {"pixelcnn": (2, 16)})]:
        model = TopDown(28, [32] * 4, latent, F.silu, **options)
        adamax = torch.optim.Adamax(model.parameters())
        x = (torch.rand(100, 784) > 0.5).float()
        eps = [torch.randn(100, Z * r * r) for Z, r in zip(latent, model.at)]
        seconds = []
        for _ in range(15):
            begin = time.perf_counter()
            adamax.zero_grad(set_to_none=True)
            reconstruction, kl = model.bound(x, eps)
            (sum(kl) - reconstruction).mean().backward()
            adamax.step()
            seconds.append(time.perf_counter() - begin)
        median = sorted(seconds[3:])[6]
        print("levels %s %s: %.0f ms, %.0f images/s" % (latent, options or "", 1e3 * median, 100 / median), flush=True)


if sys.argv[1:] == ["--time"]:
    time_steps()
elif len(sys.argv) > 1:
    compare(*sys.argv[1:])
else:
    table("top_down", [3, 2, 1, 2], channels=[4, 4, 4])
    table("top_down_one", [3], channels=[3, 2, 4])
    table("top_down_all", [3, 3, 2, 2, 1, 1], channels=[4, 6, 10], shared=True, flow=(2, 5), pixelcnn=(3, 5))
