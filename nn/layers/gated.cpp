#include "nn/layers/gated.h"

#include "autograd/ops.h"
#include "nn/layers/check.h"
#include "nn/layers/initialization.h"

namespace nn {

GatedDense::GatedDense(std::size_t in, std::size_t out, const Stream& stream)
    : h(glorot_uniform({out, in}, stream.at_level(0))), g(glorot_uniform({out, in}, stream.at_level(1))) {}

// y = h(x) ∘ σ(g(x))
Var GatedDense::operator()(Var x) const {
  check_inner("gated_dense", x.shape(), h.weight.shape());
  return h(x) * sigmoid(g(x));
}

void GatedDense::visit(const std::string& name, const Visitor& visitor) {
  h.visit(name + ".h", visitor);
  g.visit(name + ".g", visitor);
}

}  // namespace nn
