// The norm of a gradient, and the scale that limits it.
#include "nn/optimizers/clip.h"

#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace nn {

namespace {

// A long sum is made of short ones, which are added in double.
constexpr std::size_t short_sum = 1024;

// By 32 sums side by side, which the compiler vectorizes.
Real sum_of_squares(const Real* x, std::size_t n) {
  std::array<Real, 32> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= n; i += sums.size())
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += x[i + k] * x[i + k];
  for (; i < n; ++i) sums[0] += x[i] * x[i];
  return std::accumulate(sums.begin(), sums.end(), Real(0));
}

}  // namespace

double gradient_norm(const NamedParameters& parameters, const Gradients& gradients) {
  // Sum short pieces in Real, which is fast.
  double squares = 0;
  for (const auto& [name, parameter] : parameters) {
    const Array& g = gradients[*parameter];
    for (std::size_t i = 0; i < g.size(); i += short_sum)
      squares += double(sum_of_squares(g.data() + i, std::min(short_sum, g.size() - i)));
  }

  // If a square overflowed in Real, sum all of them in double.
  if (!std::isfinite(squares)) {
    squares = 0;
    for (const auto& [name, parameter] : parameters)
      for (const Real g : gradients[*parameter]) squares += double(g) * double(g);
  }
  return std::sqrt(squares);
}

Real scale_to_norm(double norm, double max_norm) {
  if (!std::isfinite(norm))
    throw std::domain_error("[clip] the norm of the gradient is " + std::to_string(norm));
  return Real(std::min(1.0, max_norm / (norm + 1e-6)));
}

}  // namespace nn
