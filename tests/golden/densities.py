#!/usr/bin/env python3
# Writes densities.txt: log_prob and cdf of every density of nn/ at some places, from the definitions in 60
# digits (mpmath). Libraries in double are wrong in the tails, which are checked here: PyTorch 1.13 rounds
# the cdf of a Laplace or a normal to 0 or 1, and loses half of the continuous Bernoulli's digits near
# logits of 0.
#
#     tests/golden/densities.py > tests/golden/densities.txt
#
# The file has blocks of lines: the struct and its constructor's arguments; x; log_prob; cdf, where there is
# one. A point that has several coordinates takes as many numbers.
# tests/nn/distributions/all_densities_test.cpp compares.
from mpmath import mp, mpf, exp, log, log1p, expm1, erfc, tanh, gamma, sqrt, pi, fsum, inf

mp.dps = 60
H = mpf(1) / 255
LEVELS = [-1 + 2 * k / 255 for k in range(256)]


def sigmoid(t):
    return 1 / (1 + exp(-t))


def normalised(logits):
    return [l - log(fsum(exp(m) for m in logits)) for l in logits]


def normal(m, u):
    return (lambda x: -(log(2 * pi) + u + (x - m) ** 2 / exp(u)) / 2, lambda x: erfc((m - x) / sqrt(2 * exp(u))) / 2)


def laplace(m, b):
    t = lambda x: (x - m) / exp(b)
    return (lambda x: -log(2) - b - abs(t(x)), lambda x: exp(t(x)) / 2 if x < m else 1 - exp(-t(x)) / 2)


def logistic(m, s):
    t = lambda x: (x - m) / exp(s)
    return (lambda x: -t(x) - s - 2 * log1p(exp(-t(x))), lambda x: sigmoid(t(x)))


def bernoulli(l):
    return (lambda x: log(sigmoid(l)) if x == 1 else log(sigmoid(-l)) if x == 0 else -inf,
            lambda x: 0 if x < 0 else sigmoid(-l) if x < 1 else 1)


def continuous_bernoulli(l):
    K = lambda t: log(expm1(t) / t) if t else mpf(0)
    return (lambda x: x * l - K(l) if 0 <= x <= 1 else -inf,
            lambda x: 0 if x <= 0 else 1 if x >= 1 else x * exp(K(x * l) - K(l)))


def categorical(*l):
    return (lambda *x: fsum(a * b for a, b in zip(x, normalised(l))) if sum(x) == 1 and min(x) == 0 else -inf, None)


def discretized_logistic(m, s):
    F = lambda edge: sigmoid((edge - m) / exp(s))
    upper = lambda x: mpf(1) if x == 1 else F(x + H)
    lower = lambda x: mpf(0) if x == -1 else F(x - H)
    mass = lambda x: 1 - lower(x) if x == 1 else upper(x) - lower(x)
    def log_mass(x):
        mp.dps = 3000  # for the upper tail, where F rounds to 1
        found = log(mass(x))
        mp.dps = 60
        return found
    return (log_mass, upper)


def discretized_logistic_mixture(l1, l2, m1, m2, s1, s2):
    w, p = [exp(l) for l in normalised([l1, l2])], [discretized_logistic(m1, s1), discretized_logistic(m2, s2)]
    return (lambda x: log(fsum(w[k] * exp(p[k][0](x)) for k in (0, 1))), lambda x: fsum(w[k] * p[k][1](x) for k in (0, 1)))


def mixture(l1, l2, m1, u1, m2, b2):
    w, p = [exp(l) for l in normalised([l1, l2])], [normal(m1, u1), laplace(m2, b2)]
    return (lambda x: log(fsum(w[k] * exp(p[k][0](x)) for k in (0, 1))), lambda x: fsum(w[k] * p[k][1](x) for k in (0, 1)))


def normal_mixture(l1, l2, m1, m2, u1, u2):
    w, p = [exp(l) for l in normalised([l1, l2])], [normal(m1, u1), normal(m2, u2)]
    return (lambda x: log(fsum(w[k] * exp(p[k][0](x)) for k in (0, 1))), lambda x: fsum(w[k] * p[k][1](x) for k in (0, 1)))


def autoregressive(m1, m2, u1, u2):
    return (lambda x, y: normal(m1, u1)[0](x) + normal(m2 + tanh(x), u2)[0](y), None)


def relaxed_one_hot(*l):
    K, tau = len(l), mpf(0.7)
    a = lambda x: [l[k] - tau * log(x[k]) for k in range(K)]
    return (lambda *x: log(gamma(K)) + (K - 1) * log(tau) + fsum(a(x)) - fsum(log(v) for v in x) -
            K * log(fsum(exp(v) for v in a(x))), None)


def multivariate_normal(m1, m2, a, _, b, c):  # L = (a 0; b c)
    def log_prob(x, y):
        u = (x - m1) / a
        v = (y - m2 - b * u) / c
        return -log(2 * pi) - (u * u + v * v) / 2 - log(a * c)
    return (log_prob, None)


def transformed(m, u):
    p = normal(m, u)[0]
    return (lambda x: p(log(x / (1 - x))) - log(x * (1 - x)) if 0 < x < 1 else -inf, None)


