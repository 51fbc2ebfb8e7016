// Variances within and between chains, and autocorrelations.
#include "vae/inference/chains.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace vae {

namespace {

double mean_of(const Chain& x) { return std::accumulate(x.begin(), x.end(), 0.0) / double(x.size()); }

// 1/n Σ (x_i − x̄)(x_{i+t} − x̄)
double autocovariance(const Chain& x, double mean, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = 0; i + lag < x.size(); ++i) sum += (x[i] - mean) * (x[i + lag] - mean);
  return sum / double(x.size());
}

// 1/(n − 1) Σ (x_i − x̄)²
double variance_of(const Chain& x) {
  return autocovariance(x, mean_of(x), 0) * double(x.size()) / double(x.size() - 1);
}

struct Variances {
  double within;  // W
  double pooled;  // (n − 1)/n W + B/n
};

Variances variances(const std::vector<Chain>& chains) {
  Chain within, means;
  for (const Chain& x : chains) within.push_back(variance_of(x)), means.push_back(mean_of(x));
  const double W = mean_of(within), n = double(chains.front().size());
  return {W, (n - 1) / n * W + (chains.size() > 1 ? variance_of(means) : 0)};
}

std::vector<Chain> halves(const std::vector<Chain>& chains) {
  std::vector<Chain> all;
  for (const Chain& x : chains) {
    const auto half = std::ptrdiff_t(x.size() / 2);
    all.emplace_back(x.begin(), x.begin() + half), all.emplace_back(x.end() - half, x.end());
  }
  return all;
}

void check_chains(const char* caller, const std::vector<Chain>& chains) {
  for (const Chain& x : chains)
    if (x.size() != chains.front().size() || x.size() < 4)
      throw std::invalid_argument(std::string("[") + caller + "] chains of " + std::to_string(x.size()) +
                                  " and " + std::to_string(chains.front().size()) +
                                  " draws: they must have the same number, and at least 4");
  if (chains.empty()) throw std::invalid_argument(std::string("[") + caller + "] there are no chains");
}

}  // namespace

double split_r_hat(const std::vector<Chain>& chains) {
  check_chains("split_r_hat", chains);
  const Variances v = variances(halves(chains));
  return std::sqrt(v.pooled / v.within);
}

double effective_draws(const std::vector<Chain>& chains) {
  check_chains("effective_draws", chains);
  const std::vector<Chain> split = halves(chains);
  const Variances v = variances(split);
  const std::size_t n = split.front().size();
  Chain means;
  for (const Chain& x : split) means.push_back(mean_of(x));

  // ρ_t = 1 − (W − mean autocovariance at t) / pooled
  const auto rho = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t c = 0; c < split.size(); ++c)
      sum += autocovariance(split[c], means[c], lag) * double(n) / double(n - 1);
    return 1 - (v.within - sum / double(split.size())) / v.pooled;
  };

  // −1 + 2 Σ (ρ_2t + ρ_2t+1) = 1 + 2 Σ_{t ≥ 1} ρ_t
  double time = -1, before = INFINITY;
  for (std::size_t t = 0; t + 1 < n; t += 2) {
    const double pair = t == 0 ? 1 + rho(1) : rho(t) + rho(t + 1);
    if (!(pair > 0)) break;
    before = std::min(before, pair);
    time += 2 * before;
  }
  const double draws = double(split.size() * n);
  return draws / std::max(time, 1 / std::log10(draws));  // chains that swing are worth at most n log n
}

}  // namespace vae
