// The gradients that lead through z, against the gradient of the bound's exact expectation: for the ELBO that
// of LinearGaussian, for two samples of one latent a quadrature, and for other K the plain derivative at the
// same noise. Each check compares every element of the gradient, and rejects a true value with probability
// below 1e-6 per element, of which all checks together have fewer than 2000; seeds are fixed.
#include "vae/gradients/path_derivative.h"

#include "autograd/hold_constant.h"
#include "tests/catch.h"
#include "tests/vae/exact/nearly_exact.h"
#include "tests/vae/gradients/gradient_samples.h"
#include "tests/vae/gradients/iwae_by_quadrature.h"
#include "vae/around.h"
#include "vae/autoregressive.h"
#include "vae/bounds/renyi.h"
#include "vae/gradients/generalized_dreg.h"

using namespace vae;
namespace gs = gradient_samples;

namespace {

const std::vector<std::vector<std::size_t>> hierarchies = {{2}, {1, 2, 1}};

using Function = Objective (*)(Model&, Var, std::size_t, Real, const Stream&);
Objective plain(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  return pathwise(model, x, samples, alpha, stream);
}

gs::Estimator estimator(Function f, Model& model, std::size_t samples, Real alpha) {
  return [=, &model](const Stream& noise) {
    return f(model, constant(gs::rows_of(gs::real_data, gs::batch)), samples, alpha, noise).value;
  };
}

// What public code computes instead: in q(z_t|z_<t, x), scored with φ constant, z_<t is constant too.
struct BlockedPosterior : AroundModel {
  explicit BlockedPosterior(Model& model) : AroundModel(model) {}
  Density posterior(const State& s, const Features& x) const override {
    return model_.posterior({s.rows, stop_gradient(s.z), s.h, s.c}, x);
  }
};

// Both by their formulas, at the z of `infer`.
Objective blocked_landing(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  const Latents z = latents(infer(model, x, samples, stream));
  const HoldConstant hold(posterior_parameters(model));
  return {renyi_bound(log_joint(model, x, z) - log_posterior(BlockedPosterior(model), x, z), samples, alpha),
          {}};
}

Objective blocked_dreg(Model& model, Var x, std::size_t samples, Real, const Stream& stream) {
  const Latents z = latents(infer(model, x, samples, stream));
  const Var in_theta = log_joint(model, x, stop_gradient(z));
  const HoldConstant hold(all_parameters(model));
  const Var log_w = log_joint(model, x, z) - log_posterior(BlockedPosterior(model), x, z);
  const Var w = softmax(reshape(stop_gradient(log_w), {samples, x.rows()}), 0);
  return {sum(w * reshape(in_theta, w.shape()) + square(w) * reshape(log_w, w.shape()), {0}), {}};
}

gs::Numbers exact_gradient(const gs::Parameters& parameters, const LinearGaussian& model) {
  return gs::gradient(parameters,
                      [&] { return model.expected_bound(constant(gs::rows_of(gs::real_data, 2))).elbo; });
}

}  // namespace

TEST_CASE("path_derivative: the value is that of the bound, and the terms are those of the ELBO") {
  Evaluation scope;
  const Var x = constant(gs::rows_of(gs::real_data, 4));
  for (const auto& latent : hierarchies) {
    LinearGaussian model = nearly_exact(3, latent);
    const Array log_w = log_weights(model, x, 3, Stream()).value();
    const Bound terms = elbo(model, x, 3, KLForm::monte_carlo, Stream());
    for (const Function f : {plain, sticking_the_landing, doubly_reparameterized, generalized_dreg})
      for (const Real alpha : {1.0, 0.5, 0.0}) {
        const Objective found = f(model, x, 3, alpha, Stream());
        const Array truth = renyi_bound(constant(log_w), 3, alpha).value();
        REQUIRE(found.value.shape() == Shape{4});
        REQUIRE(found.bound.kl_per_level.size() == latent.size());
        for (std::size_t i = 0; i < 4; ++i) {
          CHECK(found.value.value()(i) == Approx(truth(i)).epsilon(1e-12));
          CHECK(found.bound.elbo.value()(i) == Approx(terms.elbo.value()(i)).epsilon(1e-12));
          CHECK(found.bound.reconstruction.value()(i) ==
                Approx(terms.reconstruction.value()(i)).epsilon(1e-12));
          for (std::size_t t = 0; t < latent.size(); ++t)
            CHECK(found.bound.kl_per_level[t].value()(i) ==
                  Approx(terms.kl_per_level[t].value()(i)).epsilon(1e-12).margin(1e-12));
        }
      }
  }
}

TEST_CASE("path_derivative: of the ELBO all are unbiased, also the blocked form, in every parameter") {
  for (const auto& latent : hierarchies) {
    LinearGaussian model = nearly_exact(3, latent);
    const gs::Parameters all = all_parameters(model);
    const gs::Numbers truth = exact_gradient(all, model);
    for (const std::size_t K : {1u, 3u})
      for (const Function f :
           {plain, sticking_the_landing, doubly_reparameterized, generalized_dreg, blocked_landing}) {
        if (K == 3 && f == plain) continue;
        const double z = gs::largest_z(gs::samples(all, estimator(f, model, K, 1), gs::places), truth);
        INFO(latent.size() << " levels, K = " << K << ": " << z << " standard errors");
        CHECK(z < gs::limit);
      }
  }
}

