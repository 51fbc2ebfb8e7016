// Sums over all pairs of data, latent by latent.
#include "vae/diagnosis/mutual_information_gap.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace vae {

namespace {

void check_codes(const Array& mean, const Array& deviation, const FactorValues& factors) {
  if (mean.dimension() != 2 || mean.shape(0) < 2 || mean.shape(1) < 2 || deviation.shape() != mean.shape() ||
      factors.empty())
    throw std::invalid_argument("[mutual_information_gap] means and deviations are " +
                                to_string(mean.shape()) + " and " + to_string(deviation.shape()) +
                                ", not both [N,Z] of at least two data and latents, or there is no factor");
  for (const std::vector<std::size_t>& v : factors)
    if (v.size() != mean.shape(0) || std::count(v.begin(), v.end(), v[0]) == std::ptrdiff_t(v.size()))
      throw std::invalid_argument(
          "[mutual_information_gap] each factor must have a value for each datum, and at least two values");
  for (const Real s : deviation)
    if (!(s > 0)) throw std::domain_error("[mutual_information_gap] a deviation of " + std::to_string(s));
}

// How many data have the value that datum n has, of each datum.  ->  [N]
std::vector<double> sizes_of_groups(const std::vector<std::size_t>& v) {
  std::vector<double> count(*std::max_element(v.begin(), v.end()) + 1, 0), of_datum;
  for (const std::size_t value : v) ++count[value];
  for (const std::size_t value : v) of_datum.push_back(count[value]);
  return of_datum;
}

}  // namespace

// I(z_j; v_k) = 1/N Σ_n [ log q(z_jn|v_kn) − log q(z_jn) ]
MutualInformationGap mutual_information_gap(const Array& mean, const Array& deviation,
                                            const FactorValues& factors, const Stream& stream) {
  check_codes(mean, deviation, factors);
  const std::size_t N = mean.shape(0), Z = mean.shape(1), K = factors.size();
  const Array noise = normal(stream, mean.shape());
  MutualInformationGap found;
  std::vector<std::vector<double>> group(K);
  for (std::size_t k = 0; k < K; ++k) {
    group[k] = sizes_of_groups(factors[k]);
    found.information.emplace_back(Z, 0.0);
    found.entropy.push_back(0);
    for (const double size : group[k]) found.entropy[k] -= std::log(size / double(N)) / double(N);
  }

  for (std::size_t j = 0; j < Z; ++j)
    for (std::size_t n = 0; n < N; ++n) {
      // Σ_m q(z_jn|x_m), over all data and over those that share each factor of datum n.
      const double z = double(mean(n, j)) + double(deviation(n, j)) * double(noise(n, j));
      double all = 0;
      std::vector<double> sharing(K, 0.0);
      for (std::size_t m = 0; m < N; ++m) {
        const double s = double(deviation(m, j)), t = (z - double(mean(m, j))) / s;
        if (t * t > 100) continue;  // e⁻⁵⁰
        const double q = std::exp(-0.5 * t * t) / s;
        all += q;
        for (std::size_t k = 0; k < K; ++k)
          if (factors[k][m] == factors[k][n]) sharing[k] += q;
      }
      for (std::size_t k = 0; k < K; ++k)
        found.information[k][j] += std::log(sharing[k] / group[k][n] * double(N) / all) / double(N);
    }

  for (std::size_t k = 0; k < K; ++k) {
    std::vector<double> sorted = found.information[k];
    std::partial_sort(sorted.begin(), sorted.begin() + 2, sorted.end(), std::greater<double>());
    found.gap.push_back((sorted[0] - sorted[1]) / found.entropy[k]);
    found.mean += found.gap[k] / double(K);
  }
  return found;
}

std::vector<std::size_t> by_quantiles(const std::vector<double>& numbers, std::size_t parts) {
  if (parts == 0) throw std::invalid_argument("[by_quantiles] no parts");
  std::vector<std::size_t> order(numbers.size()), part(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  for (std::size_t rank = 0; rank < order.size(); ++rank) part[order[rank]] = rank * parts / order.size();
  return part;
}

}  // namespace vae
