// The bound as a formula: its terms, its samples, its two forms, and its gradient against finite differences.
// It is compared with an exact log p(x) in vae_test.cpp and autoregressive_test.cpp.
#include "vae/elbo.h"

#include <cmath>
#include <memory>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/exact/nearly_exact.h"
#include "tests/vae/small_vae.h"
#include "vae/autoregressive.h"
#include "vae/evidence/importance.h"
#include "vae/vae.h"

using namespace vae;

namespace {

std::unique_ptr<Model> tiny(LikelihoodKind kind, const std::vector<std::size_t>& latent) {
  Architecture a;
  a.pixels = 3, a.hidden = {4}, a.latent = latent, a.likelihood = kind;
  if (latent.size() == 1) return std::make_unique<VAE>(a, Stream());
  return std::make_unique<AutoregressiveVAE>(a, Stream());
}

const std::vector<std::vector<std::size_t>> latent_sizes = {{2}, {2, 1, 2}};
const std::vector<LikelihoodKind> kinds = {LikelihoodKind::bernoulli, LikelihoodKind::gaussian};

Array images(std::size_t count) {
  Array x = uniform(Stream().at_epoch(5), {count, 3});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = x.data()[i] < 0.4;
  return x;
}

}  // namespace

TEST_CASE("elbo: reconstruction minus kl, and kl the sum over the levels") {
  Evaluation scope;
  for (const auto& latent : latent_sizes) {
    const auto model = tiny(LikelihoodKind::bernoulli, latent);
    const Bound b = elbo(*model, constant(images(4)), 3, KLForm::analytic, Stream());
    CHECK(b.elbo.shape() == Shape{4});
    CHECK(b.kl_per_level.size() == latent.size());
    for (std::size_t i = 0; i < 4; ++i) {
      double kl = 0;
      for (const Var& kl_t : b.kl_per_level) kl += kl_t.value()(i);
      CHECK(b.kl.value()(i) == Approx(kl).epsilon(1e-14));
      CHECK(b.elbo.value()(i) == b.reconstruction.value()(i) - b.kl.value()(i));
      CHECK(b.reconstruction.value()(i) < 0);
      CHECK(b.kl.value()(i) > 0);
    }
  }
}

// z is computed by hand from the documented noise, and both terms are written out.
TEST_CASE("elbo: of a plain VAE, by hand") {
  Evaluation scope;
  Architecture a;
  a.pixels = 3, a.hidden = {4}, a.latent = {2};
  const VAE model(a, Stream());
  const Array x = images(2);
  const Stream noise = Stream().at(Purpose::posterior).for_batch(2);
  const Normal q = normal_of(model.encode(constant(x)));
  const Array mu = q.mu.value(), log_var = q.log_var.value(), epsilon = normal(noise, {2, 2});
  Array z = empty({2, 2});
  for (std::size_t i = 0; i < 4; ++i)
    z.data()[i] = mu.data()[i] + std::exp(log_var.data()[i] / 2) * epsilon.data()[i];
  const Array probability = model.decode(constant(z))->mean().value();
  const Bound b = elbo(model, constant(x), 1, KLForm::analytic, noise);
  for (std::size_t i = 0; i < 2; ++i) {
    double reconstruction = 0, kl = 0;
    for (std::size_t j = 0; j < 3; ++j)
      reconstruction += std::log(x(i, j) == 1 ? probability(i, j) : 1 - probability(i, j));
    for (std::size_t k = 0; k < 2; ++k)
      kl += 0.5 * (std::exp(log_var(i, k)) + mu(i, k) * mu(i, k) - 1 - log_var(i, k));
    CHECK(b.reconstruction.value()(i) == Approx(reconstruction));
    CHECK(b.kl.value()(i) == Approx(kl));
  }
}

