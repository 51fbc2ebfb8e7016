// The multilayer perceptron: linear layers with an activation between them.
#pragma once

#include "nn/layers/initialization.h"
#include "nn/layers/linear.h"

namespace nn {

// A nonlinearity by name, with the initialisation that suits the layer before it.
struct Activation {
  const char* name;
  Var (*apply)(Var);
  Initialization initial_weight;
};

const std::vector<Activation>& activations();                 // tanh, relu, sigmoid, softplus
const Activation& activation_named(const std::string& name);  // std::invalid_argument lists the names

// sizes = {D, H₁, …, O}.  x: [B,D]  ->  [B,O].   One layer for two sizes, so {D, O} is linear. The last layer
// has no activation. std::invalid_argument for fewer than two sizes. Named as in torch.nn.Sequential with the
// activations counted: 0.weight, 0.bias, 2.weight, …
struct MLP {
  MLP(const std::vector<std::size_t>& sizes, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::vector<Linear> layers;
  Var (*activation)(Var);
};

}  // namespace nn
