// The gamma distribution's special functions: the regularised incomplete gamma and beta functions, and gamma
// samples through which a path leads to the concentration.
//
//     P(a, x) = ∫₀ˣ t^(a−1) e⁻ᵗ dt / Γ(a)
//
// They stand apart from ops.h because their derivatives end: P and the samples can be differentiated twice in
// a, I not at all in a and b. A derivative that is missing throws std::logic_error when it is asked for.
//
// Figurnov, Mohamed & Mnih 2018, "Implicit reparameterization gradients" (arXiv 1805.08498): z with P(a, z) =
// u fixed has ∂z/∂a = −(∂P/∂a) / p(z). Next: ../../nn/distributions/gamma.h.
#pragma once

#include "autograd/random.h"
#include "autograd/tape.h"

namespace autograd {

// P(a, x) for a > 0, up to about 10¹⁰; 0 for x ≤ 0. It has slopes for x > 0.
Var gamma_cdf(Operand a, Operand x);

// x P'(a, x) = x^a e⁻ˣ / Γ(a) for a, x > 0. Where x is near a it keeps its digits for large a.
Var gamma_weight(Operand a, Operand x);

// I_x(a, b) = ∫₀ˣ t^(a−1) (1−t)^(b−1) dt / B(a, b) for a, b > 0, up to about 10¹⁰; 0 for x ≤ 0 and 1 for x
// ≥ 1. It has a slope for 0 < x < 1.
Var beta_cdf(Operand a, Operand b, Operand x);

// log z, z ~ Gamma(a, 1), of a's shape; the logarithm, because z underflows for small a. By rejection
// (Marsaglia & Tsang 2000): element i of a row takes its first accepted attempt k, which uses the four words
// 4(kW + i) … of the row, W its width.
Var log_gamma_sample(Var a, const Stream& stream);

}  // namespace autograd
