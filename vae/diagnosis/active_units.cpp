// Active units, by the covariance over data of two estimates of the same means.
#include "vae/diagnosis/active_units.h"

#include <algorithm>
#include <stdexcept>

#include "autograd/ops.h"
#include "vae/descent.h"

namespace vae {

std::vector<std::vector<double>> variance_of_posterior_means(const Model& model, const Array& x,
                                                             std::size_t samples, const Stream& stream) {
  if (x.dimension() != 2 || x.shape(0) < 2)
    throw std::invalid_argument("[active_units] x is " + to_string(x.shape()) +
                                ", not [N,D] of at least two data");
  if (samples % 2 && model.levels() > 1)
    throw std::invalid_argument("[active_units] with several levels, S must be even, not " +
                                std::to_string(samples));
  Evaluation scope;
  const std::size_t N = x.shape(0);
  std::vector<std::vector<double>> variances;
  for (const Level& level : infer(model, constant(x), samples, stream)) {
    const std::size_t Z = level.z.shape()[1];
    const Var means = reshape((*level.q)->mean(), {samples, N, Z});
    // E_q[z_t|x] from the first half of the samples and from the second, less their means over the data.
    const std::ptrdiff_t S = std::ptrdiff_t(samples), half = std::max<std::ptrdiff_t>(1, S / 2);
    const auto centred = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
      const Var m = mean(slice(means, 0, first, last), {0});  // [N,Z]
      return m - mean(m, {0});
    };
    const Var A = sum(centred(0, half) * centred(S - half, S), {0}) / Real(N - 1);  // [Z]
    variances.emplace_back(A.value().data(), A.value().data() + Z);
  }
  return variances;
}

std::vector<std::size_t> active_units(const Model& model, const Array& x, std::size_t samples,
                                      const Stream& stream, double threshold) {
  std::vector<std::size_t> counts;
  for (const std::vector<double>& A : variance_of_posterior_means(model, x, samples, stream))
    counts.push_back(std::size_t(std::count_if(A.begin(), A.end(), [&](double a) { return a > threshold; })));
  return counts;
}

}  // namespace vae
