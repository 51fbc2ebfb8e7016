// The discretized logistic distribution. Entropy and moments are sums over all levels.
#include "nn/distributions/discretized_logistic.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/logistic.h"

namespace nn {

namespace {

const Real h = Real(1) / (pixel_levels - 1);       // half a bin
const Real tolerance = 1e-3;                       // in bins: how far x may be off its level
const Real widest = sizeof(Real) == 4 ? 86 : 700;  // of log s: h / s and x / s are numbers

// The distance from −1 to x in bins; level k is k bins away.
Real bins_to(Real x) { return (std::clamp(x, Real(-1), Real(1)) + 1) / (2 * h); }

// The distance from x to the nearest level, in bins.
Real off_level(Real x) {
  const Real bins = (x + 1) / (2 * h), middle = Real(pixel_levels - 1) / 2;

  // Round to a whole number by adding a large one, which unlike std::round is done in registers.
  const Real large = 1.5 / std::numeric_limits<Real>::epsilon();
  const Real beside = std::abs(bins - ((bins + large) - large));

  // Beyond the first and the last level, the distance is that to the end.
  const Real beyond = std::abs(bins - middle) - middle;
  return beside > beyond ? beside : beyond;
}

bool all_on_levels(const Array& x) {
  const Real* each = x.data();
  int off = 0;  // counted without leaving the loop, so that it is vectorized
  for (std::size_t i = 0, n = x.size(); i < n; ++i) off += off_level(each[i]) <= tolerance ? 0 : 1;
  return off == 0;
}

// log p(x) of levels x: log σ(a) of the first level, log σ(−b) of the last, and between them
// log σ(a) + log σ(−b) + log(1 − e^(b−a)).   [B,…]
Var log_masses(const DiscretizedLogistic& p, Var x) {
  const Var precision = exp(-p.log_scale);
  const Var below_a = log_sigmoid((x + h - p.mu) * precision);
  const Var above_b = log_sigmoid((p.mu - x + h) * precision);
  const Var width = log(-expm1(-2 * h * precision));
  const Var inner = below_a + above_b + width;
  return where(x < h - 1, below_a, where(x > 1 - h, above_b, inner));
}

// Σ_k p_k f_k over the last axis
Var expected(Var log_table, Var f) { return sum(exp(log_table) * f, {last_axis(log_table)}); }

}  // namespace

// ---- sums over the levels ---------------------------------------------------------------------------------

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

Var entropy_of_levels(Var log_table) { return -sum_event(times_log(exp(log_table), log_table)); }

// ---- DiscretizedLogistic ----------------------------------------------------------------------------------

DiscretizedLogistic::DiscretizedLogistic(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_parameters("discretized_logistic", "mu", mu.shape(), "log_scale", log_scale.shape());
  check_size("discretized_logistic", "mu", mu.value());
  check_size("discretized_logistic", "log_scale", log_scale.value(), widest);
}

// A logistic number, rounded to the nearest level
Array DiscretizedLogistic::sample(const Stream& stream) const {
  Array x = Logistic(mu, log_scale).sample(stream);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = -1 + 2 * h * std::round(bins_to(x.data()[i]));
  return x;
}

Var DiscretizedLogistic::log_probs(Var x) const {
  check_event("discretized_logistic.log_prob", x.shape(), mu.shape());
  if (all_on_levels(x.value())) return log_masses(*this, x);

  // Give −∞ to what is no level, and 0 in its place to log_masses, so that its slopes there are 0.
  Array excess = x.value();
  for (std::size_t i = 0; i < excess.size(); ++i) excess.data()[i] = off_level(excess.data()[i]) - tolerance;
  const Var off = constant(excess);
  return where(off, -infinity, log_masses(*this, where(off, 0, x)));
}

Var DiscretizedLogistic::log_table() const {
  Shape shape = mu.shape();
  shape.push_back(pixel_levels);
  const Var levels = broadcast_to(constant(pixel_values()), shape);
  return log_masses({spread_last(mu, pixel_levels), spread_last(log_scale, pixel_levels)}, levels);
}

Var DiscretizedLogistic::entropy() const { return entropy_of_levels(log_table()); }

// F is σ at the upper edge of the last level that is not above x, 0 below the first level, 1 from the last
// one on.
Var DiscretizedLogistic::cdf(Var x) const {
  check_event("discretized_logistic.cdf", x.shape(), mu.shape());
  Array edges = x.value();
  for (std::size_t i = 0; i < edges.size(); ++i)
    edges.data()[i] = -1 + h + 2 * h * std::floor(bins_to(edges.data()[i]) + tolerance);
  const Var inner = sigmoid((constant(edges) - mu) * exp(-log_scale));
  return where(x + tolerance * h < -1, 0, where(x + tolerance * h > 1, 1, inner));
}

Var DiscretizedLogistic::mean() const { return mean_of_levels(log_table()); }

Var DiscretizedLogistic::variance() const { return variance_of_levels(log_table()); }

}  // namespace nn
