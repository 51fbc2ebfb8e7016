#include "nn/sgd.h"

namespace nn {

void SGD::step(const Gradients& gradients) {
  for (const auto& [name, parameter] : parameters_) check_shapes(name, *parameter, gradients[*parameter], parameter->value());

  ++steps;
  const Real alpha = Real(rate_);
  for (const auto& [name, parameter] : parameters_) {
    const Array& gradient = gradients[*parameter];
    const Real* g = gradient.data();
    Real* theta = parameter->update().data();
    for (std::size_t i = 0; i < gradient.size(); ++i) theta[i] -= alpha * g[i];
  }
}

}  // namespace nn
