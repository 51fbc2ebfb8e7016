// The coupling layer: split, scale and shift one half, join.
#include "nn/flows/coupling.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

// {units that are kept, hidden …, s and t for those that are moved}
std::vector<std::size_t> network_sizes(std::size_t D, Half moved, const std::vector<std::size_t>& hidden) {
  if (D < 2)
    throw std::invalid_argument("[coupling_flow] of " + std::to_string(D) + " units: two are needed");
  const std::size_t count = moved == Half::first ? D / 2 : D - D / 2;
  std::vector<std::size_t> sizes = {D - count};
  sizes.insert(sizes.end(), hidden.begin(), hidden.end());
  sizes.push_back(2 * count);
  return sizes;
}

struct Halves {
  Var kept, moved;
};

Halves split(Var z, Half moved) {
  const std::ptrdiff_t D = std::ptrdiff_t(z.shape()[1]);
  const Var first = slice(z, 1, 0, D / 2), second = slice(z, 1, D / 2, D);
  return moved == Half::first ? Halves{second, first} : Halves{first, second};
}

Var join(Var kept, Var moved, Half half) {
  return half == Half::first ? concat({moved, kept}, 1) : concat({kept, moved}, 1);
}

struct ScaleAndShift {
  Var s, t;
};

ScaleAndShift scale_and_shift(const MLP& network, Var kept) {
  const Var out = network(kept);
  const std::ptrdiff_t n = std::ptrdiff_t(out.shape()[1]) / 2;
  return {tanh(slice(out, 1, 0, n)), slice(out, 1, n, 2 * n)};
}

}  // namespace

CouplingFlow::CouplingFlow(std::size_t size, Half moved, const std::vector<std::size_t>& hidden,
                           const Activation& activation, const Stream& stream)
    : size(size), moved(moved), network(network_sizes(size, moved, hidden), activation, stream) {
  Parameter& last = network.layers.back().weight;
  last.update() = zero(last.shape(), stream);
}

// y_moved = z_moved ∘ e^s + t
ValueAndLogDet CouplingFlow::forward(Var z) const {
  check_rows("coupling_flow", z.shape(), size);
  const auto [z_kept, z_moved] = split(z, moved);
  const auto [s, t] = scale_and_shift(network, z_kept);
  return {join(z_kept, z_moved * exp(s) + t, moved), sum_event(s)};
}

// z_moved = (y_moved − t) ∘ e^−s
ValueAndLogDet CouplingFlow::inverse(Var y) const {
  check_rows("coupling_flow", y.shape(), size);
  const auto [y_kept, y_moved] = split(y, moved);
  const auto [s, t] = scale_and_shift(network, y_kept);
  return {join(y_kept, (y_moved - t) * exp(-s), moved), -sum_event(s)};
}

void CouplingFlow::visit(const std::string& name, const Visitor& visitor) {
  network.visit(name + ".network", visitor);
}

}  // namespace nn
