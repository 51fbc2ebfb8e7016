// The parameters of a layer or a model, each under its name. One function, `visit`, gives them to the
// optimizer, the checkpoint and the reports alike. Names and orientation are PyTorch's
// ("encoder.0.weight" is [out,in]), so that weights can be exchanged with it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/backward.h"

namespace nn {

using namespace autograd;

using Visitor = std::function<void(const std::string& name, Parameter& parameter)>;

using NamedParameters = std::vector<std::pair<std::string, Parameter*>>;

// What most layers learn. A layer that is derived from it has both parameters, and the `visit` that names
// them.
struct WeightAndBias {
  explicit WeightAndBias(Array weight, Array bias = {}) : weight(std::move(weight)), bias(std::move(bias)) {}

  void visit(const std::string& name, const Visitor& visitor);  // NAME.weight, NAME.bias

  Parameter weight, bias;
};

}  // namespace nn
