// The discretized logistic distribution of pixels with 256 levels k, seen as x = −1 + 2k/255: the mass of a
// logistic distribution in the bin x ± h, h = 1/255. The first and the last bin are open, so that all levels
// sum to one.
//
//     p(x) = σ((x + h − μ) / s) − σ((x − h − μ) / s)
//
// Kingma et al. 2016 (arXiv 1606.04934), Salimans et al. 2017 (arXiv 1701.05517). Written as a product its
// logarithm has no cancellation, for any μ and s: with a and b the edges above, σ(a) − σ(b) = σ(a) σ(−b) (1 −
// e^(b−a)). Mixtures of them: discretized_logistic_mixture.h.
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

constexpr std::size_t pixel_levels = 256;
Array pixel_values();  // −1 … 1  [256]

// Of pixels with these log-probabilities of all levels.  log_table: [B,…,256]  ->  [B,…], the entropy [B]
// nats
Var mean_of_levels(Var log_table);
Var variance_of_levels(Var log_table);
Var entropy_of_levels(Var log_table);
Var kl_of_levels(Var log_q, Var log_p);  // of two tables   [B] nats

// Shapes [B,…], both the same (std::invalid_argument otherwise). In float, for log_scale from -86 to 83 and
// mu from -5 to 5, values and gradients are right to 6e-7 (1 + 1/d) of the larger of themselves and 1 (that
// by mu: of 1/s), with d the way from mu to the nearer of the edges x ± h, which are themselves rounded:
// where d is below 1e-6 it is the rounded ones that count. Further out, where e to log_scale over- or
// underflows, they are infinite or NaN.
struct DiscretizedLogistic {
  DiscretizedLogistic(Var mu, Var log_scale);

  const Shape& shape() const { return mu.shape(); }
  Array sample(
      const Stream& stream) const;  // levels; there is no rsample: no path leads through rounding   [B,…]
  Var log_prob(Var x) const;        // [B] nats; −∞ where x is no level, within a thousandth of a bin
  Var log_probs(Var x) const;       // the terms of this sum  [B,…]
  Var log_table() const;            // of all levels  [B,…,256]
  Var entropy() const;              // [B] nats
  Var cdf(Var x) const;             // elementwise, without slope in x
  Var mean() const;
  Var variance() const;

  Var mu, log_scale;  // of the logistic; the mean and the variance are those of the levels
};

// KL(q ‖ p), summed over the levels      [B] nats
Var kl(const DiscretizedLogistic& q, const DiscretizedLogistic& p);

}  // namespace nn
