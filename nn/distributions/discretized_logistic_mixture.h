// Mixtures of discretized logistics, one for each pixel: the output distribution for images of 256 levels.
//
//     log p(x) = Σ_d log Σ_k softmax(l_d)_k DiscretizedLogistic(x_d; μ_dk, s_dk)
//
// Salimans et al. 2017, "PixelCNN++" (arXiv 1701.05517), section 2.1, without its coupling of colours. Unlike
// a Mixture, every pixel chooses its own component.
#pragma once

#include "nn/distributions/discretized_logistic.h"

namespace nn {

// Parameters [B,…,K], all the same, for pixels [B,…]; std::invalid_argument otherwise.
struct DiscretizedLogisticMixture {
  DiscretizedLogisticMixture(Var logits, Var mu, Var log_scale);

  Shape shape() const;                       // of the pixels, [B,…]
  Array sample(const Stream& stream) const;  // levels, see discretized_logistic.h   [B,…]
  Var log_prob(Var x) const;                 // [B] nats
  Var cdf(Var x) const;                      // elementwise, without slope in x
  Var mean() const;
  Var variance() const;
  Var entropy() const;    // [B] nats
  Var log_table() const;  // log p of all levels   [B,…,256]

  Var logits, mu, log_scale;
};

// KL(q ‖ p), summed over the levels; two mixtures may have different numbers of components      [B] nats
Var kl(const DiscretizedLogisticMixture& q, const DiscretizedLogisticMixture& p);
Var kl(const DiscretizedLogisticMixture& q, const DiscretizedLogistic& p);
Var kl(const DiscretizedLogistic& q, const DiscretizedLogisticMixture& p);

}  // namespace nn
