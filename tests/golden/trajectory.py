#!/usr/bin/python3
"""Writes trajectory.txt: whole trainings replayed in numpy, in double, for tests/tools/program/trajectory_test.cpp.

    /usr/bin/python3 tests/golden/trajectory.py > tests/golden/trajectory.txt

It shares nothing with the program: the streams of random numbers are made from their documented keys (autograd/random.h),
and the gradients are written by hand. One model serves both: the plain VAE is the hierarchy with one level. Each line is
a JSON object: the options, the metrics of every epoch, sums over the tensors of the last and the best checkpoint, what
`elbo eval` finds on the test images, and the pixels that `elbo sample` draws.

Letters: B data, S samples of z for each, R = S B rows, D pixels.
"""

import json

import numpy as np

# ---- random numbers: Philox 4x32-10 (Salmon et al. 2011), keyed by what they are for ---------------------------------

INITIALIZATION, ORDER, BINARIZATION, POSTERIOR, PRIOR, OUTPUT, IMPORTANCE, EVALUATION = 1, 2, 3, 4, 5, 6, 7, 9
HELD_OUT_SEED = 13126114
TRAIN, VALIDATION, TEST = 0, 1, 2


def philox(counter, key):
    """counter: four arrays of words; key: two words. Returns four arrays."""
    low = np.uint64(0xFFFFFFFF)
    c = [np.asarray(x, np.uint64) for x in np.broadcast_arrays(*counter)]
    k = [key[0], key[1]]
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), p0 & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(seed, purpose, epoch, level, data, samples, width):
    """[rows,width] words; row r belongs to data[r] and samples[r]."""
    blocks = (width + 3) // 4
    counter = (np.arange(blocks)[None, :], np.asarray(data)[:, None],
               (np.asarray(samples) | level << 24)[:, None], np.array([[epoch]]))
    key = (seed & 0xFFFFFFFF, (seed >> 32) | purpose << 24)
    return np.stack(philox(counter, key), axis=-1).reshape(len(data), -1)[:, :width]


def unit(w):
    return (w.astype(np.float64) + 0.5) * 2.0**-32


def normal(seed, purpose, epoch, level, data, samples, width):
    """Box & Muller: the words of a row in pairs."""
    w = unit(words(seed, purpose, epoch, level, data, samples, width + width % 2))
    radius, angle = np.sqrt(-2 * np.log(w[:, 0::2])), 2 * np.pi * w[:, 1::2]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1).reshape(len(data), -1)[:, :width]


def permutation(seed, epoch, count):
    """Fisher-Yates, from the last place down."""
    w = [int(x) for x in words(seed, ORDER, epoch, 0, [0], [0], 2 * count)[0]]
    order = list(range(count))
    for i in range(count, 1, -1):
        j = (w[2 * i - 2] << 32 | w[2 * i - 1]) % i
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


# ---- data ----------------------------------------------------------------------------------------------------------------

IMAGES, D = 150, 16


def dataset():
    """Pixel j of image n is a byte; the last sixth is for testing, the last sixth of the rest for validation."""
    n, j = np.arange(IMAGES)[:, None], np.arange(D)[None, :]
    images = (37 * n + 59 * j + 11 * n * j * (n % 3)) % 256
    kept = IMAGES - IMAGES // 6
    train = kept - kept // 6
    return {TRAIN: images[:train], VALIDATION: images[train:kept], TEST: images[kept:]}


def batch(data, o, split, indices, epoch):
    """Images as the model sees them. word / 2^32 < byte / 255 in exact arithmetic."""
    bytes_ = data[split][indices]
    if o["binarize"] == "none":
        return bytes_ / 255
    if o["binarize"] == "threshold":
        return (bytes_ / 255 >= 0.5).astype(float)
    if split == TRAIN:
        seed, level, of_epoch = o["seed"], 0, epoch if o["binarize"] == "dynamic" else 0
    else:
        seed, level, of_epoch = HELD_OUT_SEED, split, 0
    w = words(seed, BINARIZATION, of_epoch, level, indices, np.zeros(len(indices), int), D)
    return (255 * w.astype(object) < bytes_.astype(object) * 2**32).astype(float)


# ---- networks: linear layers with a function between them, and their gradients ----------------------------------------------

ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
    "softplus": (lambda a: np.logaddexp(0, a), lambda a: 1 / (1 + np.exp(-a))),
}