LINE = [-100, -30, -9.5, -3, -1, -0.25, 0, 0.5, 1, 2.75, 8, 40, 100]
UNIT = [-100, 0, 1e-300, 1e-12, 1e-3, 0.1, 0.3, 0.5, 0.75, 0.999, 1, 1.5, 100]
WHERE = [(0, 0), (0.5, -2), (-3, 1.5), (20, 0.25), (0, 6), (1e-3, -3)]
SOME = [LEVELS[k] for k in (0, 1, 2, 40, 126, 127, 128, 129, 200, 253, 254, 255)]
CORNERS = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
INSIDE = [(a, b, 1 - a - b) for a, b in
          [(0.25, 0.5), (0.125, 0.125), (1e-3, 0.5), (1e-9, 1e-6), (0.9990234375, 2 ** -11), (1e-30, 0.75), (0.5, 1e-100), (1 / 3, 1 / 3),
           (0.75, 2 ** -40)]]

DENSITIES = {
    "Autoregressive": (autoregressive, [(0, 0, 0, 0), (0.5, -2, 2, -1.5), (10, 20, -6, 3), (-1, 1, 0.25, 5), (0.125, 3, -3, -3)],
                       [(0, 0), (1, -1), (-100, 100), (100, 100), (0.5, -2), (1e-9, 3), (-7, 0.25), (40, -30), (2, 2), (9, 21)]),
    "Bernoulli": (bernoulli, [(0,), (0.3,), (-2,), (7,), (-30,), (100,), (-500,), (1e-9,), (3.5,), (-0.1,), (15,), (-80,), (1.25,)],
                  [0, 1, -1, 2]),
    "Categorical": (categorical, [(0, 0, 0), (0.5, -1, 2), (30, 0, -30), (-100, -101, -102), (500, -500, 0), (1e-9, 0, 0), (3, 3, -4),
                                  (0.1, 0.2, 0.3), (-7, 1, 1), (12, 0, 12), (-1, -2, -3), (60, 61, 62), (0, 4, -4), (8, 1, -2),
                                  (0.5, 0.25, 0.125), (-40, 0, 0), (2, 2, 2.5)], CORNERS),
    "ContinuousBernoulli": (continuous_bernoulli, [(0,), (1e-9,), (-1e-3,), (2.4,), (-2.6,), (30,), (-300,)], UNIT),
    "DiscretizedLogistic": (discretized_logistic, [(0, 0), (0.3, -2), (-0.9, -5), (1.5, -3), (0.1, -7), (0, 3)], SOME),
    "DiscretizedLogisticMixture": (discretized_logistic_mixture, [(0, 0, -0.5, 0.5, -3, -1), (2, -1, 0.9, 0, -6, -4), (-5, 5, 2, -2, 0, 1),
                                                                  (0.5, 0.25, 0, 0, -7, 2), (30, -30, 0.1, 0.2, -2, -2)], SOME),
    "Laplace": (laplace, WHERE, LINE),
    "Logistic": (logistic, WHERE, LINE),
    "Mixture": (mixture, [(0, 0, -1, 0, 1, 0), (3, -2, 0.5, -2, 0.5, 1), (-20, 20, 5, 1, -5, 0), (1, 0, -50, 2, 50, 3)], LINE),
    "MultivariateNormal": (multivariate_normal, [(0, 0, 1, 0, 0, 1), (0.5, -2, 2, 9, -1.5, 0.25), (10, 20, 0.01, 0, 30, 5),
                                                 (0, 0, 1, 0, 1, 1e-3), (-1, 1, 100, 0, 0.5, 70)],
                           [(0, 0), (1, -1), (-100, 100), (100, 100), (0.5, -2), (1e-9, 3), (-7, 0.25), (40, -30), (2, 2), (9, 21)]),
    "Normal": (normal, WHERE, LINE),
    "NormalMixture": (normal_mixture, [(0, 0, -1, 1, 0, 0), (3, -2, 0.5, 0.5, -2, 1), (-20, 20, 5, -5, 1, 0), (1, 0, -50, 50, 2, 3)], LINE),
    "RelaxedOneHot": (relaxed_one_hot, [(0, 0, 0), (0.5, -1, 2), (30, 0, -30), (-100, -101, -102), (500, -500, 0), (3, 3, -4)], INSIDE),
    "Transformed": (transformed, WHERE[:5], [x for x in UNIT if x not in (0, 1)]),
}


def text(v):
    if v == inf or v == -inf:
        return "inf" if v > 0 else "-inf"
    return mp.nstr(mpf(v), 17, min_fixed=-4, max_fixed=6)


for name, (family, places, xs) in DENSITIES.items():
    for arguments in places:
        log_prob, cdf = family(*(mpf(a) for a in arguments))
        points = [tuple(mpf(v) for v in x) if isinstance(x, tuple) else (mpf(x),) for x in xs]
        print(name, *(text(a) for a in arguments))
        print("x", *(text(v) for x in points for v in x))
        print("log_prob", *(text(log_prob(*x)) for x in points))
        if cdf:
            print("cdf", *(text(cdf(*x)) for x in points))
