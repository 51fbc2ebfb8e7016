#include "nn/flows/coupling.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

struct Halves {
  Var stay, move;
};

struct ScaleAndShift {
  Var s, t;
};

// {units that stay, hidden …, s and t for those that move}
std::vector<std::size_t> network_sizes(std::size_t D, Half moves, const std::vector<std::size_t>& hidden) {
  if (D < 2)
    throw std::invalid_argument("[coupling_flow] of " + std::to_string(D) + " units: two are needed");
  const std::size_t move = moves == Half::first ? D / 2 : D - D / 2;
  std::vector<std::size_t> sizes = {D - move};
  sizes.insert(sizes.end(), hidden.begin(), hidden.end());
  sizes.push_back(2 * move);
  return sizes;
}

Halves split(Var z, Half moves) {
  const std::ptrdiff_t D = std::ptrdiff_t(z.shape()[1]);
  const Var first = slice(z, 1, 0, D / 2), second = slice(z, 1, D / 2, D);
  return moves == Half::first ? Halves{second, first} : Halves{first, second};
}

Var join(const Halves& halves, Half moves) {
  return moves == Half::first ? concat({halves.move, halves.stay}, 1) : concat({halves.stay, halves.move}, 1);
}

ScaleAndShift scale_and_shift(const MLP& network, Var stay) {
  const Var out = network(stay);
  const std::ptrdiff_t n = std::ptrdiff_t(out.shape()[1]) / 2;
  return {tanh(slice(out, 1, 0, n)), slice(out, 1, n, 2 * n)};
}

}  // namespace

CouplingFlow::CouplingFlow(std::size_t size, Half moves, const std::vector<std::size_t>& hidden,
                           const Activation& activation, const Stream& stream)
    : size(size), moves(moves), network(network_sizes(size, moves, hidden), activation, stream) {
  Parameter& last = network.layers.back().weight;
  last.update() = zero(last.shape(), stream);
}

// y_move = z_move ∘ e^s + t
Moved CouplingFlow::forward(Var z) const {
  check_rows("coupling_flow", z.shape(), size);
  const auto [stay, move] = split(z, moves);
  const auto [s, t] = scale_and_shift(network, stay);
  return {join({stay, move * exp(s) + t}, moves), sum_event(s)};
}

// z_move = (y_move − t) ∘ e^−s
Moved CouplingFlow::inverse(Var y) const {
  check_rows("coupling_flow", y.shape(), size);
  const auto [stay, move] = split(y, moves);
  const auto [s, t] = scale_and_shift(network, stay);
  return {join({stay, (move - t) * exp(-s)}, moves), -sum_event(s)};
}

void CouplingFlow::visit(const std::string& name, const Visitor& visitor) {
  network.visit(name + ".network", visitor);
}

}  // namespace nn
