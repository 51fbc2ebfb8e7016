// A distribution over a list of values, the same for every datum, with probabilities of its own:
//
//     p(z = v_k) = softmax(l)_k          k = 1 … K
//
// A posterior over discrete latents is of this kind, where the states can be listed (enumeration.h).
#pragma once

#include "nn/distributions/distribution.h"

namespace vae {

using namespace autograd;

struct Enumerated : nn::Distribution {
  // values [K,Z], no two rows of which are equal, and logits [B,K]; std::invalid_argument otherwise. A logit
  // of −∞ is a probability of 0; std::domain_error for ∞, and where all are −∞.
  Enumerated(Array values, Var logits);

  const char* name() const override { return "enumerated distribution"; }
  bool is_discrete() const override { return true; }
  Shape shape() const override;                       // [B,Z]
  Var log_prob(Var z) const override;                 // [B] nats; −∞ for a row that is none of the values
  Array sample(const Stream& stream) const override;  // [B,Z]; no rsample: it would have no gradient
  Var mean() const override;                          // Σ_k p_k v_k   [B,Z]
  Var variance() const override;                      // Σ_k p_k v_k² − mean²   [B,Z]
  Var entropy() const override;                       // [B] nats

  Array values;
  Var logits;
};

}  // namespace vae
