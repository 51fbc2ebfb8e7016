// The normalizations, both by one formula.
#include "nn/layers/normalization.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

namespace {

// (x − μ) / √(σ² + ε), with μ and σ² over this axis
Var standardized(Var x, std::size_t axis, Real epsilon) {
  const Var rough = x - mean(x, {axis}, true), centred = rough - mean(rough, {axis}, true);  // μ was rounded
  return centred / sqrt(mean(square(centred), {axis}, true) + epsilon);
}

// One number for each channel, to be multiplied with x.  [C]  ->  [C,1,…]
Var by_channel(Var numbers, const Shape& x) {
  Shape shape(x.size() - 1, 1);
  shape[0] = numbers.rows();
  return reshape(numbers, shape);
}

}  // namespace

// ---- LayerNorm --------------------------------------------------------------------------------------------

LayerNorm::LayerNorm(std::size_t size, Real epsilon)
    : WeightAndBias(full({size}, 1), zeros({size})), epsilon(epsilon) {}

Var LayerNorm::operator()(Var x) const {
  if (x.shape().empty() || x.shape().back() != weight.shape()[0])
    throw std::invalid_argument("[layer_norm] x is " + to_string(x.shape()) + " but W is " +
                                to_string(weight.shape()) + ": x must end in its size");
  return weight * standardized(x, x.shape().size() - 1, epsilon) + bias;
}

// ---- GroupNorm --------------------------------------------------------------------------------------------

GroupNorm::GroupNorm(std::size_t groups, std::size_t channels, Real epsilon)
    : WeightAndBias(full({channels}, 1), zeros({channels})), groups(groups), epsilon(epsilon) {
  if (groups == 0 || channels % groups != 0)
    throw std::invalid_argument("[group_norm] " + std::to_string(groups) + " groups of " +
                                std::to_string(channels) + " channels");
}

Var GroupNorm::operator()(Var x) const {
  const std::size_t C = weight.shape()[0];
  check_channels("group_norm", x.shape(), C, weight.shape());

  // Standardize each group as one row.  [B,C,…]  ->  [B,G,C/G·…]
  std::size_t places = 1;
  for (std::size_t i = 2; i < x.shape().size(); ++i) places *= x.shape()[i];
  const Var by_group = reshape(x, {x.rows(), groups, C / groups * places});
  const Var y = reshape(standardized(by_group, 2, epsilon), x.shape());

  // Scale and shift each channel.
  return by_channel(weight, x.shape()) * y + by_channel(bias, x.shape());
}

}  // namespace nn
