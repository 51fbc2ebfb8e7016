// A flow as the composition of its steps, and the distribution that it makes of another.
#include "nn/flows/flow.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

ValueAndLogDet identity(Var z) { return {z, constant(zeros({z.rows()}))}; }

// `before`, followed by the step that gave `step`
ValueAndLogDet then(const ValueAndLogDet& before, const ValueAndLogDet& step) {
  return {step.value, before.log_det + step.log_det};
}

}  // namespace

ValueAndLogDet Flow::forward(Var z) const {
  ValueAndLogDet y = identity(z);
  for (const Bijection& step : steps)
    y = then(y, std::visit([&](const auto& f) { return f.forward(y.value); }, step));
  return y;
}

ValueAndLogDet Flow::inverse(Var y) const {
  ValueAndLogDet z = identity(y);
  for (std::size_t k = steps.size(); k-- > 0;)
    z = then(z, std::visit([&](const auto& f) { return f.inverse(z.value); }, steps[k]));
  return z;
}

void Flow::visit(const std::string& name, const Visitor& visitor) {
  for (std::size_t k = 0; k < steps.size(); ++k)
    std::visit([&](auto& f) { f.visit(name + "." + std::to_string(k), visitor); }, steps[k]);
}

Transformed::Transformed(Density given, const Flow& flow) : base(std::move(given)), flow(flow) {
  if (base->is_discrete())
    throw std::invalid_argument("[transformed] the base is discrete: it has no density");
}

// log p(y) = log p₀(z) − log |det ∂y/∂z|
Draw Transformed::draw(const Stream& stream) const {
  const Var z = base->rsample(stream);
  const auto [y, log_det] = flow.forward(z);
  return {y, base->log_prob(z) - log_det};
}

// log p(y) = log p₀(z) + log |det ∂z/∂y|
Var Transformed::log_prob(Var y) const {
  const auto [z, log_det] = flow.inverse(y);
  return base->log_prob(z) + log_det;
}

}  // namespace nn
