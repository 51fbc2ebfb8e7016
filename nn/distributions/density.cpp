// Each function calls the member of that name.
#include "nn/distributions/density.h"

#include <stdexcept>
#include <type_traits>

#include "autograd/ops.h"

namespace nn {

bool is_discrete(const Density& p) {
  return std::holds_alternative<Bernoulli>(p) || std::holds_alternative<Categorical>(p) ||
         std::holds_alternative<DiscretizedLogistic>(p);
}

const Shape& shape(const Density& p) {
  return std::visit([](const auto& p) -> const Shape& { return p.shape(); }, p);
}

Var log_prob(const Density& p, Var x) {
  return std::visit([&](const auto& p) { return p.log_prob(x); }, p);
}

Array sample(const Density& p, const Stream& stream) {
  return std::visit([&](const auto& p) { return p.sample(stream); }, p);
}

Var rsample(const Density& p, const Stream& stream) {
  const auto draw = [&](const auto& p) -> Var {
    if constexpr (std::is_base_of_v<Reparameterized, std::decay_t<decltype(p)>>)
      return p.rsample(stream);
    else
      throw std::logic_error("[rsample] no gradient leads through a sample of a discrete distribution");
  };
  return std::visit(draw, p);
}

Var cdf(const Density& p, Var x) {
  const auto below = [&](const auto& p) -> Var {
    using Family = std::decay_t<decltype(p)>;
    if constexpr (std::is_same_v<Family, Categorical>)
      throw std::logic_error("[cdf] the classes of a categorical distribution have no order");
    else if constexpr (std::is_same_v<Family, MultivariateNormal>)
      throw std::logic_error("[cdf] of a multivariate normal has no closed form");
    else
      return p.cdf(x);
  };
  return std::visit(below, p);
}

Var mean(const Density& p) {
  return std::visit([](const auto& p) { return p.mean(); }, p);
}

Var variance(const Density& p) {
  return std::visit([](const auto& p) { return p.variance(); }, p);
}

Var entropy(const Density& p) {
  return std::visit([](const auto& p) { return p.entropy(); }, p);
}

}  // namespace nn
