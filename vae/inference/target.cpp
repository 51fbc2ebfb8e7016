// The posterior as a target, and the step that all chains share.
#include "vae/inference/target.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"

namespace vae {

Walkers start_at(const LogDensity& log_pi, Array z) {
  Evaluation scope;
  const Array at_z = log_pi(constant(z)).value();
  return {std::move(z), at_z};
}

double accept(const Walkers& proposal, const std::vector<double>& log_ratio, const Stream& stream,
              Walkers& walkers) {
  const std::size_t rows = log_ratio.size(), Z = walkers.z.size() / rows;
  const Array u = uniform(stream, {rows});
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const double probability = std::isnan(log_ratio[r]) ? 0 : std::min(1.0, std::exp(log_ratio[r]));
    sum += probability;
    if (!(double(u.data()[r]) < probability)) continue;
    std::copy_n(proposal.z.data() + r * Z, Z, walkers.z.data() + r * Z);
    walkers.log_pi.data()[r] = proposal.log_pi.data()[r];
  }
  return sum / double(rows);
}

LogDensity unnormalized_posterior(Model& model, Array x) {
  return [&model, x = std::move(x), fixed = all_parameters(model), sizes = latent_sizes(model)](Var z) {
    HoldConstant hold(fixed);
    return log_joint(model, constant(x), split_levels(sizes, z));
  };
}

Array join_levels(const Latents& z) {
  Evaluation scope;
  return concat(z, 1).value();
}

std::vector<std::size_t> latent_sizes(const Model& model) {
  Evaluation scope;
  std::vector<std::size_t> sizes;
  for (const Var& z_t : generate(model, 1, Stream())) sizes.push_back(z_t.shape()[1]);
  return sizes;
}

Latents split_levels(const std::vector<std::size_t>& sizes, Var z) {
  Latents levels;
  std::ptrdiff_t first = 0;
  for (const std::size_t Z : sizes) {
    levels.push_back(slice(z, 1, first, first + std::ptrdiff_t(Z)));
    first += std::ptrdiff_t(Z);
  }
  if (std::size_t(first) != z.shape()[1])
    throw std::invalid_argument("[split_levels] z is " + to_string(z.shape()) + ", but the levels have " +
                                std::to_string(first) + " latents");
  return levels;
}

}  // namespace vae
