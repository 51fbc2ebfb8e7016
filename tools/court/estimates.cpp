// Averages and z-tests.
#include "tools/court/estimates.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace tools {

void Estimates::add(const std::vector<double>& estimate) {
  sum.resize(estimate.size()), squares.resize(estimate.size());
  for (std::size_t i = 0; i < estimate.size(); ++i) sum[i] += estimate[i], squares[i] += estimate[i] * estimate[i];
  ++count;
}

double Estimates::variance(std::size_t i) const {
  const double n = double(count);
  return std::max(0.0, (squares[i] - sum[i] * sum[i] / n) / (n - 1));
}

double Estimates::error(std::size_t i) const { return std::sqrt(variance(i) / double(count)); }

Estimates repeated(std::size_t count, const std::function<std::vector<double>(std::uint32_t n)>& estimate) {
  Estimates all;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint32_t n = 0; n < count; ++n) all.add(estimate(n));
  all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return all;
}

std::string text_of(const std::string& estimator, std::size_t K) {
  return K == 1 ? estimator : estimator + ", K = " + std::to_string(K);
}

namespace {

// `truth_error` is empty where the truth is exact.
Finding compared(const Estimates& found, const std::vector<double>& truth, const std::vector<double>& truth_error) {
  Finding f;
  f.entries = truth.size();
  f.estimates = found.count;
  f.microseconds = 1e6 * found.seconds / double(found.count);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double own = found.error(i), other = truth_error.empty() ? 0 : truth_error[i];
    // Rounding is no bias: an estimate without variance may differ in the last digits.
    const double error = std::hypot(std::hypot(own, other), 1e-11 * (1 + std::abs(truth[i])));
    const double z = (found.mean(i) - truth[i]) / error;
    if (i == 0 || std::abs(z) > std::abs(f.z)) f.z = z, f.truth = truth[i], f.mean = found.mean(i), f.error = error;
    f.variance += found.variance(i);
    f.signal_to_noise += std::abs(found.mean(i)) / std::sqrt(found.variance(i) + 1e-300) / double(truth.size());
  }
  return f;
}

}  // namespace

Finding compared(const Estimates& found, const std::vector<double>& truth) { return compared(found, truth, {}); }

Finding compared(const Estimates& found, const Estimates& truth) {
  std::vector<double> mean, error;
  for (std::size_t i = 0; i < truth.sum.size(); ++i) mean.push_back(truth.mean(i)), error.push_back(truth.error(i));
  return compared(found, mean, error);
}

}  // namespace tools