TEST_CASE("elbo: S samples give the mean of the single samples at their places") {
  Evaluation scope;
  const Var x = constant(images(4));
  for (const auto& latent : latent_sizes)
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      const auto model = tiny(LikelihoodKind::gaussian, latent);
      const Array together = elbo(*model, x, 5, form, Stream()).elbo.value();
      std::vector<double> apart(4);
      for (std::uint32_t s = 0; s < 5; ++s) {
        const Array single = elbo(*model, x, 1, form, Stream().at_sample(s)).elbo.value();
        for (std::size_t i = 0; i < 4; ++i) apart[i] += single(i) / 5;
      }
      for (std::size_t i = 0; i < 4; ++i) CHECK(together(i) == Approx(apart[i]).epsilon(1e-12));
    }
}

TEST_CASE("elbo: a datum's bound does not depend on the batch it is in") {
  Evaluation scope;
  const Array x = images(4);
  const auto model = tiny(LikelihoodKind::bernoulli, {2, 1, 2});
  const Array all =
      elbo(*model, constant(x), 2, KLForm::analytic, Stream().for_data({3, 1, 7, 5})).elbo.value();
  const Array two =
      elbo(*model, constant(take_rows(x, {2, 0})), 2, KLForm::analytic, Stream().for_data({7, 3}))
          .elbo.value();
  CHECK(two(0) == Approx(all(2)).epsilon(1e-13));
  CHECK(two(1) == Approx(all(0)).epsilon(1e-13));
}

TEST_CASE("elbo: the Monte Carlo form is the mean of the logarithms of the weights") {
  Evaluation scope;
  const Var x = constant(images(4));
  for (const auto& latent : latent_sizes) {
    const auto model = tiny(LikelihoodKind::gaussian, latent);
    const Array bound = elbo(*model, x, 3, KLForm::monte_carlo, Stream()).elbo.value();
    const Array weights = log_weights(*model, x, 3, Stream()).value();
    REQUIRE(weights.shape() == Shape{12});
    for (std::size_t i = 0; i < 4; ++i)
      CHECK(bound(i) == Approx((weights(i) + weights(4 + i) + weights(8 + i)) / 3).epsilon(1e-12));
  }
}

// 10⁴ draws; a true difference of 0 is rejected with probability 1e-6 for each level.
TEST_CASE("elbo: both forms of the KL have one expectation, level by level, in a nonlinear model") {
  Evaluation scope;
  const auto model = tiny(LikelihoodKind::bernoulli, {2, 1, 2});
  const Var x = constant(take_rows(images(4), std::vector<std::size_t>(10000, 1)));
  const Bound exact = elbo(*model, x, 1, KLForm::analytic, Stream()),
              sampled = elbo(*model, x, 1, KLForm::monte_carlo, Stream());
  for (std::size_t t = 0; t < 3; ++t) {
    std::vector<double> difference;
    for (std::size_t i = 0; i < 10000; ++i)
      difference.push_back(exact.kl_per_level[t].value()(i) - sampled.kl_per_level[t].value()(i));
    CHECK(average(difference).agrees_with(0));
  }
  CHECK(same(exact.reconstruction.value(), sampled.reconstruction.value()));
}

// 10⁴ draws; as above. The variances of one draw: with q near the posterior, log p(x, z) − log q is almost
// constant.
TEST_CASE("elbo: three forms have one expectation on an exact model, and different variances") {
  Evaluation scope;
  LinearGaussian model = nearly_exact(3, {2, 1, 1});
  model.set_posterior_exact();
  move_posterior(model, 0.1, 0.1);
  const Array two = array({1, 3}, {0.7, -1.1, 0.4});
  const Var x = constant(take_rows(two, std::vector<std::size_t>(10000, 0)));
  const Bound truth = model.expected_bound(constant(two));
  const auto of_form = [&](KLForm form) { return elbo(model, x, 1, form, Stream()); };
  const auto average_of = [&](KLForm form) { return average(values_of(of_form(form).elbo.value())); };
  for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo, KLForm::entropy}) {
    CHECK(average_of(form).agrees_with(truth.elbo.item()));
    for (std::size_t t = 0; t < 3; ++t)
      if (t > 0 || form != KLForm::analytic)
        CHECK(average(values_of(of_form(form).kl_per_level[t].value()))
                  .agrees_with(truth.kl_per_level[t].item()));
  }
  CHECK(average_of(KLForm::monte_carlo).error < 0.7 * average_of(KLForm::analytic).error);
  CHECK(average_of(KLForm::monte_carlo).error < 0.7 * average_of(KLForm::entropy).error);
  model.set_posterior_exact();
  CHECK(average_of(KLForm::monte_carlo).error < 1e-12);
  CHECK(average_of(KLForm::analytic).error > 1e-3);
  CHECK(average_of(KLForm::entropy).error > 1e-3);
}

