// The discretized logistic distribution; entropy and moments are sums over all levels.
#include "nn/discretized_logistic.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/logistic.h"

namespace nn {

namespace {

const Real h = Real(1) / (pixel_levels - 1);

// The number of bins between −1 and x, which is k for level k.
Real bins_to(Real x) { return (std::clamp(x, Real(-1), Real(1)) + 1) / (2 * h); }

// Σ_k p_k f_k over the last axis
Var expected(Var log_table, Var f) { return sum(exp(log_table) * f, {log_table.shape().size() - 1}); }

}  // namespace

Array pixel_values() {
  Array x = empty({pixel_levels});
  for (std::size_t k = 0; k < pixel_levels; ++k) x(k) = -1 + 2 * h * Real(k);
  return x;
}

Var mean_of_levels(Var log_table) { return expected(log_table, constant(pixel_values())); }

Var variance_of_levels(Var log_table) {
  const Var deviation = constant(pixel_values()) - spread_last(mean_of_levels(log_table), pixel_levels);
  return expected(log_table, square(deviation));
}

Var entropy_of_levels(Var log_table) { return -sum_event(expected(log_table, log_table)); }

Var kl_of_levels(Var log_q, Var log_p) { return sum_event(expected(log_q, log_q - log_p)); }

DiscretizedLogistic::DiscretizedLogistic(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_event("discretized_logistic", mu.shape(), log_scale.shape());
}

Array DiscretizedLogistic::sample(const Stream& stream) const {
  Array x = Logistic(mu, log_scale).sample(stream);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = -1 + 2 * h * std::round(bins_to(x.data()[i]));
  return x;
}

// log σ(a) below the last bin, + log σ(−b) above the first, + log(1 − e^(b−a)) between
Var DiscretizedLogistic::log_probs(Var x) const {
  check_event("discretized_logistic.log_prob", x.shape(), mu.shape());
  const Var precision = exp(-log_scale);
  const Var below_a = log_sigmoid((x + h - mu) * precision), above_b = log_sigmoid((mu - x + h) * precision);
  const Var width = log(-expm1(-2 * h * precision));
  const Var inner = below_a + above_b + width;
  return within(x, -1 - h, 1 + h, where(x < h - 1, below_a, where(x > 1 - h, above_b, inner)));
}

Var DiscretizedLogistic::log_prob(Var x) const { return sum_event(log_probs(x)); }

Var DiscretizedLogistic::log_table() const {
  Shape shape = mu.shape();
  shape.push_back(pixel_levels);
  const Var levels = broadcast_to(constant(pixel_values()), shape);
  return DiscretizedLogistic(spread_last(mu, pixel_levels), spread_last(log_scale, pixel_levels)).log_probs(levels);
}

Var DiscretizedLogistic::entropy() const { return entropy_of_levels(log_table()); }

// F is σ at the upper edge of the level at or below x (within rounding), 0 below the first level and 1 from the last one on.
Var DiscretizedLogistic::cdf(Var x) const {
  check_event("discretized_logistic.cdf", x.shape(), mu.shape());
  Array edges = x.value();
  const Real rounding = Real(1e-3);
  for (std::size_t i = 0; i < edges.size(); ++i)
    edges.data()[i] = -1 + h + 2 * h * std::floor(bins_to(edges.data()[i]) + rounding);
  const Var inner = sigmoid((constant(edges) - mu) * exp(-log_scale));
  return where(x + rounding * h < Real(-1), Real(0), where(x + rounding * h > Real(1), Real(1), inner));
}

Var DiscretizedLogistic::mean() const { return mean_of_levels(log_table()); }
Var DiscretizedLogistic::variance() const { return variance_of_levels(log_table()); }

Var kl(const DiscretizedLogistic& q, const DiscretizedLogistic& p) {
  check_event("kl(discretized_logistic, discretized_logistic)", q.mu.shape(), p.mu.shape());
  return kl_of_levels(q.log_table(), p.log_table());
}

}  // namespace nn
