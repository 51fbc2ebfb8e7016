// The activations, and the multilayer perceptron.
#include "nn/layers/mlp.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/named.h"

namespace nn {

const std::vector<Activation>& activations() {
  // Glorot's weights before a tanh would keep the units of a wide layer over few latents almost linear.
  // clang-format off
  static const std::vector<Activation> all = {
      {"tanh",     tanh,     lecun_uniform},
      {"relu",     relu,     he_normal},
      {"sigmoid",  sigmoid,  glorot_uniform},
      {"softplus", softplus, he_normal},
      {"silu",     silu,     he_normal},
  };
  // clang-format on
  return all;
}

const Activation& activation_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Activation& a : activations()) names.push_back(a.name);
  return activations()[index_named("activation", name, names)];
}

MLP::MLP(const std::vector<std::size_t>& sizes, const Activation& between, const Stream& stream)
    : activation(between.apply) {
  if (sizes.size() < 2)
    throw std::invalid_argument("[mlp] at least the sizes of the input and the output are needed");
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const bool last = i + 2 == sizes.size();
    const Initialization initial_weight = last ? glorot_uniform : between.initial_weight;
    layers.emplace_back(sizes[i], sizes[i + 1], stream.at_level(std::uint32_t(i)), initial_weight);
  }
}

// h ← W a(h) + b, layer by layer
Var MLP::operator()(Var x) const {
  Var h = layers.front()(x);
  for (std::size_t i = 1; i < layers.size(); ++i) h = layers[i](activation(h));
  return h;
}

void MLP::visit(const std::string& name, const Visitor& visitor) {
  for (std::size_t i = 0; i < layers.size(); ++i)
    layers[i].visit(name + "." + std::to_string(2 * i), visitor);
}

}  // namespace nn
