// With θ = −k/σ, the likelihood at the best k for each θ is a function of θ alone; θ̂ is its average over a
// grid, weighted by that likelihood.
#include "vae/evidence/pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vae {

namespace {

// The k that is most likely for this θ:  k = 1/n Σ log(1 − θ y)
double shape_at(double theta, const std::vector<double>& y) {
  double sum = 0;
  for (const double v : y) sum += std::log1p(-theta * v);
  return sum / double(y.size());
}

// Its log-likelihood:  n (log(−θ/k) − k − 1)
double log_likelihood_at(double theta, const std::vector<double>& y) {
  const double k = shape_at(theta, y);
  return double(y.size()) * (std::log(-theta / k) - k - 1);
}

}  // namespace

double pareto_shape(std::vector<double> y) {
  y.erase(std::remove_if(y.begin(), y.end(), [](double v) { return !(v > 0); }), y.end());
  if (y.size() < 5) return std::numeric_limits<double>::quiet_NaN();
  std::sort(y.begin(), y.end());
  const double n = double(y.size()), largest = y.back(), quartile = y[std::size_t(n / 4 + 0.5) - 1];

  // θ_j = 1/y_(n) + (1 − √(m / (j − ½))) / (3 y_(n/4)),   j = 1 … m,   m = 30 + ⌊√n⌋
  const std::size_t m = 30 + std::size_t(std::sqrt(n));
  std::vector<double> theta, log_likelihood;
  for (std::size_t j = 1; j <= m; ++j) {
    theta.push_back(1 / largest + (1 - std::sqrt(double(m) / (double(j) - 0.5))) / (3 * quartile));
    log_likelihood.push_back(log_likelihood_at(theta.back(), y));
  }

  const double best = *std::max_element(log_likelihood.begin(), log_likelihood.end());
  double sum = 0, weighted = 0;
  for (std::size_t j = 0; j < m; ++j) {
    const double w = std::exp(log_likelihood[j] - best);
    sum += w, weighted += w * theta[j];
  }
  return (n * shape_at(weighted / sum, y) + 10 * 0.5) / (n + 10);
}

}  // namespace vae
