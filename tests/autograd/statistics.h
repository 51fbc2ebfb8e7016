// Tests of samples. Each answers whether a fact holds that true samples would violate with probability below
// 1e-6; the seeds are fixed, so a test that passes once passes always.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

// sup |F_n − F| √n of n numbers from the continuous distribution F exceeds x with probability about 2
// exp(−2x²) (Kolmogorov).
template <class F>
bool kolmogorov_accepts(std::vector<double> x, const F& cdf) {
  std::sort(x.begin(), x.end());
  const double n = double(x.size());
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = cdf(x[i]);
    distance = std::max({distance, double(i + 1) / n - p, p - double(i) / n});
  }
  return distance * std::sqrt(n) < 2.694;
}

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

struct Average {
  double mean = 0, error = 0;  // and its standard error

  // |mean − truth| within 4.9 standard errors: 1e-6 for large samples. (The rest is for rounding, where
  // nothing varies.)
  bool agrees_with(double truth) const {
    return std::abs(mean - truth) < 4.9 * error + 1e-10 * std::max(1.0, std::abs(truth));
  }
};

template <class Numbers>
Average average(const Numbers& x) {
  double sum = 0, squares = 0;
  const double n = double(x.size());
  for (const double v : x) sum += v / n;
  for (const double v : x) squares += (v - sum) * (v - sum);
  return {sum, std::sqrt(squares / (n - 1) / n)};
}

// χ² of counts against what is expected, of the same total, and its quantile at 1e-6 (Wilson & Hilferty
// 1931). Places where fewer than 10 are expected count as one.
inline bool counts_agree(const std::vector<double>& counts, const std::vector<double>& expected) {
  double chi2 = 0, k = -1, rare = 0, rare_expected = 0;
  const auto add = [&](double count, double expected) {
    chi2 += (count - expected) * (count - expected) / expected, ++k;
  };
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (expected[i] < 10)
      rare += counts[i], rare_expected += expected[i];
    else
      add(counts[i], expected[i]);
  if (rare_expected > 0) add(rare, std::max(rare_expected, 1.0));
  return k < 1 || chi2 < k * std::pow(1 - 2 / (9 * k) + 4.753 * std::sqrt(2 / (9 * k)), 3);
}

inline bool counts_are_uniform(const std::vector<double>& counts) {
  double total = 0;
  for (const double c : counts) total += c;
  return counts_agree(counts, std::vector<double>(counts.size(), total / double(counts.size())));
}
