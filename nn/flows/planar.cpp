#include "nn/flows/planar.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/initialization.h"

namespace nn {

PlanarFlow::PlanarFlow(std::size_t size, const Stream& stream)
    : u(lecun_uniform({1, size}, stream.at_level(0))),
      w(lecun_uniform({1, size}, stream.at_level(1))),
      b(zeros({1})) {}

Moved PlanarFlow::forward(Var z) const {
  check_rows("planar_flow", z.shape(), w.shape()[1]);
  const Var along = sum(w * u);                                 // w·u
  const Var s = softplus(along), m = s - 1;                     // m = w·û
  const Var u_hat = u + (m - along) * w / sum(square(Var(w)));  // [1,D]
  const Var h = tanh(affine(z, w, b));                          // [B,1]
  // 1 + m (1 − h²) without the cancellation of 1 and m, where w·u is far below 0
  return {z + h * u_hat, reshape(log(square(h) + s * (1 - square(h))), {z.rows()})};
}

Moved PlanarFlow::inverse(Var) const {
  throw std::logic_error(
      "[planar_flow] has no inverse in closed form, so no density at a given place: draw with log_prob "
      "instead");
}

void PlanarFlow::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".u", u);
  visitor(name + ".w", w);
  visitor(name + ".b", b);
}

}  // namespace nn
