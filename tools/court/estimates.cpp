// Averages and z-tests.
#include "tools/court/estimates.h"

#include <cmath>

#include "tools/run/stopwatch.h"

namespace tools {

void Estimates::add(const std::vector<double>& estimate) {
  mean.resize(estimate.size()), squares.resize(estimate.size());
  ++count;
  for (std::size_t i = 0; i < estimate.size(); ++i) {
    const double from_mean = estimate[i] - mean[i];
    mean[i] += from_mean / double(count);
    squares[i] += from_mean * (estimate[i] - mean[i]);
  }
}

double Estimates::error(std::size_t i) const { return std::sqrt(variance(i) / double(count)); }

Estimates repeated(std::size_t count, const std::function<std::vector<double>(std::uint32_t n)>& estimate) {
  Estimates all;
  const Stopwatch clock;
  for (std::uint32_t n = 0; n < count; ++n) all.add(estimate(n));
  all.seconds = clock.seconds();
  return all;
}

std::string text_of(const std::string& estimator, std::size_t K) {
  return K == 1 ? estimator : estimator + ", K = " + std::to_string(K);
}

namespace {

// `truth_error` is empty where the truth is exact.
Finding compared(const Estimates& found, const std::vector<double>& truth,
                 const std::vector<double>& truth_error) {
  Finding f;
  f.entries = truth.size();
  f.estimates = found.count;
  f.microseconds = 1e6 * found.seconds / double(found.count);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double own = found.error(i), other = truth_error.empty() ? 0 : truth_error[i];
    // Rounding is no bias: an estimate without variance may differ in the last digits.
    const double error = std::hypot(std::hypot(own, other), 1e-11 * (1 + std::abs(truth[i])));
    const double z = (found.mean[i] - truth[i]) / error;
    if (i == 0 || std::abs(z) > std::abs(f.z))
      f.z = z, f.truth = truth[i], f.mean = found.mean[i], f.error = error;
    f.variance += found.variance(i);
    f.signal_to_noise +=
        std::abs(found.mean[i]) / std::sqrt(found.variance(i) + 1e-300) / double(truth.size());
  }
  return f;
}

}  // namespace

Finding compared(const Estimates& found, double truth) {
  return compared(found, std::vector<double>{truth}, {});
}
Finding compared(const Estimates& found, const std::vector<double>& truth) {
  return compared(found, truth, {});
}

Finding compared(const Estimates& found, const Estimates& truth) {
  std::vector<double> error;
  for (std::size_t i = 0; i < truth.mean.size(); ++i) error.push_back(truth.error(i));
  return compared(found, truth.mean, error);
}

}  // namespace tools
