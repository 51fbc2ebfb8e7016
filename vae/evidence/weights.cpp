// Running sums of weights that would overflow, and a heap of the largest.
#include "vae/evidence/weights.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "vae/evidence/pareto.h"

namespace vae {

// ---- sums -------------------------------------------------------------------------------------------------

void Weights::Sums::use_unit(double log_w) {
  const double scale = largest == log_w ? 1 : std::exp(largest - log_w);
  sum *= scale, squares *= scale * scale;
  largest = log_w;
}

void Weights::Sums::add(double log_w) {
  if (log_w > largest) use_unit(log_w);
  const double w = largest == log_w ? 1 : std::exp(log_w - largest);
  sum += w, squares += w * w, ++count;
}

double Weights::Sums::log_mean() const { return largest + std::log(sum / count); }

Weights::Sums Weights::all() const {
  Sums a = halves_[0], b = halves_[1];
  const double unit = std::max(a.largest, b.largest);
  a.use_unit(unit), b.use_unit(unit);
  a.sum += b.sum, a.squares += b.squares, a.count += b.count;
  return a;
}

// ---- weights ----------------------------------------------------------------------------------------------

// The tail, and the weight below it, which is its threshold.
Weights::Weights(std::size_t count)
    : keep_(std::size_t(std::ceil(std::min(double(count) / 5, 3 * std::sqrt(double(count))))) + 1) {}

void Weights::add(double log_w) {
  halves_[added_++ % 2].add(log_w);
  if (largest_.size() == keep_) {
    if (!(log_w > largest_.front())) return;
    std::pop_heap(largest_.begin(), largest_.end(), std::greater<>());
    largest_.pop_back();
  }
  largest_.push_back(log_w);
  std::push_heap(largest_.begin(), largest_.end(), std::greater<>());
}

double Weights::log_mean() const { return all().log_mean(); }

double Weights::standard_error() const {
  const double k = pareto_k(), above_0 = std::max(k, 0.0);
  const bool known = k + 1.645 * (1 + above_0) / std::sqrt(double(tail())) < largest_reliable_k;
  if (!known) return std::numeric_limits<double>::quiet_NaN();
  const Sums w = all();
  const double delta = std::sqrt(std::max(0.0, w.squares / (w.sum * w.sum) - 1 / w.count));
  return delta * (1 + 2 * above_0 * above_0);
}

double Weights::effective_samples() const {
  const Sums w = all();
  return w.sum * w.sum / w.squares;
}

double Weights::pareto_k() const {
  if (tail() < 5) return std::numeric_limits<double>::quiet_NaN();
  const double threshold = largest_.front(), unit = all().largest;
  // Weights that differ no more than float rounds log p(x) have no tail.
  if (unit - threshold < 1e-4) return -std::numeric_limits<double>::infinity();
  std::vector<double> exceedances;
  for (const double log_w : largest_)
    exceedances.push_back(std::exp(log_w - unit) - std::exp(threshold - unit));
  return pareto_shape(std::move(exceedances));
}

double Weights::difference_of_halves() const {
  return added_ == 1 ? std::numeric_limits<double>::quiet_NaN()
                     : halves_[0].log_mean() - halves_[1].log_mean();
}

}  // namespace vae
