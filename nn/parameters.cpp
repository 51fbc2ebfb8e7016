// The names of a layer's weight and bias.
#include "nn/parameters.h"

namespace nn {

void WeightAndBias::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

}  // namespace nn
