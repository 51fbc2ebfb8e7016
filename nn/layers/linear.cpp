#include "nn/layers/linear.h"

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

Linear::Linear(Array w) : weight(std::move(w)) {
  check_weight("linear", weight.shape(), 2, "[out,in]");
  bias.update() = zeros({weight.shape()[0]});
}

Var Linear::operator()(Var x) const {
  check_inner("linear", x.shape(), weight.shape());
  return affine(x, weight, bias);
}

void Linear::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

}  // namespace nn