TEST_CASE("path_derivative: two samples of one latent, against a quadrature, for several alpha") {
  LinearGaussian model = nearly_exact(3, {1});
  const gs::Parameters all = all_parameters(model), phi = posterior_parameters(model);
  for (const Real alpha : {0.0, 0.5, -1.0}) {
    const auto bound = [&] {
      return expected_renyi_of_two(model, constant(gs::rows_of(gs::real_data, 2)), alpha);
    };
    const gs::Numbers truth = gs::gradient(all, bound);
    INFO("alpha " << alpha);
    CHECK(gs::largest_z(gs::samples(all, estimator(plain, model, 2, alpha), gs::places), truth) < gs::limit);
    CHECK(gs::largest_z(gs::samples(all, estimator(doubly_reparameterized, model, 2, alpha), gs::places),
                        truth) < gs::limit);
    CHECK(gs::largest_z(gs::samples(phi, estimator(sticking_the_landing, model, 2, alpha), 2 * gs::places),
                        gs::gradient(phi, bound)) > 2 * gs::limit);
  }
}

// At the same noise the difference of two unbiased estimators has mean 0.
TEST_CASE("path_derivative: K = 3: DReG is unbiased; blocked it is not, and sticking the landing is not") {
  for (const auto& latent : hierarchies) {
    LinearGaussian model = nearly_exact(3, latent);
    const gs::Parameters all = all_parameters(model);
    const auto of = [&](Function f, Real alpha) {
      return gs::samples(all, estimator(f, model, 3, alpha), gs::places);
    };
    const std::vector<gs::Numbers> truth = of(plain, 0);
    const auto bias = [&](Function f) { return gs::largest_z(gs::difference(of(f, 0), truth)); };
    CHECK(bias(doubly_reparameterized) < gs::limit);
    CHECK(bias(generalized_dreg) < gs::limit);
    CHECK(bias(sticking_the_landing) > 2 * gs::limit);
    CHECK(bias(blocked_landing) > 2 * gs::limit);
    if (latent.size() == 1)
      CHECK(bias(blocked_dreg) < gs::limit);  // there is no z_<t to block
    else
      CHECK(bias(blocked_dreg) > 2 * gs::limit);
  }
}

TEST_CASE("path_derivative: at q = p(z|x) the gradient in phi has no variance, unless it is blocked") {
  for (const auto& latent : hierarchies) {
    LinearGaussian model = nearly_exact(3, latent);
    model.set_posterior_exact();
    const gs::Parameters phi = posterior_parameters(model);
    const auto largest_of = [&](Function f, std::size_t K, Real alpha) {
      return gs::largest(gs::samples(phi, estimator(f, model, K, alpha), 3));
    };
    for (const std::size_t K : {1u, 3u})
      for (const Real alpha : {1.0, 0.0}) {
        INFO(latent.size() << " levels, K = " << K << ", alpha " << alpha);
        CHECK(largest_of(sticking_the_landing, K, alpha) < 1e-10);
        CHECK(largest_of(doubly_reparameterized, K, alpha) < 1e-10);
        CHECK(largest_of(plain, K, alpha) > 0.01);
        if (latent.size() == 1)
          CHECK(largest_of(blocked_landing, K, alpha) < 1e-10);
        else
          CHECK(largest_of(blocked_landing, K, alpha) > 0.01);
      }
  }
}

TEST_CASE("path_derivative: near the posterior the variance falls from the plain derivative on") {
  for (const auto& latent : hierarchies) {
    LinearGaussian model({3, latent, Covariance::diagonal, Covariance::full}, Stream());
    model.set_posterior_exact();
    move_posterior(model, 0.05, 0.05);
    const gs::Parameters phi = posterior_parameters(model);
    const auto variance_of = [&](Function f, std::size_t K, Real alpha) {
      return gs::variance(gs::samples(phi, estimator(f, model, K, alpha), 40));
    };
    CHECK(variance_of(sticking_the_landing, 1, 1) < 0.3 * variance_of(plain, 1, 1));
    CHECK(variance_of(doubly_reparameterized, 5, 0) < 0.3 * variance_of(plain, 5, 0));
    if (latent.size() > 1)
      CHECK(variance_of(sticking_the_landing, 1, 1) < 0.3 * variance_of(blocked_landing, 1, 1));
  }
}

// Its networks are nonlinear, and its priors diagonal.
TEST_CASE("generalized_dreg: K = 3 of a small VAE with an autoregressive prior is unbiased") {
  Architecture a;
  a.pixels = 3, a.hidden = {3}, a.latent = {1, 2}, a.likelihood = LikelihoodKind::gaussian;
  AutoregressiveVAE model(a, Stream());
  const gs::Parameters all = all_parameters(model);
  const auto of = [&](Function f) { return gs::samples(all, estimator(f, model, 3, 0), gs::places); };
  CHECK(gs::largest_z(gs::difference(of(generalized_dreg), of(plain))) < gs::limit);
}

// In the parameters of p(z_t|z_<t), t ≥ 1, whether it pays depends on how much the likelihood says of z.
TEST_CASE(
    "generalized_dreg: less variance than the prior's score under a flat likelihood, more under a sharp "
    "one") {
  for (const double log_var : {3.0, -3.0}) {
    LinearGaussian model = nearly_exact(3, {1, 2, 1});
    gs::Parameters of_prior;
    model.visit_generator([&](const std::string& name, Parameter& parameter) {
      if (name.find("prior") == 0) of_prior.push_back(&parameter);
      if (name == "decoder.log_var") parameter.update() = full({3}, log_var);
    });
    model.set_posterior_exact();
    move_posterior(model, 0.05, 0.05);
    const auto variance_of = [&](Function f) {
      return gs::variance(gs::samples(of_prior, estimator(f, model, 5, 0), 40));
    };
    const double ratio = variance_of(generalized_dreg) / variance_of(doubly_reparameterized);
    INFO("log variance " << log_var << ": " << ratio);
    CHECK((log_var > 0 ? ratio < 0.5 : ratio > 2));
  }
}
