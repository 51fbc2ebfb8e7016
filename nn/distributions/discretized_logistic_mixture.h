// Mixtures of discretized logistics, one for each pixel: an output distribution for images of 256 levels.
//
//     log p(x) = Σ_d log Σ_k softmax(l_d)_k DiscretizedLogistic(x_d; μ_dk, s_dk)
//
// Salimans et al. 2017, "PixelCNN++" (arXiv 1701.05517), section 2.1, without its coupling of colours. Each
// pixel chooses its own component; in a Mixture (mixture.h) each image does.
#pragma once

#include "nn/distributions/discretized_logistic.h"

namespace nn {

// logits, mu and log_scale are [B,…,K], of one shape, for pixels [B,…]; std::invalid_argument otherwise. A
// logit of −∞ is a weight of 0; std::domain_error for ∞, and where all are −∞, and as in
// discretized_logistic.h.
struct DiscretizedLogisticMixture : Distribution {
  DiscretizedLogisticMixture(Var logits, Var mu, Var log_scale);

  const char* name() const override { return "mixture of discretized logistics"; }
  bool is_discrete() const override { return true; }
  Shape shape() const override;                       // of the pixels, [B,…]
  Array sample(const Stream& stream) const override;  // levels   [B,…]
  Var log_probs(Var x) const override;  // [B,…] nats; −∞ beside a level, as in discretized_logistic.h
  Var cdf(Var x) const override;        // of each element   [B,…]; its slope in x is 0
  Var mean() const override;
  Var variance() const override;
  Var entropy() const override;  // [B] nats
  Var log_table() const;         // the log-probabilities of all levels   [B,…,256]

  Var logits, mu, log_scale;
};

}  // namespace nn