def initial_network(o, number, sizes):
    """Before tanh U(+-sqrt(3/in)), before relu and softplus N(0, 2/in), in the last layer U(+-sqrt(6/(in+out)))."""
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        place = (o["seed"], INITIALIZATION, number, i, np.arange(outputs), np.zeros(outputs, int), inputs)
        if i + 2 == len(sizes):
            W = (2 * unit(words(*place)) - 1) * np.sqrt(6 / (inputs + outputs))
        elif o["activation"] == "tanh":
            W = (2 * unit(words(*place)) - 1) * np.sqrt(3 / inputs)
        else:
            W = normal(*place) * np.sqrt(2 / inputs)
        layers += [W, np.zeros(outputs)]
    return layers


def forward(o, layers, x):
    """Returns the output and what `backward` needs: each layer's input and its a."""
    kept, h = [], x
    for i in range(0, len(layers), 2):
        a = h @ layers[i].T + layers[i + 1]
        kept.append((h, a))
        h = ACTIVATIONS[o["activation"]][0](a)
    return a, kept


def backward(o, layers, kept, g):
    """From the adjoint of the output to those of the layers and of the input."""
    gradients = [None] * len(layers)
    for i in reversed(range(len(kept))):
        h, a = kept[i]
        if i + 1 < len(kept):
            g = g * ACTIVATIONS[o["activation"]][1](a)
        gradients[2 * i], gradients[2 * i + 1] = g.T @ h, g.sum(0)
        g = g @ layers[2 * i]
    return gradients, g


# ---- the model: q(z_t | z_<t, x), p(z_t | z_<t), p(x | z) ---------------------------------------------------------------------


def initial_model(o, x):
    """theta: a list of (name, layers). The decoder's bias starts at the data's mean, [N,D]."""
    above, model = 0, []
    one = o["model"] == "vae"
    for t, Z in enumerate(o["latent"]):
        model.append(("encoder" if one else f"posterior.{t}", initial_network(o, 2 * t, [D + above, *o["hidden"], 2 * Z])))
        above += Z
    above = 0
    for t, Z in enumerate(o["latent"]):
        if t > 0:
            model.append((f"prior.{t}", initial_network(o, 2 * t + 1, [above, *o["hidden"], 2 * Z])))
        above += Z
    decoder = initial_network(o, 1, [above, *o["hidden"], D])
    mean = x.mean(0)
    if o["likelihood"] == "gaussian":
        decoder[-1] = mean
        decoder.append(np.array([0.5 * np.log(max(((x - mean) ** 2).mean(), 1e-6))]))
    else:
        p = np.clip(mean, 1e-3, 1 - 1e-3)
        decoder[-1] = np.log(p / (1 - p))
    model.append(("decoder", decoder))
    return model


def names(o, model):
    all_ = []
    for network, layers in model:
        for i in range(len(layers)):
            last = network == "decoder" and o["likelihood"] == "gaussian" and i + 1 == len(layers)
            all_.append(f"{network}.log_std" if last else f"{network}.{i - i % 2}.{'bias' if i % 2 else 'weight'}")
    return all_


LOG_2PI = np.log(2 * np.pi)


