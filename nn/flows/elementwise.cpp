// The affine and the sigmoid bijection.
#include "nn/flows/elementwise.h"

#include <limits>

#include "autograd/ops.h"

namespace nn {

// ---- affine -----------------------------------------------------------------------------------------------

AffineFlow::AffineFlow(std::size_t size) : shift(zeros({size})), log_scale(zeros({size})) {}

// y = μ + e^s ∘ z
ValueAndLogDet AffineFlow::forward(Var z) const {
  check_rows("affine_flow", z.shape(), shift.shape()[0]);
  check_size("affine_flow", "log_scale", log_scale.value(), widest_log);
  return {shift + scaled(z, log_scale), broadcast_to(sum(log_scale), {z.rows()})};
}

// z = (y − μ) ∘ e^−s
ValueAndLogDet AffineFlow::inverse(Var y) const {
  check_rows("affine_flow", y.shape(), shift.shape()[0]);
  check_size("affine_flow", "log_scale", log_scale.value(), widest_log);
  return {scaled(y - shift, -Var(log_scale)), broadcast_to(-sum(log_scale), {y.rows()})};
}

void AffineFlow::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".shift", shift);
  visitor(name + ".log_scale", log_scale);
}

// ---- sigmoid ----------------------------------------------------------------------------------------------

namespace {

// dσ/dz = σ(z) σ(−z)
Var log_slope(Var z) { return log_sigmoid(z) + log_sigmoid(-z); }

}  // namespace

// y = σ(z)
ValueAndLogDet SigmoidFlow::forward(Var z) const { return {sigmoid(z), sum_event(log_slope(z))}; }

// z = log y − log(1 − y). Places outside are moved inside first, so that what is computed there is finite.
ValueAndLogDet SigmoidFlow::inverse(Var y) const {
  const Real low = std::numeric_limits<Real>::min(), high = 1 - std::numeric_limits<Real>::epsilon() / 2;
  const Var inside = where(y < low, 0.5, where(y > high, 0.5, y));
  const Var z = log(inside) - log1p(-inside);
  return {z, sum_event(within(y, low, high, -log_slope(z)))};
}

void SigmoidFlow::visit(const std::string&, const Visitor&) {}

}  // namespace nn
