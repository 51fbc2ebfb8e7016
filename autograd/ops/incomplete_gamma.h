// Special functions of the gamma and beta distributions: the regularised incomplete gamma and beta functions,
// and gamma samples with a gradient in the concentration.
//
//     P(a, x) = ∫₀ˣ t^(a−1) e⁻ᵗ dt / Γ(a)
//
// They are not in ops.h because they cannot be differentiated without end: P and the samples can be
// differentiated twice in a, I not at all in a and b. Asking for a missing derivative throws
// std::logic_error.
//
// The gradient of a sample is that of Figurnov, Mohamed & Mnih 2018, "Implicit reparameterization gradients"
// (arXiv 1805.08498): z with P(a, z) = u for a fixed u has ∂z/∂a = −(∂P/∂a) / p(z).
// Next: ../../nn/distributions/gamma.h.
#pragma once

#include "autograd/random.h"
#include "autograd/tape.h"

namespace autograd {

// P(a, x) for 0 < a < 10¹⁰ or so; 0 for x ≤ 0, where it has no slope.
Var gamma_cdf(Operand a, Operand x);

// x ∂P/∂x = x^a e⁻ˣ / Γ(a) for a, x > 0; accurate also for large a with x near it.
Var gamma_weight(Operand a, Operand x);

// I_x(a, b) = ∫₀ˣ t^(a−1) (1−t)^(b−1) dt / B(a, b) for 0 < a, b < 10¹⁰ or so; 0 for x ≤ 0 and 1 for x ≥ 1.
// It has a slope in x for 0 < x < 1.
Var beta_cdf(Operand a, Operand b, Operand x);

// log z with z ~ Gamma(a, 1), of a's shape; the logarithm, because z underflows for small a. By rejection
// (Marsaglia & Tsang 2000): element i of a row of width W takes its first attempt k that is accepted, and
// attempt k uses the four random words of the row from 4(kW + i) on.
Var log_gamma_sample(Var a, const Stream& stream);

}  // namespace autograd
