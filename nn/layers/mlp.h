// The multilayer perceptron: linear layers with an activation between them.
#pragma once

#include "nn/layers/initialization.h"
#include "nn/layers/linear.h"

namespace nn {

// A nonlinearity by name, with the initial weights that suit the layer before it.
struct Activation {
  const char* name;
  Var (*apply)(Var);
  Initialization initial_weight;
};

const std::vector<Activation>& activations();                 // tanh, relu, sigmoid, softplus, silu
const Activation& activation_named(const std::string& name);  // std::invalid_argument lists the names

// For sizes {D, H₁, …, O}.  x: [B,D]  ->  [B,O]
// Two sizes make one linear layer; the last layer has no activation. std::invalid_argument for fewer than two
// sizes. Names are those of torch.nn.Sequential, which counts the activations: NAME.0.weight, NAME.0.bias,
// NAME.2.weight, …
struct MLP {
  // Layer i draws its weight at level i of the stream.
  MLP(const std::vector<std::size_t>& sizes, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::vector<Linear> layers;
  Var (*activation)(Var);
};

}  // namespace nn
