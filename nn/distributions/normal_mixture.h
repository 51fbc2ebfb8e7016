// Mixtures of normals, one for each element: what an autoregressive network says of an element
// (autoregressive.h), a density that may have several modes.
//
//     log p(x) = Σ_d log Σ_k softmax(l_d)_k N(x_d; μ_dk, σ²_dk)
//
// Each element chooses its own component (Bishop 1994, mixture density networks); in a Mixture (mixture.h)
// each datum does. Though a component is chosen, a draw has a gradient, by implicit reparameterization: x is
// where F(x) = u for a u that stays (Figurnov, Mohamed & Mnih 2018, arXiv 1805.08498, eq. 5).
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// logits, mu and log_var are [B,…,K], of one shape, for values [B,…]; std::invalid_argument otherwise. A
// logit of −∞ is a weight of 0; std::domain_error for ∞, where all are −∞, for an infinite mu, and as in
// normal.h.
struct NormalMixture : Reparameterized {
  NormalMixture(Var logits, Var mu, Var log_var);

  const char* name() const override { return "mixture of normals"; }
  Shape shape() const override;                       // of the values, [B,…]
  Array sample(const Stream& stream) const override;  // [B,…]
  Var rsample(const Stream& stream) const override { return through(sample(stream)); }
  Var log_probs(Var x) const override;  // [B,…] nats
  Var cdf(Var x) const override;        // of each element: Σ_k w_k F_k(x)   [B,…]
  Var mean() const override;            // Σ_k w_k μ_k   [B,…]
  Var variance() const override;        // Σ_k w_k (σ²_k + (μ_k − mean)²)   [B,…]

  // x, as the function F⁻¹(u) of the parameters at u = F(x).  [B,…]
  Var through(const Array& x) const;

  Var logits, mu, log_var;
};

}  // namespace nn
