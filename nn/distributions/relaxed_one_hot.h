// The relaxed one-hot distribution (Gumbel-softmax, concrete): points inside the simplex of K classes that
// approach the corners of a Categorical as the temperature τ falls, and through which a path leads to the
// logits l.
//
//     x = softmax((l + g) / τ),  g Gumbel noise
//     log p(x) = log (K−1)! + (K−1) log τ + Σ_k [ a_k − log x_k ] − K log Σ_k exp a_k,   a_k = l_k − τ log
//     x_k
//
// Maddison, Mnih & Teh 2017 (arXiv 1611.00712), Jang, Gu & Poole 2017 (arXiv 1611.01144). The density is by
// volume of the first K−1 coordinates. x soon rounds to a corner, where the density means nothing: keep y =
// log x instead, and use the …_log functions. There is no closed form of the entropy, the mean or the KL (for
// which see kl_monte_carlo in monte_carlo.h).
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

struct RelaxedOneHot {
  // logits [B,…,K]; std::invalid_argument without a first axis and one of classes, std::domain_error unless τ
  // is positive.
  RelaxedOneHot(Var logits, Real temperature);

  Var rsample(const Stream& stream) const;      // differentiable in l   [B,…,K]
  Array sample(const Stream& stream) const;     // the same numbers, without the path
  Var log_prob(Var x) const;                    // [B] nats; −∞ off the simplex and at its border
  Var rsample_log(const Stream& stream) const;  // log x
  Var log_prob_log(Var y) const;  // log p(x) at x = eʸ, without rounding x; y is taken to be normalised

  Var logits;
  Real temperature;
};

}  // namespace nn
