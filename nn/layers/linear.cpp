// The fully connected layer.
#include "nn/layers/linear.h"

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

Linear::Linear(Array w) : WeightAndBias(std::move(w)) {
  check_weight("linear", weight.shape(), 2, "[out,in]");
  bias.update() = zeros({weight.shape()[0]});
}

Linear::Linear(std::size_t in, std::size_t out, const Stream& stream, Initialization initial_weight)
    : Linear(initial_weight({out, in}, stream)) {}

// y = xWᵀ + b
Var Linear::operator()(Var x) const {
  check_inner("linear", x.shape(), weight.shape());
  return affine(x, weight, bias);
}

}  // namespace nn