def bound(o, model, x, noise, form, differentiate=False):
    """noise[t]: [R,Z_t]. Returns reconstruction and KL of each level by row, log w, and the gradient of the loss, which is
    minus the mean over rows of reconstruction - KL."""
    networks = dict(model)
    L, R = len(o["latent"]), len(noise[0])
    rows = np.tile(x, (R // len(x), 1))
    q_name = lambda t: "encoder" if o["model"] == "vae" else f"posterior.{t}"
    z, levels, kl, log_w = [], [], [], 0
    for t, Z in enumerate(o["latent"]):
        h, q_kept = forward(o, networks[q_name(t)], np.hstack([rows, *z]))
        mu, lv = h[:, :Z], h[:, Z:]
        if t > 0:
            h, p_kept = forward(o, networks[f"prior.{t}"], np.hstack(z))
            mu_p, lv_p = h[:, :Z], h[:, Z:]
        else:
            mu_p, lv_p, p_kept = np.zeros((R, Z)), np.zeros((R, Z)), None
        assert np.abs([lv, lv_p]).max() < 20
        z_t = mu + np.exp(lv / 2) * noise[t]
        difference = -0.5 * (lv + noise[t] ** 2) + 0.5 * (lv_p + (z_t - mu_p) ** 2 / np.exp(lv_p))  # log q - log p at z
        closed = 0.5 * (np.exp(lv - lv_p) - 1 - (lv - lv_p) + (mu - mu_p) ** 2 / np.exp(lv_p))
        kl.append((closed if form == "analytic" else difference).sum(1))
        log_w = log_w - difference.sum(1)
        z.append(z_t)
        levels.append((mu, lv, mu_p, lv_p, q_kept, p_kept))
    gaussian = o["likelihood"] == "gaussian"
    decoder = networks["decoder"][:-1] if gaussian else networks["decoder"]
    out, kept = forward(o, decoder, np.hstack(z))
    if gaussian:
        log_std = networks["decoder"][-1][0]
        scaled = (rows - out) / np.exp(log_std)
        reconstruction = (-0.5 * (LOG_2PI + scaled**2) - log_std).sum(1)
    else:
        reconstruction = (rows * out - np.logaddexp(0, out)).sum(1)
    log_w = log_w + reconstruction
    if not differentiate:
        return reconstruction, kl, log_w

    # Backwards, of the loss.
    gradients = {}
    g_out = (scaled / np.exp(log_std) if gaussian else rows - 1 / (1 + np.exp(-out))) * (-1 / R)
    gradients["decoder"], g = backward(o, decoder, kept, g_out)
    if gaussian:
        gradients["decoder"].append(np.array([(-1 / R) * (scaled**2 - 1).sum()]))
    g_z = np.split(g, np.cumsum(o["latent"])[:-1], axis=1)
    for t in reversed(range(L)):
        mu, lv, mu_p, lv_p, q_kept, p_kept = levels[t]
        if form == "analytic":
            r, d = (mu - mu_p) / np.exp(lv_p), np.exp(lv - lv_p) - 1
            g_mu, g_lv = r / R, 0.5 * d / R
            g_mu_p, g_lv_p = -r / R, -0.5 * (d + (mu - mu_p) * r) / R
        else:
            r = (z[t] - mu_p) / np.exp(lv_p)
            g_mu, g_lv = np.zeros_like(mu), np.full_like(lv, -0.5 / R)
            g_z[t] = g_z[t] + r / R
            g_mu_p, g_lv_p = -r / R, 0.5 * (1 - (z[t] - mu_p) * r) / R
        g_mu = g_mu + g_z[t]
        g_lv = g_lv + 0.5 * g_z[t] * np.exp(lv / 2) * noise[t]
        gradients[q_name(t)], g = backward(o, networks[q_name(t)], q_kept, np.hstack([g_mu, g_lv]))
        pieces = np.split(g[:, D:], np.cumsum(o["latent"][:t])[:-1], axis=1) if t else []
        if t > 0:
            gradients[f"prior.{t}"], g = backward(o, networks[f"prior.{t}"], p_kept, np.hstack([g_mu_p, g_lv_p]))
            above = np.split(g, np.cumsum(o["latent"][:t])[:-1], axis=1)
            pieces = [a + b for a, b in zip(pieces, above)]
        for s, piece in enumerate(pieces):
            g_z[s] = g_z[s] + piece
    return reconstruction, kl, [gradient for name, _ in model for gradient in gradients[name]]


# ---- optimizers and schedules: one update of all arrays, in place ---------------------------------------------------------------


class Adam:
    def __init__(self, decay, decoupled):
        self.decay, self.decoupled, self.m, self.v = decay, decoupled, {}, {}

    def step(self, t, alpha, theta, gradients):
        for i, (w, g) in enumerate(zip(theta, gradients)):
            if self.decoupled:
                w -= alpha * self.decay * w
            else:
                g = g + self.decay * w
            self.m[i] = 0.9 * self.m.get(i, 0) + 0.1 * g
            self.v[i] = 0.999 * self.v.get(i, 0) + 0.001 * g**2
            w -= alpha * (self.m[i] / (1 - 0.9**t)) / (np.sqrt(self.v[i] / (1 - 0.999**t)) + 1e-8)


class Nesterov:
    def __init__(self, momentum, decay):
        self.momentum, self.decay, self.b = momentum, decay, {}

    def step(self, t, alpha, theta, gradients):
        for i, (w, g) in enumerate(zip(theta, gradients)):
            g = g + self.decay * w
            self.b[i] = self.momentum * self.b.get(i, 0) + g
            w -= alpha * (g + self.momentum * self.b[i])


SCHEDULES = {
    "constant": lambda t, T: 1,
    "cosine": lambda t, T: 0.5 * (1 + np.cos(np.pi * min(t / T, 1))),
    "step": lambda t, T: 0.5 ** np.floor(t / 2),  # --decay 0.5 --decay-every 2
}

# ---- training and evaluation ------------------------------------------------------------------------------------------------


def noise_of(o, purpose, epoch, indices, samples, first=0):
    """[samples * B, Z_t] for each level."""
    data = np.tile(indices, samples)
    sample = first + np.repeat(np.arange(samples), len(indices))
    return [normal(o["seed"], purpose, epoch, t, data, sample, Z) for t, Z in enumerate(o["latent"])]


def with_weights(model, theta):
    theta = iter(theta)
    return [(name, [next(theta) for _ in layers]) for name, layers in model]


def evaluate(o, data, model, split):
    """By image, with one sample of z: reconstruction, and the KL of each level."""
    indices = np.arange(len(data[split]))
    x = batch(data, o, split, indices, 0)
    return bound(o, model, x, noise_of(o, EVALUATION, split, indices, 1), "analytic")[:2]


def draw(o, model, count, seed):
    """z ~ p(z), level by level, then the mean of p(x|z) and pixels drawn from it."""
    networks, rows, z = dict(model), np.arange(count), []
    for t, Z in enumerate(o["latent"]):
        noise = normal(seed, PRIOR, 0, t, rows, 0 * rows, Z)
        h = forward(o, networks[f"prior.{t}"], np.hstack(z))[0] if t else np.zeros((count, 2 * Z))
        z.append(h[:, :Z] + np.exp(h[:, Z:] / 2) * noise)
    mean = 1 / (1 + np.exp(-forward(o, networks["decoder"], np.hstack(z))[0]))
    return mean, unit(words(seed, OUTPUT, 0, 0, rows, 0 * rows, D)) < mean


def totals(reconstruction, kl):
    return {"elbo": float(np.mean(reconstruction - sum(kl))), "reconstruction": float(np.mean(reconstruction)),
            "kl": float(np.mean(sum(kl))), "kl_per_level": [float(np.mean(k)) for k in kl]}


def standard_error(v):
    return float(np.std(v, ddof=1) / np.sqrt(len(v)))


def train(name, o, arguments):
    data = dataset()
    count = len(data[TRAIN])
    model = initial_model(o, batch(data, o, TRAIN, np.arange(count), 0))
    theta = [w for _, layers in model for w in layers]
    average = [w.copy() for w in theta]
    per_epoch = -(-count // o["batch_size"])
    step, taken, norms, rows, best = 0, 0, [], [], None
    for epoch in range(1, o["epochs"] + 1):
        order = permutation(o["seed"], epoch, count)
        sums, of_norm, skipped, alpha = [], [], 0, None
        for first in range(0, count, o["batch_size"]):
            indices = np.array(order[first:first + o["batch_size"]])
            x = batch(data, o, TRAIN, indices, epoch)
            noise = noise_of(o, POSTERIOR, epoch, indices, o["samples"])
            reconstruction, kl, gradients = bound(o, model, x, noise, o["kl"], differentiate=True)
            by_image = lambda v: v.reshape(o["samples"], -1).mean(0)
            sums.append((by_image(reconstruction), [by_image(k) for k in kl]))
            norm = float(np.sqrt(sum((g**2).sum() for g in gradients)))
            alpha = o["learning_rate"] * SCHEDULES[o["schedule"]](step / per_epoch, o["epochs"])
            alpha *= min(1, (step + 1) / o["warmup"]) if o["warmup"] else 1
            limit = o["skip_outliers"] * sorted(norms)[len(norms) // 2] if o["skip_outliers"] and len(norms) >= 20 else np.inf
            norms = (norms + [norm])[-100:]
            of_norm.append(norm)
            step += 1
            if norm > limit:
                skipped += 1
                continue
            if o["clip_norm"]:
                gradients = [g * min(1, o["clip_norm"] / (norm + 1e-6)) for g in gradients]
            if o["clip_value"]:
                gradients = [np.clip(g, -o["clip_value"], o["clip_value"]) for g in gradients]
            taken += 1
            o["optimizer"].step(taken, alpha, theta, gradients)
            share = (1 - o["ema"]) / (1 - o["ema"] ** taken)
            average = [a + share * (w - a) for a, w in zip(average, theta)]
        evaluated = with_weights(model, average) if o["ema"] else model
        validation = totals(*evaluate(o, data, evaluated, VALIDATION))
        if best is None or validation["elbo"] > best[0]:
            best = (validation["elbo"], epoch, [w.copy() for w in theta])
        rows.append({"train": {**totals(np.concatenate([r for r, _ in sums]),
                                        [np.concatenate([k[t] for _, k in sums]) for t in range(len(o["latent"]))]),
                               "learning_rate": float(alpha), "gradient_norm": float(np.mean(of_norm)),
                               "gradient_norm_max": max(of_norm), "skipped": skipped},
                     "validation": validation})

    # What `elbo eval --importance-samples K` prints.
    reconstruction, kl = evaluate(o, data, evaluated, TEST)
    indices = np.arange(len(data[TEST]))
    x, K = batch(data, o, TEST, indices, 0), o["importance_samples"]
    log_w = bound(o, evaluated, x, noise_of(o, IMPORTANCE, TEST, indices, K), "analytic")[2].reshape(K, -1)
    w = np.exp(log_w - log_w.max(0))
    log_px = log_w.max(0) + np.log(w.mean(0))
    # With so few draws a heavy tail is not excluded for every image, so the error over draws is from the halves.
    halves = np.log(w[::2].mean(0)) - np.log(w[1::2].mean(0))
    found = {**totals(reconstruction, kl), "n": len(indices), "elbo_se": standard_error(reconstruction - sum(kl)),
             "log_px": float(log_px.mean()), "log_px_se": standard_error(log_px),
             "log_px_mc_se": float(np.sqrt((halves**2 / 2).mean() / len(indices)))}

    # What `elbo sample -n 3 --seed 5` draws.
    if o["likelihood"] == "bernoulli":
        mean, drawn = draw(o, evaluated, 3, 5)
        pictures = {"mean": mean.round(6).tolist(), "drawn": drawn.astype(int).tolist()}
    else:
        pictures = None

    # Of each tensor: the sum of the numbers, and of each times its place, which tells where they stand.
    def fingerprint(arrays):
        return {n: [list(w.shape), float(w.sum()), float((w.ravel() * np.cos(np.arange(w.size))).sum())]
                for n, w in zip(names(o, model), arrays)}

    print(json.dumps({"case": name, "arguments": f"--epochs {o['epochs']} --batch-size {o['batch_size']} {arguments}", "importance_samples": K, "epochs": rows, "best_epoch": best[1],
                      "last": fingerprint(theta), "best": fingerprint(best[2]), "eval": found, "pictures": pictures}))


DEFAULTS = {"model": "vae", "latent": [3], "hidden": [7], "activation": "tanh", "likelihood": "bernoulli", "binarize": "dynamic",
            "samples": 1, "kl": "analytic", "learning_rate": 0.001, "schedule": "constant", "warmup": 0, "clip_norm": 0,
            "clip_value": 0, "ema": 0, "skip_outliers": 0, "batch_size": 20, "epochs": 4, "seed": 1,
            "importance_samples": 70}


def case(name, optimizer, arguments, **changed):
    """The run of `elbo train` with these arguments, beside those that the test adds to all."""
    train(name, {**DEFAULTS, **changed, "optimizer": optimizer}, arguments)


if __name__ == "__main__":
    case("vae", Adam(0, False), "--latent 3 --hidden 7 --learning-rate 0.01", learning_rate=0.01)
    case("vae, every option of a step", Nesterov(0.8, 0.02),
         "--latent 2 --hidden 6,5 --activation relu --binarize static --samples 3 --kl monte-carlo --optimizer nesterov "
         "--momentum 0.8 --weight-decay 0.02 --learning-rate 0.05 --schedule cosine --warmup 5 --clip-norm 1.5 --ema 0.9 --seed 77",
         latent=[2], hidden=[6, 5], activation="relu", binarize="static", samples=3, kl="monte-carlo", learning_rate=0.05,
         schedule="cosine", warmup=5, clip_norm=1.5, ema=0.9, seed=77)
    case("vae, Gaussian", Adam(0.01, True),
         "--latent 2 --hidden 5 --likelihood gaussian --activation softplus --optimizer adamw --learning-rate 0.02",
         latent=[2], hidden=[5], likelihood="gaussian", binarize="none", activation="softplus", learning_rate=0.02)
    case("autoregressive", Adam(0, False),
         "--model autoregressive --latent 2,3,1 --hidden 6 --samples 2 --learning-rate 0.02",
         model="autoregressive", latent=[2, 3, 1], hidden=[6], samples=2, learning_rate=0.02)
    case("autoregressive, every option of a step", Adam(0.3, False),
         "--model autoregressive --latent 3,2 --hidden 5 --binarize threshold --kl monte-carlo --optimizer adam --weight-decay 0.3 "
         "--learning-rate 0.3 --schedule step --decay 0.5 --decay-every 2 --clip-value 0.04 --skip-outliers 1.1 --ema 0.95 "
         "--seed 1099511627779",
         model="autoregressive", latent=[3, 2], hidden=[5], binarize="threshold", kl="monte-carlo", learning_rate=0.3,
         schedule="step", clip_value=0.04, skip_outliers=1.1, ema=0.95, batch_size=11, seed=1099511627779)
