// What K importance weights of one datum say together, given one by one by their logarithms: the logarithm of
// their mean, and how far it can be trusted. Few are kept, however many there are.
//
// The usual standard error of log 1/K Σ w, by the delta method, is √(Σ w² / (Σ w)² − 1/K). Under a heavy tail
// it is too small, and most so where it is small: a large weight that was not drawn is missing from the mean
// and from the error. So it is given only where such a tail is excluded, and then a little wider (below).
//
// Read next: pareto.h; evidence.h, which sums the weights of a batch.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace vae {

// Above it, a sum of weights does not settle at any number of draws in use (Vehtari et al., section 3.2).
constexpr double largest_reliable_k = 0.7;

class Weights {
 public:
  explicit Weights(std::size_t count);  // K, of which at most 3 √K are kept

  void add(double log_w);  // K times

  double log_mean() const;  // log 1/K Σ w
  // Its standard error: by the delta method, times 1 + 2 k̂² for k̂ > 0. NaN unless k < 0.7 with 95 %
  // confidence, that is k̂ + 1.645 (1 + k̂) / √M < 0.7 (the deviation of k̂ from M values is (1 + k) / √M).
  // It is then right for a q that is about as wide as the posterior, or wider. Of one that is much narrower
  // it is sometimes given by mistake, because the large weights were not drawn, and is then mostly too small:
  // at K = 500, two latents and half the posterior's variance, in one evaluation of five, and ±1.96 of it
  // misses in a third of those (weights_test.cpp). What no draw has met, no draw tells.
  double standard_error() const;
  // (Σ w)² / Σ w²: so many equal weights would have this error (Kong 1992).
  double effective_samples() const;
  // k̂ of the min(K/5, 3√K) largest weights (Vehtari et al., arXiv 1507.02646, section 2.2; pareto.h). −∞ if
  // they are all equal, NaN if they are too few.
  double pareto_k() const;
  // log 1/(K/2) Σ w of the draws 0, 2, 4, … less that of the draws 1, 3, 5, …
  double difference_of_halves() const;

 private:
  // Σ w and Σ w², with w in units of the largest weight so far.
  struct Sums {
    double largest = -std::numeric_limits<double>::infinity();
    double sum = 0, squares = 0;
    double count = 0;

    void add(double log_w);
    void use_unit(double log_w);
    double log_mean() const;
  };
  Sums all() const;
  std::size_t tail() const { return keep_ - 1; }  // M

  std::array<Sums, 2> halves_;
  std::size_t added_ = 0, keep_;
  std::vector<double> largest_;  // a heap: the smallest of those kept is in front
};

}  // namespace vae
