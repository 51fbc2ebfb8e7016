// The gamma distribution of positive numbers, by its concentration α and its rate β.
//
//     log p(x) = Σ [ α log β − log Γ(α) + (α − 1) log x − β x ]
//
// Samples by rejection, and the path to α by implicit reparameterization (Figurnov et al. 2018, arXiv
// 1805.08498): see
// ../../autograd/ops/incomplete_gamma.h, whose derivatives by α end at the second.
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

// Shapes [B,…], both the same (std::invalid_argument otherwise); all positive and finite (std::domain_error
// otherwise).
struct Gamma {
  Gamma(Var concentration, Var rate);

  const Shape& shape() const { return rate.shape(); }
  Var rsample(
      const Stream& stream) const;  // differentiable in α and β; never below the least normal Real   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats; −∞ for x < 0 and at ∞
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // elementwise
  Var mean() const;                          // α / β
  Var variance() const;                      // α / β²

  Var concentration, rate;
};

// KL(q ‖ p) = Σ [ (α_q − α_p) ψ(α_q) − log Γ(α_q)/Γ(α_p) + α_p log β_q/β_p + α_q (β_p − β_q)/β_q ]      [B]
// nats
//           = Σ [ R(α_p, α_q β_p/β_q) + S(α_q, α_p) ]
// with R the relative_entropy and S the stirling_divergence of ../../autograd/ops/divergence.h, which keep their
// digits near q = p, to the rounding of α_q β_p/β_q.
Var kl(const Gamma& q, const Gamma& p);

}  // namespace nn
