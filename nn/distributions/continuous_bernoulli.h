// The continuous Bernoulli distribution of grey pixels in [0, 1], by its logits l: the Bernoulli's formula,
// normalised over the interval.
//
//     log p(x) = Σ [ x l − K(l) ],  K(l) = log ∫₀¹ e^lx dx = log((eˡ − 1) / l)
//
// Loaiza-Ganem & Cunningham 2019, "The continuous Bernoulli" (arXiv 1907.06845). It is the exponential family
// of x on [0, 1], so K generates its cumulants: the mean is K'(l) and the variance K''(l). K is in
// ../../autograd/ops/truncated_exponential.cpp.
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

struct ContinuousBernoulli {
  explicit ContinuousBernoulli(Var logits);  // [B,…]; std::invalid_argument without a first axis

  const Shape& shape() const { return logits.shape(); }
  Var rsample(const Stream& stream) const;   // inverts the cdf: differentiable in l   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats; −∞ outside [0, 1]
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // elementwise
  Var mean() const;                          // K'(l)
  Var variance() const;                      // K''(l)

  Var logits;
};

// KL(q ‖ p) = Σ [ K(b) − K(a) − K'(a)(b − a) ],  a and b the logits of q and p      [B] nats
Var kl(const ContinuousBernoulli& q, const ContinuousBernoulli& p);

}  // namespace nn
