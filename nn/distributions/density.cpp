#include "nn/distributions/density.h"

#include <iterator>
#include <stdexcept>
#include <type_traits>

#include "autograd/ops.h"

namespace nn {

namespace {

// As a type, for what does not compile for these families.
const auto discrete = [](const auto& p) {
  using Family = std::decay_t<decltype(p)>;
  return std::disjunction<std::is_same<Family, Bernoulli>, std::is_same<Family, Categorical>,
                          std::is_same<Family, DiscretizedLogistic>>();
};

}  // namespace

bool is_discrete(const Density& p) {
  return std::visit([](const auto& p) { return discrete(p)(); }, p);
}

Var log_prob(const Density& p, Var x) {
  return std::visit([&](const auto& p) { return p.log_prob(x); }, p);
}

Array sample(const Density& p, const Stream& stream) {
  return std::visit([&](const auto& p) { return p.sample(stream); }, p);
}

Var rsample(const Density& p, const Stream& stream) {
  const auto draw = [&](const auto& p) -> Var {
    if constexpr (decltype(discrete(p))::value)
      throw std::logic_error("[rsample] no path leads through a discrete variable");
    else
      return p.rsample(stream);
  };
  return std::visit(draw, p);
}

Var cdf(const Density& p, Var x) {
  const auto below = [&](const auto& p) -> Var {
    using Family = std::decay_t<decltype(p)>;
    if constexpr (std::is_same_v<Family, Categorical>)
      throw std::logic_error("[cdf] the classes of a categorical variable have no order");
    else if constexpr (std::is_same_v<Family, MultivariateNormal>)
      throw std::logic_error("[cdf] of a multivariate normal has no closed form");
    else
      return p.cdf(x);
  };
  return std::visit(below, p);
}

const Shape& shape(const Density& p) {
  return std::visit([](const auto& p) -> const Shape& { return p.shape(); }, p);
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

const char* family(const Density& p) {
  static constexpr const char* names[] = {
      "bernoulli", "beta",    "categorical", "continuous_bernoulli", "discretized_logistic",
      "gamma",     "laplace", "logistic",    "multivariate_normal",  "normal",
      "uniform"};
  static_assert(std::size(names) == std::variant_size_v<Density>,
                "a name for each, in the order of the variant");
  return names[p.index()];
}

}  // namespace nn
