#include "nn/layers/normalization.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

namespace {

Var scaled_to_one(Var centred, Var variance, Real epsilon) { return centred / sqrt(variance + epsilon); }

// (x − μ) / √(σ² + ε), with μ and σ² over these axes
Var standardized(Var x, const Axes& axes, Real epsilon) {
  const Var centred = x - mean(x, axes, true);
  return scaled_to_one(centred, mean(square(centred), axes, true), epsilon);
}

// One number for each channel, to go with x.  [C]  ->  [C,1,…]
Var by_channel(Var numbers, const Shape& x) {
  Shape shape(x.size() - 1, 1);
  shape[0] = numbers.rows();
  return reshape(numbers, shape);
}

}  // namespace

// ---- LayerNorm --------------------------------------------------------------------------------------------

LayerNorm::LayerNorm(std::size_t size, Real epsilon)
    : weight(full({size}, 1)), bias(zeros({size})), epsilon(epsilon) {}

Var LayerNorm::operator()(Var x) const {
  if (x.shape().empty() || x.shape().back() != weight.shape()[0])
    throw std::invalid_argument("[layer_norm] x is " + to_string(x.shape()) + " but W is " +
                                to_string(weight.shape()) + ": x must end in its size");
  return weight * standardized(x, {x.shape().size() - 1}, epsilon) + bias;
}

void LayerNorm::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

// ---- GroupNorm --------------------------------------------------------------------------------------------

GroupNorm::GroupNorm(std::size_t groups, std::size_t channels, Real epsilon)
    : weight(full({channels}, 1)), bias(zeros({channels})), groups(groups), epsilon(epsilon) {
  if (groups == 0 || channels % groups != 0)
    throw std::invalid_argument("[group_norm] " + std::to_string(groups) + " groups of " +
                                std::to_string(channels) + " channels");
}

Var GroupNorm::operator()(Var x) const {
  const std::size_t C = weight.shape()[0];
  check_channels("group_norm", x.shape(), C, weight.shape());
  std::size_t places = 1;
  for (std::size_t i = 2; i < x.shape().size(); ++i) places *= x.shape()[i];
  const Var by_group = reshape(x, {x.rows(), groups, C / groups * places});
  const Var y = reshape(standardized(by_group, {2}, epsilon), x.shape());
  return by_channel(weight, x.shape()) * y + by_channel(bias, x.shape());
}

void GroupNorm::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

// ---- BatchNorm --------------------------------------------------------------------------------------------

BatchNorm::BatchNorm(std::size_t channels, Real epsilon, Real momentum)
    : weight(full({channels}, 1)),
      bias(zeros({channels})),
      running_mean(zeros({channels})),
      running_var(full({channels}, 1)),
      epsilon(epsilon),
      momentum(momentum) {}

Var BatchNorm::operator()(Var x, Mode mode) {
  const std::size_t C = weight.shape()[0];
  check_channels("batch_norm", x.shape(), C, weight.shape());
  Axes all_but_channels = {0};
  for (std::size_t i = 2; i < x.shape().size(); ++i) all_but_channels.push_back(i);

  Var y;
  if (mode == Mode::training) {
    const Real n = Real(x.value().size()) / Real(C);
    if (n < 2)
      throw std::invalid_argument("[batch_norm] x is " + to_string(x.shape()) +
                                  ": one number has no variance");
    const Var mu = mean(x, all_but_channels, true), centred = x - mu;
    const Var variance = mean(square(centred), all_but_channels, true);
    y = scaled_to_one(centred, variance, epsilon);
    for (std::size_t c = 0; c < C; ++c) {
      running_mean(c) += momentum * (mu.value().data()[c] - running_mean(c));
      running_var(c) += momentum * (variance.value().data()[c] * n / (n - 1) - running_var(c));
    }
  } else {
    const Var centred = x - by_channel(constant(running_mean), x.shape());
    y = scaled_to_one(centred, by_channel(constant(running_var), x.shape()), epsilon);
  }
  return by_channel(weight, x.shape()) * y + by_channel(bias, x.shape());
}

void BatchNorm::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

void BatchNorm::visit_buffers(const std::string& name, const BufferVisitor& visitor) {
  visitor(name + ".running_mean", running_mean);
  visitor(name + ".running_var", running_var);
}

}  // namespace nn
