// The Bernoulli distribution of independent binary pixels, by its logits l: p(x = 1) = σ(l).
//
//     log p(x) = Σ [ x log σ(l) + (1 − x) log(1 − σ(l)) ] = Σ [ x l − log(1 + e^l) ]
//
// Kingma & Welling 2013 (arXiv 1312.6114), appendix C.1. It takes logits, not probabilities: the logarithm of
// a probability that was rounded to 0 or 1 is lost.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

struct Bernoulli : Distribution {
  explicit Bernoulli(Var logits);  // [B,…], also ±∞; std::invalid_argument without a first axis

  const char* name() const override { return "Bernoulli"; }
  bool is_discrete() const override { return true; }
  Shape shape() const override { return logits.shape(); }
  Array sample(const Stream& stream) const override;  // 0 or 1   [B,…]; no rsample: it would have no gradient
  Var log_probs(Var x) const override;  // [B,…] nats; x in [0, 1], usually 0 or 1; −∞ outside
  Var entropy() const override;         // [B] nats
  Var cdf(Var x) const override;        // of each element   [B,…]
  Var mean() const override;            // σ(l)
  Var variance() const override;        // σ(l) σ(−l)

  Var logits;
};

// KL(q ‖ p) = Σ [ σ(a) log σ(a)/σ(b) + σ(−a) log σ(−a)/σ(−b) ],  a and b the logits of q and p      [B] nats
// It is never below 0 (kl_terms in event.h).
Var kl(const Bernoulli& q, const Bernoulli& p);

}  // namespace nn
