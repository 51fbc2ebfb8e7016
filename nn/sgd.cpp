#include "nn/sgd.h"

namespace nn {

void SGD::step(Gradients& gradients) {
  ++steps;
  const Real alpha = Real(rate_);
  for (const auto& [name, parameter] : parameters_) {
    const Real* g = gradients[*parameter].data();
    Array& value = parameter->update();
    Real* theta = value.data();
    for (std::size_t i = 0; i < value.size(); ++i) theta[i] -= alpha * g[i];
  }
}

}  // namespace nn
