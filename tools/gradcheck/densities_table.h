// Every density and every KL of nn/, once, with what their checks need: how to make one from any numbers,
// where it lives, and its members. `elbo gradcheck` differentiates all of it; densities_test.cpp integrates,
// samples and compares it, kl_test.cpp compares the KLs with quadrature; and both fail by name for a struct
// with log_prob, or an overload of kl, that is missing here.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "nn/distributions/discretized_logistic_mixture.h"
#include "nn/distributions/kl.h"
#include "nn/distributions/monte_carlo.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/flows/flow.h"

namespace nn {

using Vars = std::vector<Var>;
using Arguments = std::function<Vars(const Vars& numbers)>;  // a constructor's arguments, from any numbers

struct DensityEntry {
  std::string name;  // of its struct
  Arguments arguments;
  std::function<std::vector<Shape>(const Shape& x)> shapes;  // of the arguments, for values of this shape
  std::function<Var(const Vars& arguments, Var numbers)>
      value;              // a place inside the support, from any numbers
  std::vector<Shape> at;  // shapes of values to differentiate at

  // One datum's event, and where it lives: a number between ends and kinks; or one of a list; or a point of a
  // plane, with the logarithm of its volume.
  Shape event = {1};
  std::function<std::vector<double>(const std::vector<double>& arguments)> breaks;
  std::vector<std::vector<Real>> outcomes;
  std::function<std::pair<Var, Var>(const Vars& arguments, Var plane)> plane;