// Central five-point differences at common random numbers, of every parameter.
TEST_CASE("elbo: the gradient of the loss is that of finite differences") {
  const Array x = images(2);
  for (const LikelihoodKind kind : kinds)
    for (const auto& latent : latent_sizes)
      for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
        const auto model = tiny(kind, latent);
        const auto loss = [&] { return -mean(elbo(*model, constant(x), 2, form, Stream()).elbo); };
        std::vector<Array> found;
        {
          Step step;
          Gradients g = backward(loss());
          for (const auto& [name, parameter] : model->parameters()) found.push_back(g[*parameter]);
        }
        std::size_t k = 0;
        double largest = 0;
        for (const auto& [name, parameter] : model->parameters()) {
          const Array& gradient = found[k++];
          Parameter& theta = *parameter;
          for (std::size_t i = 0; i < gradient.size(); ++i) {
            const double at = theta.value().data()[i], h = 1e-3;
            const auto value_at = [&](double steps) {
              Evaluation scope;
              theta.update().data()[i] = at + steps * h;
              return loss().item();
            };
            const double numeric =
                (8 * (value_at(1) - value_at(-1)) - (value_at(2) - value_at(-2))) / (12 * h);
            theta.update().data()[i] = at;
            INFO(name << " element " << i);
            CHECK(gradient.data()[i] == Approx(numeric).epsilon(1e-8).margin(1e-9));
            largest = std::max(largest, std::abs(numeric));
          }
        }
        CHECK(largest > 0.1);
      }
}

TEST_CASE(
    "elbo: backward passes over one tape, and over the same step again, give the same gradients bit for "
    "bit") {
  for (const auto& latent : latent_sizes)
    for (const LikelihoodKind kind : kinds)
      for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
        const auto model = tiny(kind, latent);
        std::vector<Array> first;
        for (int step = 0; step < 2; ++step) {
          Step scope;
          const Var loss = -mean(elbo(*model, constant(images(50)), 3, form, Stream()).elbo);
          for (int pass = 0; pass < 2; ++pass) {
            const Gradients g = backward(loss);
            std::size_t k = 0;
            for (const auto& [name, parameter] : model->parameters()) {
              if (step == 0 && pass == 0) first.push_back(g[*parameter]);
              INFO(name);
              CHECK(same(g[*parameter], first[k++]));
            }
          }
        }
      }
}

TEST_CASE("elbo: a stream that names another number of data than the batch has is refused") {
  Evaluation scope;
  const Array x = images(4);
  for (const auto& latent : latent_sizes) {
    const auto model = tiny(LikelihoodKind::bernoulli, latent);
    for (const Stream& noise : {Stream().for_data({1, 2}), Stream().for_batch(8)}) {
      CHECK_THROWS_AS(infer(*model, constant(x), 2, noise), std::invalid_argument);
      CHECK_THROWS_AS(elbo(*model, constant(x), 2, KLForm::analytic, noise), std::invalid_argument);
      CHECK_THROWS_AS(log_evidence(*model, x, 2, noise), std::invalid_argument);
    }
    CHECK_NOTHROW(elbo(*model, constant(x), 2, KLForm::analytic, Stream().for_data({3, 1, 7, 5})));
  }
}

TEST_CASE("elbo: no samples are refused, in the bound and in log p(x)") {
  Evaluation scope;
  Architecture a;
  a.pixels = 3, a.hidden = {2}, a.latent = {1};
  const VAE model(a, Stream());
  const Array x = zeros({2, 3});
  CHECK_THROWS_AS(elbo(model, constant(x), 0, KLForm::analytic, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(log_evidence(model, x, 0, Stream()), std::invalid_argument);
}
