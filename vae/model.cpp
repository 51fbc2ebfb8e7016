#include "vae/model.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

nn::NamedParameters Model::parameters() {
  nn::NamedParameters all;
  visit([&](const std::string& name, Parameter& parameter) { all.emplace_back(name, &parameter); });
  return all;
}

std::vector<std::size_t> layer_sizes(std::size_t in, const std::vector<std::size_t>& hidden,
                                     std::size_t out) {
  std::vector<std::size_t> sizes = {in};
  sizes.insert(sizes.end(), hidden.begin(), hidden.end());
  sizes.push_back(out);
  return sizes;
}

Normal normal_from(Var h) {
  if (h.shape().size() != 2 || h.shape()[1] % 2)
    throw std::invalid_argument("[normal_from] " + to_string(h.shape()) + " is not [B,2Z]");
  const std::size_t Z = h.shape()[1] / 2;
  return {slice(h, 1, 0, Z), bounded_log_var(slice(h, 1, Z, 2 * Z))};
}

Var repeat(Var x, std::size_t samples) {
  if (samples == 1) return x;
  Shape repeated = {samples}, folded = x.shape();
  for (const std::size_t length : folded) repeated.push_back(length);
  folded[0] = samples * x.rows();
  return reshape(broadcast_to(x, repeated), folded);
}

}  // namespace vae
