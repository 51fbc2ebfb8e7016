// The step of the gated recurrent unit: the products of all three gates at once, then the gates.
#include "nn/layers/gru.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

GRUCell::GRUCell(Array ih, Array hh) : weight_ih(std::move(ih)), weight_hh(std::move(hh)) {
  check_weight("gru_cell", weight_ih.shape(), 2, "[3H,D]");
  check_weight("gru_cell", weight_hh.shape(), 2, "[3H,H]");
  const std::size_t H = weight_hh.shape()[0] / 3;
  const bool counted = weight_hh.value().size() == 0;  // without elements (initialization.h)
  if (weight_ih.shape()[0] != 3 * H || weight_hh.shape()[0] != 3 * H ||
      (weight_hh.shape()[1] != H && !counted))
    throw std::invalid_argument("[gru_cell] weight_ih is " + to_string(weight_ih.shape()) +
                                " and weight_hh is " + to_string(weight_hh.shape()) +
                                ", not [3H,D] and [3H,H]");
  bias_ih.update() = zeros({3 * H});
  bias_hh.update() = zeros({3 * H});
}

// h' = (1 − z) ∘ n + z ∘ h
Var GRUCell::operator()(Var x, Var h) const {
  check_inner("gru_cell", x.shape(), weight_ih.shape());
  const std::size_t H = weight_hh.shape()[1];
  if (h.shape() != Shape{x.rows(), H})
    throw std::invalid_argument("[gru_cell] h is " + to_string(h.shape()) + " but x is " +
                                to_string(x.shape()) + " and weight_hh is " + to_string(weight_hh.shape()));

  // Compute all products at once, [B,3H] from x and from h, of which each gate reads its H columns.
  const Var from_x = affine(x, weight_ih, bias_ih), from_h = affine(h, weight_hh, bias_hh);
  const auto part = [H = std::ptrdiff_t(H)](Var all, std::ptrdiff_t which) {
    return slice(all, 1, which * H, (which + 1) * H);
  };

  // Apply the gates, in the order of the formula.
  const Var r = sigmoid(part(from_x, 0) + part(from_h, 0));
  const Var a = part(from_x, 1) + part(from_h, 1);  // z = σ(a), 1 − z = σ(−a)
  const Var n = tanh(part(from_x, 2) + r * part(from_h, 2));
  return sigmoid(-a) * n + sigmoid(a) * h;
}

void GRUCell::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight_ih", weight_ih);
  visitor(name + ".weight_hh", weight_hh);
  visitor(name + ".bias_ih", bias_ih);
  visitor(name + ".bias_hh", bias_hh);
}

}  // namespace nn
