// Numbers of images: their means, and standard errors.
#pragma once

#include <cmath>
#include <vector>

namespace tools {

inline double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / double(v.size());
}

// √(Σ (x − x̄)² / (n − 1) / n), NaN for one
inline double standard_error(const std::vector<double>& v) {
  const double m = mean(v), n = double(v.size());
  double squares = 0;
  for (const double x : v) squares += (x - m) * (x - m);
  return std::sqrt(squares / (n - 1) / n);
}

// from_i −= v_i; std::out_of_range if v is shorter
inline void subtract(const std::vector<double>& v, std::vector<double>& from) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= v.at(i);
}

}  // namespace tools
