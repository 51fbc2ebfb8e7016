// What all optimizers share: a step that moves parameters against their gradients, and a state that a checkpoint can hold.
#pragma once

#include <cstdint>

#include "nn/parameters.h"

namespace nn {

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // Descends the loss that g is the gradient of. std::invalid_argument if a parameter has changed its shape.
  virtual void step(const Gradients& g) = 0;

  // The arrays to save, under names such as "adam.m.encoder.0.weight", and the number of steps taken.
  using StateVisitor = std::function<void(const std::string& name, Array& state)>;
  virtual void visit_state(const StateVisitor& visitor) = 0;
  std::uint64_t steps = 0;
};

// std::invalid_argument, naming the parameter and the shapes, unless all have the parameter's.
void check_shapes(const std::string& name, const Parameter& parameter, const Array& gradient, const Array& state);

}  // namespace nn
