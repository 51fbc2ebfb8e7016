#include "nn/flows/flow.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/kl.h"

namespace nn {

namespace {

// One more step.
Moved operator+(const Moved& way, const Moved& step) { return {step.to, way.log_det + step.log_det}; }

Moved nowhere(Var z) { return {z, constant(zeros({z.rows()}))}; }

}  // namespace

Moved Flow::forward(Var z) const {
  Moved way = nowhere(z);
  for (const Bijection& step : steps)
    way = way + std::visit([&](const auto& f) { return f.forward(way.to); }, step);
  return way;
}

Moved Flow::inverse(Var y) const {
  Moved way = nowhere(y);
  for (std::size_t k = steps.size(); k-- > 0;)
    way = way + std::visit([&](const auto& f) { return f.inverse(way.to); }, steps[k]);
  return way;
}

void Flow::visit(const std::string& name, const Visitor& visitor) {
  for (std::size_t k = 0; k < steps.size(); ++k)
    std::visit([&](auto& f) { f.visit(name + "." + std::to_string(k), visitor); }, steps[k]);
}

Transformed::Transformed(Density given, const Flow& flow) : base(std::move(given)), flow(flow) {
  if (is_discrete(base))
    throw std::invalid_argument("[transformed] the base is discrete, and has no volume to stretch");
}

// log p(y) = log p₀(z) − log |det ∂y/∂z|
Draw Transformed::rsample_with_log_prob(const Stream& stream) const {
  const Var z = nn::rsample(base, stream);
  const auto [y, log_det] = flow.forward(z);
  return {y, nn::log_prob(base, z) - log_det};
}

Array Transformed::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

// log p(y) = log p₀(z) + log |det ∂z/∂y|
Var Transformed::log_prob(Var y) const {
  const auto [z, log_det] = flow.inverse(y);
  return nn::log_prob(base, z) + log_det;
}

Var kl(const Transformed& q, const Transformed& p) {
  if (&q.flow != &p.flow)
    throw std::invalid_argument(
        "[kl(transformed, transformed)] through different flows has no closed form; only through the same");
  check_event("kl(transformed, transformed)", shape(q.base), shape(p.base));
  return kl_by_family(q.base, p.base);
}

}  // namespace nn
