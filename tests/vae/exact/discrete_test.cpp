// The discrete hierarchy by other ways: p(x) sums to one and is a sum of products written out here, weights
// of the exact posterior are log p(x), the bound's expectation is the average of its estimates, and its
// gradient that of the score function. Statistical checks reject a true value with probability 1e-6 each.
#include "vae/exact/discrete.h"

#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace vae;

namespace {

const std::vector<DiscreteSizes> all_discrete = {
    {3, {2}, LatentKind::bits},       {4, {3, 2}, LatentKind::bits},       {3, {4}, LatentKind::one_hot},
    {2, {2, 1, 2}, LatentKind::bits}, {3, {2, 3, 2}, LatentKind::one_hot},
};

double logistic_of(double l) { return 1 / (1 + std::exp(-l)); }

}  // namespace

TEST_CASE("discrete: p(x) sums to one over all images, and so does the posterior over all states") {
  Evaluation scope;
  for (const DiscreteSizes& sizes : all_discrete) {
    Discrete model(sizes, Stream());
    const Var images = constant(all_bits(sizes.pixels));
    CHECK(sum(exp(model.log_px(images))).item() == Approx(1).epsilon(1e-13));
    const AtPosterior exact(model);
    const Latents z = all_states(model.states());
    for (std::size_t k = 0; k < 4; ++k) {
      const Var x = constant(take_rows(images.value(), {k}));
      CHECK(sum(exp(log_posterior(exact, x, z))).item() == Approx(1).epsilon(1e-12));
      CHECK(sum(exp(log_posterior(model, x, z))).item() == Approx(1).epsilon(1e-12));
    }
  }
}

TEST_CASE("discrete: log p(x) is the sum of products over z0 and z1, written out") {
  Evaluation scope;
  Discrete model({2, {1, 1}}, Stream());
  Array C0, C, c, W, b;
  for (const auto& [name, parameter] : model.parameters()) {
    if (name == "prior.0.bias") C0 = parameter->value();
    if (name == "prior.1.weight") C = parameter->value();
    if (name == "prior.1.bias") c = parameter->value();
    if (name == "decoder.weight") W = parameter->value();
    if (name == "decoder.bias") b = parameter->value();
  }
  const auto bernoulli = [](double x, double logit) {
    return x > 0 ? logistic_of(logit) : logistic_of(-logit);
  };
  const Array images = all_bits(2), log_px = model.log_px(constant(images)).value();
  for (std::size_t i = 0; i < 4; ++i) {
    double px = 0;
    for (const double z0 : {0, 1})
      for (const double z1 : {0, 1}) {
        double product = bernoulli(z0, C0(0)) * bernoulli(z1, C(0, 0) * z0 + c(0));
        for (std::size_t d = 0; d < 2; ++d)
          product *= bernoulli(images(i, d), W(d, 0) * z0 + W(d, 1) * z1 + b(d));
        px += product;
      }
    CHECK(log_px(i) == Approx(std::log(px)).epsilon(1e-13));
  }
}

TEST_CASE("discrete: with the posterior as q, every weight and the expected bound are log p(x), to 1e-12") {
  Evaluation scope;
  for (const DiscreteSizes& sizes : all_discrete) {
    Discrete model(sizes, Stream());
    const Var x = constant(take_rows(all_bits(sizes.pixels), {0, 1, 3}));
    const AtPosterior exact(model);
    const Array truth = model.log_px(x).value(), w = log_weights(exact, x, 5, Stream()).value(),
                bound = bound_by_enumeration(exact, x, model.states()).elbo.value();
    for (std::size_t r = 0; r < 15; ++r) CHECK(w(r) == Approx(truth(r % 3)).epsilon(1e-12));
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(bound(i) == Approx(truth(i)).epsilon(1e-12));
      CHECK(model.expected_bound(x).elbo.value()(i) < truth(i) - 1e-3);
    }
  }
}

TEST_CASE("discrete: the expected bound is the average of its estimates, term by term and level by level") {
  Evaluation scope;
  for (const DiscreteSizes& sizes : all_discrete) {
    const Discrete model(sizes, Stream());
    const Array x = take_rows(all_bits(sizes.pixels), {2});
    const Bound truth = model.expected_bound(constant(x));
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      const Bound found =
          elbo(model, constant(take_rows(x, std::vector<std::size_t>(4000, 0))), 1, form, Stream());
      CHECK(average(values_of(found.reconstruction.value())).agrees_with(truth.reconstruction.item()));
      for (std::size_t t = 0; t < model.levels(); ++t)
        CHECK(average(values_of(found.kl_per_level[t].value())).agrees_with(truth.kl_per_level[t].item()));
    }
  }
}

// ∇ E_q f = E_q [ ∇f + f ∇ log q ]   (Williams 1992), for φ and θ at once
TEST_CASE("discrete: the gradient of the expected bound is the expectation of the score function's") {
  for (const DiscreteSizes& sizes : all_discrete) {
    Discrete model(sizes, Stream());
    const Array x = take_rows(all_bits(sizes.pixels), {1});
    // Means over 300 draws each, which are nearly normal.
    constexpr std::size_t means = 200, draws = 300;
    const Array copies = take_rows(x, std::vector<std::size_t>(draws, 0));
    std::vector<std::vector<double>> slopes;  // of each number of each parameter, one for each mean
    std::vector<double> truth;
    {
      Step step;
      const Gradients g = backward(sum(model.expected_bound(constant(x)).elbo));
      for (const auto& [name, parameter] : model.parameters())
        for (const Real v : values_of(g[*parameter])) truth.push_back(v);
      slopes.resize(truth.size());
    }
    for (std::size_t s = 0; s < means; ++s) {
      Step step;
      const std::vector<Level> levels =
          infer(model, constant(copies), 1, Stream().at_epoch(std::uint32_t(s)));
      const Var log_q_z = log_q(levels);
      const Var f = log_joint(model, constant(copies), latents(levels)) - log_q_z;
      const Gradients g = backward(mean(f + stop_gradient(f) * log_q_z));
      std::size_t i = 0;
      for (const auto& [name, parameter] : model.parameters())
        for (const Real v : values_of(g[*parameter])) slopes[i++].push_back(v);
    }
    for (std::size_t i = 0; i < truth.size(); ++i) CHECK(average(slopes[i]).agrees_with(truth[i]));
  }
}

TEST_CASE("discrete: sizes that make no sense, or too many states, are refused") {
  CHECK_THROWS_AS(Discrete({0, {2}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(Discrete({3, {}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(Discrete({3, {0}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(Discrete({3, {7, 6}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(Discrete({3, {5000}, LatentKind::one_hot}, Stream()), std::invalid_argument);
  CHECK_NOTHROW(Discrete({3, {6, 6}}, Stream()));
}
