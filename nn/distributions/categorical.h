// The categorical distribution of one of K classes, by its logits l. A class is a one-hot vector along the
// last axis.
//
//     log p(x) = Σ x · log softmax(l)
//
// Its differentiable relative is relaxed_one_hot.h.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// Gumbel noise −log(−log u): the largest element of l + noise is at class k with probability softmax(l)_k.
Array gumbel(const Stream& stream, const Shape& shape);

struct Categorical : Distribution {
  // [B,…,K]; std::invalid_argument unless it has both axes, and K > 0. A logit of −∞ is a probability of 0;
  // std::domain_error for ∞, and where all are −∞.
  explicit Categorical(Var logits);

  const char* name() const override { return "categorical distribution"; }
  bool is_discrete() const override { return true; }
  Shape shape() const override { return logits.shape(); }
  Array sample(
      const Stream& stream) const override;  // one-hot   [B,…,K]; no rsample: it would have no gradient
  Var log_prob(Var x) const override;        // [B] nats; x on the simplex, usually one-hot; −∞ off it
  Var entropy() const override;              // [B] nats
  Var mean() const override;                 // softmax(l)
  Var variance() const override;             // of each element: p (1 − p)

  Var logits;
};

// KL(q ‖ p) = Σ softmax(a) · (log softmax(a) − log softmax(b)),  a and b the logits of q and p      [B] nats
// It is never below 0 (kl_terms in event.h).
Var kl(const Categorical& q, const Categorical& p);

}  // namespace nn
