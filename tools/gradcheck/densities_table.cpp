// The tables of densities and of KLs.
#include "tools/gradcheck/densities_table.h"

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/discretized_logistic_mixture.h"
#include "nn/distributions/event.h"
#include "nn/distributions/kl.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "nn/distributions/normal_mixture.h"
#include "nn/flows/flow.h"

namespace nn {

namespace {

// How each is made from its constructor's arguments.

// x_i ~ N(μ_i + tanh Σ_{j<i} x_j, σ²_i)
const auto autoregressive = [](const Vars& v) {
  return Autoregressive(v[0].shape(), [v](Var x) {
    const std::ptrdiff_t D = std::ptrdiff_t(x.shape()[1]);
    return Normal(v[0] + tanh(cumsum(pad(slice(x, 1, 0, D - 1), 1, 1, 0), 1)), v[1]);
  });
};
const auto bernoulli = [](const Vars& v) { return Bernoulli(v[0]); };
const auto categorical = [](const Vars& v) { return Categorical(v[0]); };
const auto continuous_bernoulli = [](const Vars& v) { return ContinuousBernoulli(v[0]); };
const auto discretized_logistic = [](const Vars& v) { return DiscretizedLogistic(v[0], v[1]); };
const auto discretized_logistic_mixture = [](const Vars& v) {
  return DiscretizedLogisticMixture(v[0], v[1], v[2]);
};
const auto laplace = [](const Vars& v) { return Laplace(v[0], v[1]); };
const auto logistic = [](const Vars& v) { return Logistic(v[0], v[1]); };
const auto mixture = [](const Vars& v) { return Mixture(v[0], {Normal(v[1], v[2]), Laplace(v[3], v[4])}); };
const auto multivariate_normal = [](const Vars& v) { return MultivariateNormal(v[0], v[1]); };
const auto normal = [](const Vars& v) { return Normal(v[0], v[1]); };
const auto normal_mixture = [](const Vars& v) { return NormalMixture(v[0], v[1], v[2]); };
const auto relaxed_one_hot = [](const Vars& v) { return RelaxedOneHot(v[0], 0.7); };
const auto transformed = [](const Vars& v) {  // the logit-normal
  static const Flow flow({SigmoidFlow()});
  return Transformed(Normal(v[0], v[1]), flow);
};

// A factor with a positive diagonal, from any numbers.
Vars full_normal(const Vars& v) {
  const Var on_diagonal = diagonal(v[1]);
  return {v[0], v[1] + diag(exp(on_diagonal) - on_diagonal)};
}

}  // namespace

std::vector<DensityEntry> all_densities() {
  std::vector<DensityEntry> list;

  // Adds a density with so many parameters of x's shape, that may be any numbers, for values that may be any
  // numbers; where it is otherwise, the entry is changed below. The members are those that its struct has.
  const auto add = [&](const char* name, auto make, std::size_t parameters) -> DensityEntry& {
    DensityEntry e;
    e.name = name;
    e.shapes = [=](const Shape& x) { return std::vector<Shape>(parameters, x); };
    e.arguments = [](const Vars& numbers) { return numbers; };
    e.value = [](const Vars&, Var x) { return x; };
    e.at = {{4}, {4, 3}, {2, 3, 2}, {0, 3}};
    e.log_prob = [=](const Vars& v, Var x) { return make(v).log_prob(x); };
    e.sample = [=](const Vars& v, const Stream& stream) { return make(v).sample(stream); };

    // A family has what it overrides.
    using D = decltype(make(Vars()));
    const auto overrides = [](auto own, auto of_base) {
      return !std::is_same_v<decltype(own), decltype(of_base)>;
    };
    if (std::is_base_of_v<Reparameterized, D>)
      e.rsample = [=](const Vars& v, const Stream& stream) { return make(v).rsample(stream); };
    if (overrides(&D::entropy, &Distribution::entropy))
      e.entropy = [=](const Vars& v) { return make(v).entropy(); };
    if (overrides(&D::mean, &Distribution::mean)) e.mean = [=](const Vars& v) { return make(v).mean(); };
    if (overrides(&D::variance, &Distribution::variance))
      e.variance = [=](const Vars& v) { return make(v).variance(); };
    if (overrides(&D::cdf, &Distribution::cdf)) e.cdf = [=](const Vars& v, Var x) { return make(v).cdf(x); };
    list.push_back(std::move(e));
    return list.back();
  };

  const double inf = std::numeric_limits<double>::infinity();
  const auto around_the_first = [=](const std::vector<double>& v) {
    return std::vector<double>{-inf, v[0], inf};
  };
  const auto from_0_to_1 = [](const std::vector<double>&) { return std::vector<double>{0, 1}; };
  const auto inside_01 = [](const Vars&, Var x) { return sigmoid(x); };
  const auto simplex = [](const Vars&, Var x) { return softmax(x, last_axis(x)); };
  // Levels, from the first to the last, whatever the numbers: finite differences in x would leave the levels.
  const auto pixel = [](const Vars&, Var x) {
    Array all = x.value(), level = pixel_values();
    for (std::size_t i = 0; i < all.size(); ++i) all.data()[i] = level(i * 51 % pixel_levels);
    return constant(all);
  };
  std::vector<std::vector<Real>> levels;
  for (const Real level : pixel_values()) levels.push_back({level});
  const std::vector<Shape> with_classes = {{4, 3}, {2, 3, 2}, {0, 3}};

  {
    DensityEntry& e = add("Autoregressive", autoregressive, 2);
    e.at = {{4, 3}, {1, 1}, {0, 2}};
    e.event = {2};
    // x₀ = μ₀ + σ₀u / 4,  x₁ = μ₁ + tanh x₀ + σ₁v / 4
    e.plane = [](const Vars& v, Var plane) {
      const Var step = 0.25 * exp(0.5 * v[1]) * plane;
      const auto column = [](Var x, std::ptrdiff_t i) { return slice(x, 1, i, i + 1); };
      const Var x0 = column(v[0], 0) + column(step, 0);
      return std::pair<Var, Var>(concat({x0, column(v[0], 1) + tanh(x0) + column(step, 1)}, 1),
                                 broadcast_to(sum(0.5 * v[1] - std::log(4.0)), {plane.rows()}));
    };
  }
  {
    DensityEntry& e = add("Bernoulli", bernoulli, 1);
    e.value = inside_01;
    e.outcomes = {{0}, {1}};
  }
  {
    DensityEntry& e = add("Categorical", categorical, 1);
    e.value = simplex;
    e.at = with_classes;
    e.event = {3};
    e.outcomes = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  }
  {
    DensityEntry& e = add("ContinuousBernoulli", continuous_bernoulli, 1);
    e.value = inside_01;
    e.breaks = from_0_to_1;
  }
  {
    DensityEntry& e = add("DiscretizedLogistic", discretized_logistic, 2);
    e.value = pixel;
    e.cdf_by_x = false;
    e.outcomes = levels;
  }
  {
    DensityEntry& e = add("DiscretizedLogisticMixture", discretized_logistic_mixture, 3);
    e.shapes = [](Shape x) {
      x.push_back(2);
      return std::vector<Shape>(3, x);
    };
    e.value = pixel;
    e.cdf_by_x = false;
    e.outcomes = levels;
  }
  add("Laplace", laplace, 2).breaks = around_the_first;
  add("Logistic", logistic, 2).breaks = around_the_first;
  {
    DensityEntry& e = add("Mixture", mixture, 5);
    e.shapes = [](const Shape& x) { return std::vector<Shape>{{x[0], 2}, x, x, x, x}; };
    e.breaks = [=](const std::vector<double>& v) {
      return std::vector<double>{-inf, std::min(v[2], v[4]), std::max(v[2], v[4]), inf};
    };
  }
  {
    DensityEntry& e = add("MultivariateNormal", multivariate_normal, 2);
    e.shapes = [](const Shape& x) { return std::vector<Shape>{x, {x[0], x[1], x[1]}}; };
    e.arguments = full_normal;
    e.at = {{4, 3}, {1, 1}, {3, 2}, {0, 3}};
    e.event = {2};
    // x = μ + Lu / 4
    e.plane = [](const Vars& v, Var plane) {
      const std::size_t D = v[0].shape()[1];
      const Var L = reshape(MultivariateNormal(v[0], v[1]).factor, {D, D}), scale = 0.25 * diagonal(L);
      return std::pair<Var, Var>(v[0] + 0.25 * matmul(plane, L, false, true),
                                 broadcast_to(sum(log(scale)), {plane.rows()}));
    };
  }
  add("Normal", normal, 2).breaks = around_the_first;
  {
    DensityEntry& e = add("NormalMixture", normal_mixture, 3);
    e.jumps = true;
    e.shapes = [](Shape x) {
      x.push_back(2);
      return std::vector<Shape>(3, x);
    };
    e.breaks = [=](const std::vector<double>& v) {
      return std::vector<double>{-inf, std::min(v[2], v[3]), std::max(v[2], v[3]), inf};
    };
  }
  {
    DensityEntry& e = add("RelaxedOneHot", relaxed_one_hot, 1);
    e.value = simplex;
    e.at = with_classes;
    e.event = {3};
    // x = softmax(u, v, 0) has the volume x₁ x₂ x₃ du dv
    e.plane = [](const Vars&, Var plane) {
      const Var log_x = log_softmax(pad(plane, 1, 0, 1), 1);
      return std::pair<Var, Var>(exp(log_x), sum(log_x, {1}));
    };
  }
  {
    DensityEntry& e = add("Transformed", transformed, 2);
    e.value = inside_01;
    e.breaks = from_0_to_1;
  }
  return list;
}

std::vector<KlEntry> all_kls() {
  std::vector<KlEntry> list;
  const auto add = [&](const char* q_name, auto q, const char* p_name, auto p) {
    list.push_back({q_name, p_name, [=](const Vars& u, const Vars& v) { return kl(q(u), p(v)); },
                    [=](const Vars& u, const Vars& v) { return kl_closed_form(q(u), p(v)); }});
  };
  add("Bernoulli", bernoulli, "Bernoulli", bernoulli);
  add("Categorical", categorical, "Categorical", categorical);
  add("ContinuousBernoulli", continuous_bernoulli, "ContinuousBernoulli", continuous_bernoulli);
  add("Laplace", laplace, "Laplace", laplace);
  add("MultivariateNormal", multivariate_normal, "MultivariateNormal", multivariate_normal);
  add("MultivariateNormal", multivariate_normal, "Normal", normal);
  add("Normal", normal, "MultivariateNormal", multivariate_normal);
  add("Normal", normal, "Normal", normal);
  return list;
}

}  // namespace nn