  // The members, on the constructor's arguments; empty where there is none.
  std::function<Var(const Vars&, Var x)> log_prob, cdf;
  std::function<Array(const Vars&, const Stream&)> sample;
  std::function<Var(const Vars&, const Stream&)> rsample;
  std::function<Var(const Vars&)> entropy, mean, variance;
  bool cdf_by_arguments = true, cdf_by_x = true;  // whether the cdf has slopes in them
  bool by_rejection = false;  // the numbers of rsample jump with its arguments, although a path leads through
};

struct KlEntry {
  std::string q, p;  // the names of the structs
  std::function<Var(const Vars& q, const Vars& p)> kl;
  Arguments q_arguments, p_arguments;  // where it is finite, if it is anywhere
  bool infinite;
};

namespace table {

// ---- constructors -----------------------------------------------------------------------------------------

const auto bernoulli = [](const Vars& v) { return Bernoulli(v[0]); };
const auto beta = [](const Vars& v) { return Beta(v[0], v[1]); };
const auto categorical = [](const Vars& v) { return Categorical(v[0]); };
const auto continuous_bernoulli = [](const Vars& v) { return ContinuousBernoulli(v[0]); };
const auto discretized_logistic = [](const Vars& v) { return DiscretizedLogistic(v[0], v[1]); };
const auto discretized_logistic_mixture = [](const Vars& v) {
  return DiscretizedLogisticMixture(v[0], v[1], v[2]);
};
const auto gamma = [](const Vars& v) { return Gamma(v[0], v[1]); };
const auto laplace = [](const Vars& v) { return Laplace(v[0], v[1]); };
const auto logistic = [](const Vars& v) { return Logistic(v[0], v[1]); };
const auto mixture = [](const Vars& v) { return Mixture(v[0], {Normal(v[1], v[2]), Laplace(v[3], v[4])}); };
const auto multivariate_normal = [](const Vars& v) { return MultivariateNormal(v[0], v[1]); };
const auto normal = [](const Vars& v) { return Normal(v[0], v[1]); };
const auto relaxed_one_hot = [](const Vars& v) { return RelaxedOneHot(v[0], Real(0.7)); };
const auto transformed = [](const Vars& v) {  // the logit-normal
  static const Flow flow({SigmoidFlow()});
  return Transformed(Normal(v[0], v[1]), flow);
};
const auto uniform = [](const Vars& v) { return Uniform(v[0], v[1]); };

// ---- their arguments --------------------------------------------------------------------------------------

inline Vars any(const Vars& v) { return v; }
inline Vars positive(const Vars& v) { return {exp(v[0]), exp(v[1])}; }
inline Vars above_07(const Vars& v) {
  return {0.7 + exp(v[0]), 0.7 + exp(v[1])};
}  // where quadrature is exact near x = 1
inline Vars interval(const Vars& v) { return {v[0], v[0] + exp(v[1])}; }
inline Vars interval_above_0(const Vars& v) { return {exp(v[0]), exp(v[0]) + exp(v[1])}; }
inline Vars interval_inside_01(const Vars& v) { return {0.5 * sigmoid(v[0]), 0.5 + 0.5 * sigmoid(v[1])}; }
inline Vars interval_around_01(const Vars& v) { return {-exp(v[0]), 1 + exp(v[1])}; }
inline Vars interval_around_all(const Vars& v) { return {v[0] - Real(100), v[1] + Real(100)}; }

// A factor with a positive diagonal.
inline Vars full_normal(const Vars& v) {
  const Var on_diagonal = diagonal(v[1]);
  return {v[0], v[1] + diag(exp(on_diagonal) - on_diagonal)};
}

inline std::vector<std::vector<Real>> one_hot_vectors() { return {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}; }
inline std::vector<std::vector<Real>> levels() {
  std::vector<std::vector<Real>> all;
  const Array x = pixel_values();
  for (std::size_t k = 0; k < pixel_levels; ++k) all.push_back({x(k)});
  return all;
}

}  // namespace table

inline std::vector<DensityEntry> all_densities() {
  using namespace table;
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<DensityEntry> list;

  // A density with so many parameters of x's shape; the members are those that its struct has.
  const auto add = [&](const char* name, auto make, std::size_t parameters,
                       const Arguments& arguments) -> DensityEntry& {
    DensityEntry e;
    e.name = name;
    e.arguments = arguments;
    e.shapes = [=](const Shape& x) { return std::vector<Shape>(parameters, x); };
    e.value = [](const Vars&, Var x) { return x; };
    e.at = {{4}, {4, 3}, {2, 3, 2}, {0, 3}};
    e.log_prob = [=](const Vars& v, Var x) { return make(v).log_prob(x); };
    e.sample = [=](const Vars& v, const Stream& stream) { return make(v).sample(stream); };

    using D = decltype(make(Vars()));
    const auto rsample = [](const auto& d) -> decltype(d.rsample(Stream())) { return d.rsample(Stream()); };
    const auto entropy = [](const auto& d) -> decltype(d.entropy()) { return d.entropy(); };
    const auto mean = [](const auto& d) -> decltype(d.mean()) { return d.mean(); };
    const auto variance = [](const auto& d) -> decltype(d.variance()) { return d.variance(); };
    const auto cdf = [](const auto& d) -> decltype(d.cdf(Var())) { return d.cdf(Var()); };
    if constexpr (std::is_invocable_v<decltype(rsample), D>)
      e.rsample = [=](const Vars& v, const Stream& stream) { return make(v).rsample(stream); };
    if constexpr (std::is_invocable_v<decltype(entropy), D>)
      e.entropy = [=](const Vars& v) { return make(v).entropy(); };
    if constexpr (std::is_invocable_v<decltype(mean), D>)
      e.mean = [=](const Vars& v) { return make(v).mean(); };
    if constexpr (std::is_invocable_v<decltype(variance), D>)
      e.variance = [=](const Vars& v) { return make(v).variance(); };
    if constexpr (std::is_invocable_v<decltype(cdf), D>)
      e.cdf = [=](const Vars& v, Var x) { return make(v).cdf(x); };
    list.push_back(std::move(e));
    return list.back();
  };
  const auto around_the_first = [=](const std::vector<double>& v) {
    return std::vector<double>{-infinity, v[0], infinity};
  };
  const auto from_0_to_1 = [](const std::vector<double>&) { return std::vector<double>{0, 1}; };
  const auto inside_01 = [](const Vars&, Var x) { return sigmoid(x); };
  const auto simplex = [](const Vars&, Var x) { return softmax(x, x.shape().size() - 1); };
  // Levels, from the first to the last, whatever x: a difference in x would leave them.
  const auto pixel = [](const Vars&, Var x) {
    Array all = x.value(), level = pixel_values();
    for (std::size_t i = 0; i < all.size(); ++i) all.data()[i] = level(i * 51 % pixel_levels);
    return constant(all);
  };
  const std::vector<Shape> with_classes = {{4, 3}, {2, 3, 2}, {0, 3}};

  {
    DensityEntry& e = add("Bernoulli", bernoulli, 1, any);
    e.value = inside_01;
    e.outcomes = {{0}, {1}};
  }
  {
    DensityEntry& e = add("Beta", beta, 2, above_07);
    e.value = inside_01;
    e.breaks = from_0_to_1;
    e.cdf_by_arguments = false;
    e.by_rejection = true;
  }
  {
    DensityEntry& e = add("Categorical", categorical, 1, any);
    e.value = simplex;
    e.at = with_classes;
    e.event = {3};
    e.outcomes = one_hot_vectors();
  }
  {
    DensityEntry& e = add("ContinuousBernoulli", continuous_bernoulli, 1, any);
    e.value = inside_01;
    e.breaks = from_0_to_1;
  }
  {
    DensityEntry& e = add("DiscretizedLogistic", discretized_logistic, 2, any);
    e.value = pixel;
    e.cdf_by_x = false;
    e.outcomes = levels();
  }
  {
    DensityEntry& e = add("DiscretizedLogisticMixture", discretized_logistic_mixture, 3, any);
    e.shapes = [](Shape x) {
      x.push_back(2);
      return std::vector<Shape>(3, x);
    };
    e.value = pixel;
    e.cdf_by_x = false;
    e.outcomes = levels();
  }
  {
    DensityEntry& e = add("Gamma", gamma, 2, positive);
    e.value = [](const Vars&, Var x) { return exp(x); };
    e.by_rejection = true;
    e.breaks = [=](const std::vector<double>&) { return std::vector<double>{0, infinity}; };
  }
  add("Laplace", laplace, 2, any).breaks = around_the_first;
  add("Logistic", logistic, 2, any).breaks = around_the_first;
  {
    DensityEntry& e = add("Mixture", mixture, 5, any);
    e.shapes = [](const Shape& x) { return std::vector<Shape>{{x[0], 2}, x, x, x, x}; };
    e.breaks = [=](const std::vector<double>& v) {
      return std::vector<double>{-infinity, std::min(v[2], v[4]), std::max(v[2], v[4]), infinity};
    };
  }
  {
    DensityEntry& e = add("MultivariateNormal", multivariate_normal, 2, full_normal);
    e.shapes = [](const Shape& x) { return std::vector<Shape>{x, {x[0], x[1], x[1]}}; };
    e.at = {{4, 3}, {1, 1}, {3, 2}, {0, 3}};
    e.event = {2};
    // x = μ + Lu / 4
    e.plane = [](const Vars& v, Var plane) {
      const std::size_t D = v[0].shape()[1];
      const Var L = reshape(MultivariateNormal(v[0], v[1]).factor, {D, D}), scale = Real(0.25) * diagonal(L);
      return std::pair<Var, Var>(v[0] + 0.25 * matmul(plane, L, false, true),
                                 broadcast_to(sum(log(scale)), {plane.rows()}));
    };
  }
  add("Normal", normal, 2, any).breaks = around_the_first;
  {
    DensityEntry& e = add("RelaxedOneHot", relaxed_one_hot, 1, any);
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
    DensityEntry& e = add("Transformed", transformed, 2, any);
    e.value = inside_01;
    e.breaks = from_0_to_1;
  }
  {
    DensityEntry& e = add("Uniform", uniform, 2, interval);
    e.value = [](const Vars& v, Var x) { return v[0] + (v[1] - v[0]) * sigmoid(x); };
    e.breaks = [](const std::vector<double>& v) { return v; };
  }
  return list;
}

inline std::vector<KlEntry> all_kls() {
  using namespace table;
  std::vector<KlEntry> list;
  const auto add = [&](const char* q_name, auto q, const Arguments& q_arguments, const char* p_name, auto p,
                       const Arguments& p_arguments, bool infinite = false) {
    const auto divergence = [=](const Vars& u, const Vars& v) { return kl(q(u), p(v)); };
    list.push_back({q_name, p_name, divergence, q_arguments, p_arguments, infinite});
  };
  // clang-format off
  add("Bernoulli", bernoulli, any, "Bernoulli", bernoulli, any);
  add("Beta", beta, above_07, "Beta", beta, above_07);
  add("Categorical", categorical, any, "Categorical", categorical, any);
  add("ContinuousBernoulli", continuous_bernoulli, any, "ContinuousBernoulli", continuous_bernoulli, any);
  add("DiscretizedLogistic", discretized_logistic, any, "DiscretizedLogistic", discretized_logistic, any);
  add("DiscretizedLogistic", discretized_logistic, any, "DiscretizedLogisticMixture", discretized_logistic_mixture, any);
  add("DiscretizedLogisticMixture", discretized_logistic_mixture, any, "DiscretizedLogistic", discretized_logistic, any);
  add("DiscretizedLogisticMixture", discretized_logistic_mixture, any, "DiscretizedLogisticMixture", discretized_logistic_mixture, any);
  add("Gamma", gamma, positive, "Gamma", gamma, positive);
  add("Laplace", laplace, any, "Laplace", laplace, any);
  add("Normal", normal, any, "Normal", normal, any);
  add("Transformed", transformed, any, "Transformed", transformed, any);
  add("Uniform", uniform, interval, "Uniform", uniform, interval_around_all);

  add("MultivariateNormal", multivariate_normal, full_normal, "MultivariateNormal", multivariate_normal, full_normal);
  add("MultivariateNormal", multivariate_normal, full_normal, "Normal", normal, any);
  add("Normal", normal, any, "MultivariateNormal", multivariate_normal, full_normal);

  add("Beta", beta, above_07, "Normal", normal, any);
  add("ContinuousBernoulli", continuous_bernoulli, any, "Normal", normal, any);
  add("Gamma", gamma, positive, "Normal", normal, any);
  add("Laplace", laplace, any, "Normal", normal, any);
  add("Logistic", logistic, any, "Normal", normal, any);
  add("Uniform", uniform, interval, "Normal", normal, any);

  add("Beta", beta, above_07, "MultivariateNormal", multivariate_normal, full_normal);
  add("ContinuousBernoulli", continuous_bernoulli, any, "MultivariateNormal", multivariate_normal, full_normal);
  add("Gamma", gamma, positive, "MultivariateNormal", multivariate_normal, full_normal);
  add("Laplace", laplace, any, "MultivariateNormal", multivariate_normal, full_normal);
  add("Logistic", logistic, any, "MultivariateNormal", multivariate_normal, full_normal);
  add("Uniform", uniform, interval, "MultivariateNormal", multivariate_normal, full_normal);

  add("ContinuousBernoulli", continuous_bernoulli, any, "Laplace", laplace, any);
  add("Gamma", gamma, positive, "Laplace", laplace, any);
  add("Logistic", logistic, any, "Laplace", laplace, any);
  add("MultivariateNormal", multivariate_normal, full_normal, "Laplace", laplace, any);
  add("Normal", normal, any, "Laplace", laplace, any);
  add("Uniform", uniform, interval, "Laplace", laplace, any);

  add("Categorical", categorical, any, "Bernoulli", bernoulli, any);

  add("Beta", beta, above_07, "ContinuousBernoulli", continuous_bernoulli, any);
  add("Beta", beta, above_07, "Gamma", gamma, positive);
  add("Beta", beta, above_07, "Uniform", uniform, interval_around_01);
  add("ContinuousBernoulli", continuous_bernoulli, any, "Uniform", uniform, interval_around_01);
  add("Uniform", uniform, interval_inside_01, "Beta", beta, above_07);
  add("Uniform", uniform, interval_inside_01, "ContinuousBernoulli", continuous_bernoulli, any);
  add("Uniform", uniform, interval_above_0, "Gamma", gamma, positive);

  const auto infinite = [&](const char* q_name, auto q, const Arguments& q_arguments) {
    add(q_name, q, q_arguments, "Beta", beta, above_07, true);
    add(q_name, q, q_arguments, "ContinuousBernoulli", continuous_bernoulli, any, true);
    add(q_name, q, q_arguments, "Uniform", uniform, interval, true);
  };
  add("Bernoulli", bernoulli, any, "Categorical", categorical, any, true);
  infinite("Gamma", gamma, positive);
  infinite("Laplace", laplace, any);
  infinite("Logistic", logistic, any);
  infinite("MultivariateNormal", multivariate_normal, full_normal);
  infinite("Normal", normal, any);
  add("Laplace", laplace, any, "Gamma", gamma, positive, true);
  add("Logistic", logistic, any, "Gamma", gamma, positive, true);
  add("MultivariateNormal", multivariate_normal, full_normal, "Gamma", gamma, positive, true);
  add("Normal", normal, any, "Gamma", gamma, positive, true);
  // clang-format on
  return list;
}

}  // namespace nn
