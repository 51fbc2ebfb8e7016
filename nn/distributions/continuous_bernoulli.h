// The continuous Bernoulli distribution of grey pixels in [0, 1], by its logits l: the Bernoulli's formula,
// normalized over the interval.
//
//     log p(x) = Σ [ x l − K(l) ],  K(l) = log ∫₀¹ e^lx dx = log((eˡ − 1) / l) = max(l, 0) + K(−|l|)
//
// Loaiza-Ganem & Cunningham 2019, "The continuous Bernoulli" (arXiv 1907.06845). It is the exponential family
// of x on [0, 1], so the derivatives of K are its cumulants: the mean is K'(l) and the variance K''(l). At l
// = 0 it is uniform. K is in ../../autograd/ops/truncated_exponential.cpp.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

struct ContinuousBernoulli : Reparameterized {
  // [B,…], finite; std::invalid_argument without a first axis, std::domain_error for ±∞, which would be a
  // point
  explicit ContinuousBernoulli(Var logits);

  const char* name() const override { return "continuous Bernoulli"; }
  Shape shape() const override { return logits.shape(); }
  Var rsample(const Stream& stream) const override;  // inverts the cdf   [B,…]
  Var log_probs(Var x) const override;               // [B,…] nats; −∞ outside [0, 1]
  Var entropy() const override;                      // [B] nats
  Var cdf(Var x) const override;                     // of each element   [B,…]
  Var mean() const override;                         // K'(l)
  Var variance() const override;                     // K''(l)

  Var logits;
};

// KL(q ‖ p) = Σ [ K(b) − K(a) − K'(a)(b − a) ],  a and b the logits of q and p      [B] nats
// It is never below 0 (`uniform_divergence`).
Var kl(const ContinuousBernoulli& q, const ContinuousBernoulli& p);

}  // namespace nn
