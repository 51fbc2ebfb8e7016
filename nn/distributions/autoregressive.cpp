// The chain rule, and drawing by it.
#include "nn/distributions/autoregressive.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

Autoregressive::Autoregressive(const Shape& shape, Conditionals conditionals)
    : conditionals(std::move(conditionals)), shape_(shape) {
  if (shape.size() != 2)
    throw std::invalid_argument("[autoregressive] the shape is " + to_string(shape) + ", not [B,D]");
}

bool Autoregressive::is_discrete() const {
  Evaluation scope;
  return conditionals(constant(zeros(shape_)))->is_discrete();
}

// x_i ~ p(x_i|x_<i), i = 0 … D−1. What stands in the places of x_≥i has no influence.
Array Autoregressive::sample(const Stream& stream) const {
  Array x = zeros(shape_);
  for (std::size_t i = 0; i < shape_[1]; ++i) {
    Evaluation scope;
    const Array drawn = conditionals(constant(x))->sample(stream);
    for (std::size_t row = 0; row < shape_[0]; ++row) x(row, i) = drawn(row, i);
  }
  return x;
}

// Σ_i log p(x_i|x_<i)
Var Autoregressive::log_prob(Var x) const {
  check_event("autoregressive.log_prob", x.shape(), shape_);
  return conditionals(x)->log_prob(x);
}

}  // namespace nn
