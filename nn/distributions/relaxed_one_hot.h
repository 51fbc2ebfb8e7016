// The relaxed one-hot distribution (Gumbel-softmax, concrete): points inside the simplex of K classes, which
// approach the corners, the one-hot vectors of a Categorical, as the temperature τ falls. Unlike those, they
// are differentiable in the logits l.
//
//     x = softmax((l + g) / τ),  g Gumbel noise
//     log p(x) = log (K−1)! + (K−1) log τ + Σ_k [ a_k − log x_k ] − K log Σ_k exp a_k,
//     a_k = l_k − τ log x_k
//
// Maddison, Mnih & Teh 2017 (arXiv 1611.00712), definition 1; Jang, Gu & Poole 2017 (arXiv 1611.01144). The
// density is with respect to the first K−1 coordinates. At low temperatures x rounds to a corner, where the
// density is undefined: keep y = log x instead, and use the functions …_log. There is no closed form of the
// entropy, the mean or the KL (`kl_monte_carlo` in kl.h estimates it).
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

struct RelaxedOneHot : Reparameterized {
  // logits [B,…,K]; std::invalid_argument unless they have both axes, and K > 0; std::domain_error unless
  // they are within ±1e18 and τ from 1e-18 to 1e18, so that l / τ and τ log x are numbers (in double, e150).
  RelaxedOneHot(Var logits, Real temperature);

  const char* name() const override { return "relaxed one-hot"; }
  Shape shape() const override { return logits.shape(); }
  Var rsample(const Stream& stream) const override;  // x   [B,…,K]
  Var log_prob(Var x) const override;                // [B] nats; −∞ off the simplex and at its border
  Var rsample_log(const Stream& stream) const;       // y = log x   [B,…,K]
  Var log_prob_log(Var y) const;  // [B] nats; log p(eʸ) without rounding eʸ; Σ_k exp y_k is taken to be 1

  Var logits;
  Real temperature;
};

}  // namespace nn
