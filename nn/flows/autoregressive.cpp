// The inverse autoregressive flow: one pass forward, D passes back.
#include "nn/flows/autoregressive.h"

#include "autograd/ops.h"

namespace nn {

namespace {

struct MeanAndGate {
  Var m, s;
};

MeanAndGate mean_and_gate(const MADE& made, Var z, Var context) {
  const Var out = context.has_value() ? made(z) + context : made(z);
  const std::ptrdiff_t D = std::ptrdiff_t(z.shape()[1]);
  return {slice(out, 1, 0, D), slice(out, 1, D, 2 * D)};
}

}  // namespace

AutoregressiveFlow::AutoregressiveFlow(std::size_t size, const std::vector<std::size_t>& hidden,
                                       const Activation& activation, const Stream& stream,
                                       std::vector<std::size_t> place)
    : size(size), made(size, hidden, 2, activation, stream, std::move(place)) {
  Array& bias = made.layers.back().bias.update();
  for (std::size_t i = size; i < 2 * size; ++i) bias(i) = 2;
}

// y = σ(s) ∘ z + (1 − σ(s)) ∘ m
ValueAndLogDet AutoregressiveFlow::forward(Var z, Var context) const {
  check_rows("autoregressive_flow", z.shape(), size);
  const auto [m, s] = mean_and_gate(made, z, context);
  return {sigmoid(s) * z + sigmoid(-s) * m, sum_event(log_sigmoid(s))};
}

// z = (y − (1 − σ(s)) ∘ m) / σ(s) = y + (y − m) ∘ e^−s, D times. After k passes the first k units of the
// order are right, whatever z was at first.
ValueAndLogDet AutoregressiveFlow::inverse(Var y, Var context) const {
  check_rows("autoregressive_flow", y.shape(), size);
  ValueAndLogDet z = {y, Var()};
  for (std::size_t k = 0; k < size; ++k) {
    const auto [m, s] = mean_and_gate(made, z.value, context);
    if (k + 1 == size) check_size("autoregressive_flow.inverse", "s", s.value(), widest_log);
    z = {y + scaled(y - m, -s), -sum_event(log_sigmoid(s))};
  }
  return z;
}

std::vector<std::size_t> order_of_step(std::size_t k, std::size_t size) {
  std::vector<std::size_t> place(size);
  for (std::size_t i = 0; i < size; ++i) place[i] = k % 2 ? size - 1 - i : i;
  return place;
}

void AutoregressiveFlow::visit(const std::string& name, const Visitor& visitor) {
  made.visit(name + ".made", visitor);
}

}  // namespace nn
