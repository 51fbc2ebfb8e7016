// The beta distribution on [0, 1], by its concentrations α at 1 and β at 0.
//
//     log p(x) = Σ [ (α − 1) log x + (β − 1) log(1 − x) − log B(α, β) ],  B(α, β) = Γ(α) Γ(β) / Γ(α + β)
//
// A sample is X / (X + Y) of two gamma variables X and Y, taken by their logarithms, so small concentrations
// keep their digits and the path leads through both (gamma.h).
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

// Shapes [B,…], both the same (std::invalid_argument otherwise); all positive and finite (std::domain_error
// otherwise).
struct Beta {
  Beta(Var alpha, Var beta);

  const Shape& shape() const { return alpha.shape(); }
  Var rsample(const Stream& stream) const;   // differentiable in α and β; never quite 0 or 1   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats; −∞ outside [0, 1]
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // elementwise; its slopes in α and β throw std::logic_error
  Var mean() const;                          // α / (α + β)
  Var variance() const;                      // αβ / ((α + β)² (α + β + 1))

  Var log_normalizer() const;          // log B(α, β)   [B,…]
  Var mean_log() const;                // E log x = ψ(α) − ψ(α + β)   [B,…]
  Var mean_log_of_complement() const;  // E log(1 − x) = ψ(β) − ψ(α + β)   [B,…]

  Var alpha, beta;
};

// KL(q ‖ p) = Σ [ log B_p/B_q + (α_q − α_p) E_q log x + (β_q − β_p) E_q log(1 − x) ]      [B] nats
//           = Σ [ R(α_p, α_q n_p/n_q) + R(β_p, β_q n_p/n_q) + S(α_q, α_p) + S(β_q, β_p) − S(n_q, n_p) ],  n =
//           α + β
// with R the relative_entropy and S the stirling_divergence of ../../autograd/ops/divergence.h, which keep their
// digits near q = p, to the rounding of α_q n_p/n_q and β_q n_p/n_q; in float that of n may leave −1e-14
// where 0 is meant.
Var kl(const Beta& q, const Beta& p);

}  // namespace nn
