// Averages of estimates that are vectors, and their comparison with a truth.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tools/court/court.h"

namespace tools {

// Means and variances of many estimates of the same entries, added one by one (Welford 1962).
struct Estimates {
  std::size_t count = 0;
  std::vector<double> mean, squares;  // of each entry; squares of the deviations from the mean
  double seconds = 0;

  void add(const std::vector<double>& estimate);
  double variance(std::size_t i) const { return squares[i] / double(count - 1); }  // of one estimate
  double error(std::size_t i) const;                                               // of the mean
};

// `count` estimates, estimate n with the n-th noise, timed.
Estimates repeated(std::size_t count, const std::function<std::vector<double>(std::uint32_t n)>& estimate);

// "sticking the landing, K = 4"; nothing is added for 1
std::string text_of(const std::string& estimator, std::size_t K);

Finding compared(const Estimates& found, double truth);                      // of one entry
Finding compared(const Estimates& found, const std::vector<double>& truth);  // known exactly
Finding compared(const Estimates& found, const Estimates& truth);            // itself an average

}  // namespace tools
