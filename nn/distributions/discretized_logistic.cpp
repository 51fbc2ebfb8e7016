// The discretized logistic distribution; entropy and moments are sums over all levels.
#include "nn/distributions/discretized_logistic.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "nn/distributions/logistic.h"

namespace nn {

namespace {

const Real h = Real(1) / (pixel_levels - 1);

const Real rounding = Real(1e-3);  // bins by which a level may be off

// The number of bins between −1 and x, which is k for level k.
Real bins_to(Real x) { return (std::clamp(x, Real(-1), Real(1)) + 1) / (2 * h); }

// How many bins x is away from the nearest level: beside a whole number, or beyond the first or the last.
// (This way of rounding runs in registers.)
Real off_level(Real x) {
  const Real bins = (x + 1) / (2 * h), middle = Real(pixel_levels - 1) / 2,
             large = Real(1.5) / std::numeric_limits<Real>::epsilon();
  const Real beside = std::abs(bins - ((bins + large) - large)), beyond = std::abs(bins - middle) - middle;
  return beside > beyond ? beside : beyond;
}

// Mostly true, which one look shows.
bool all_levels(const Array& x) {
  const Real* each = x.data();
  int beside = 0;
  for (std::size_t i = 0, n = x.size(); i < n; ++i) beside += off_level(each[i]) <= rounding ? 0 : 1;
  return beside == 0;
}

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

namespace {

// log σ(a) below the last bin, + log σ(−b) above the first, + log(1 − e^(b−a)) between; x: levels
Var log_masses(const DiscretizedLogistic& p, Var x) {
  const Var precision = exp(-p.log_scale);
  const Var below_a = log_sigmoid((x + h - p.mu) * precision),
            above_b = log_sigmoid((p.mu - x + h) * precision);
  const Var width = log(-expm1(-2 * h * precision));
  const Var inner = below_a + above_b + width;
  return where(x < h - 1, below_a, where(x > 1 - h, above_b, inner));
}

}  // namespace

Array DiscretizedLogistic::sample(const Stream& stream) const {
  Array x = Logistic(mu, log_scale).sample(stream);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = -1 + 2 * h * std::round(bins_to(x.data()[i]));
  return x;
}

Var DiscretizedLogistic::log_probs(Var x) const {
  check_event("discretized_logistic.log_prob", x.shape(), mu.shape());
  if (all_levels(x.value())) return log_masses(*this, x);
  Array beyond = x.value();
  for (std::size_t i = 0; i < beyond.size(); ++i) beyond.data()[i] = off_level(beyond.data()[i]) - rounding;
  const Var off = constant(beyond);
  return where(off, -std::numeric_limits<Real>::infinity(), log_masses(*this, where(off, Real(0), x)));
}

Var DiscretizedLogistic::log_prob(Var x) const { return sum_event(log_probs(x)); }

Var DiscretizedLogistic::log_table() const {
  Shape shape = mu.shape();
  shape.push_back(pixel_levels);
  const Var levels = broadcast_to(constant(pixel_values()), shape);
  return log_masses({spread_last(mu, pixel_levels), spread_last(log_scale, pixel_levels)}, levels);
}

Var DiscretizedLogistic::entropy() const { return entropy_of_levels(log_table()); }

// F is σ at the upper edge of the level at or below x (within rounding), 0 below the first level and 1 from
// the last one on.
Var DiscretizedLogistic::cdf(Var x) const {
  check_event("discretized_logistic.cdf", x.shape(), mu.shape());
  Array edges = x.value();
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
