// Two divergences f(b) − f(a) − (b − a) f'(a) of convex functions f on the positive numbers (Bregman 1967),
// never below 0 and with all their digits where a and b are nearly equal. There the KLs of gamma and beta
// distributions, which are sums of them, would otherwise be differences of logarithms of Γ. Next:
// ../../nn/distributions/gamma.cpp.
#pragma once

#include "autograd/tape.h"

namespace autograd {

// a times that of −log x: a log(a/b) − a + b for a, b > 0. It is the KL of the Poisson distribution of mean a
// from that of mean b.
Var relative_entropy(Operand a, Operand b);

// Of φ(x) = log Γ(x) − x log x + x, what Stirling's formula leaves: φ(b) − φ(a) − (b − a) φ'(a) for a, b > 0,
// else NaN
Var stirling_divergence(Operand a, Operand b);

}  // namespace autograd
