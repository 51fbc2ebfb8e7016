// The discretized logistic distribution of pixels with 256 levels. Level k is the number x = −1 + 2k/255, and
// has the mass of a logistic distribution in the bin x ± h, h = 1/255. The first and the last bin are open,
// so that the masses of all levels sum to one.
//
//     p(x) = σ(a) − σ(b),   a = (x + h − μ) / s,   b = (x − h − μ) / s
//
// Kingma et al. 2016 (arXiv 1606.04934); Salimans et al. 2017 (arXiv 1701.05517). In the difference, digits
// cancel; written as the product σ(a) σ(−b) (1 − e^(b−a)), its logarithm is exact for any μ and s. Mixtures
// of them: discretized_logistic_mixture.h.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

constexpr std::size_t pixel_levels = 256;
Array pixel_values();  // the levels, −1 … 1   [256]

// The moments and the entropy of pixels by the log-probabilities of all levels.  log_table: [B,…,256]
Var mean_of_levels(Var log_table);      // [B,…]
Var variance_of_levels(Var log_table);  // [B,…]
Var entropy_of_levels(Var log_table);   // [B] nats

// mu and log_scale = log s are [B,…], of one shape; std::invalid_argument otherwise. std::domain_error for an
// infinite mu, or a log_scale beyond ±86 (in double ±700).
//
// In float, for log_scale from −86 to 83 and mu from −5 to 5, values and gradients are right to 6e-7 (1 +
// 1/d) of the larger of themselves and 1 (the slope in mu: and 1/s), where d is the distance from mu to the
// nearer of the edges x ± h. The edges themselves are rounded: for d below 1e-6 the result belongs to the
// rounded ones.
struct DiscretizedLogistic : Distribution {
  DiscretizedLogistic(Var mu, Var log_scale);

  const char* name() const override { return "discretized logistic"; }
  bool is_discrete() const override { return true; }
  Shape shape() const override { return mu.shape(); }
  Array sample(const Stream& stream) const override;  // levels   [B,…]; no rsample: it would have no gradient
  Var log_probs(Var x) const override;  // [B,…] nats; −∞ more than a thousandth of a bin beside a level
  Var log_table() const;                // the log-probabilities of all levels   [B,…,256]
  Var entropy() const override;         // [B] nats
  Var cdf(Var x) const override;        // of each element   [B,…]; its slope in x is 0
  Var mean() const override;            // of the levels, as is the variance
  Var variance() const override;

  Var mu, log_scale;  // of the logistic distribution
};

}  // namespace nn
