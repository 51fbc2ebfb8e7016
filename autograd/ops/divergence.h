// Two Bregman divergences f(b) − f(a) − (b − a) f'(a) of convex functions f on the positive numbers (Bregman
// 1967). They are never below 0, and accurate where a and b are nearly equal. The KL divergences of gamma and
// beta distributions are sums of them; as differences of log Γ they would lose all digits there. Next:
// ../../nn/distributions/gamma.cpp.
#pragma once

#include "autograd/tape.h"

namespace autograd {

// a log(a/b) − a + b for a, b > 0: the divergence of x log x with a and b exchanged, and the KL divergence
// between Poisson distributions of means a and b.
Var relative_entropy(Operand a, Operand b);

// φ(b) − φ(a) − (b − a) φ'(a) for a, b > 0, else NaN, of φ(x) = log Γ(x) − x log x + x, the remainder of
// Stirling's formula.
Var stirling_divergence(Operand a, Operand b);

}  // namespace autograd
