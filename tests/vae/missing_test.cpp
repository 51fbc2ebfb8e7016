// Missing pixels: log p(x_o) is the marginal of what is observed, what is filled in has the conditional's
// moments, and what cannot be integrated out is refused. Statistical checks reject correct samples with
// probability 1e-6 each; seeds are fixed.
#include "vae/missing.h"

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/small_vae.h"
#include "vae/evidence/importance.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/quadrature.h"
#include "vae/models.h"

using namespace vae;

namespace {

const Real missing = std::numeric_limits<Real>::quiet_NaN();

// x_a given x_b of a joint normal of D numbers: its mean and covariance, at the values of x_b.
struct Conditioned {
  Array mean, covariance;  // [n_a]  [n_a,n_a]
};
Conditioned conditioned(const LinearGaussian& model, const std::vector<std::size_t>& a,
                        const std::vector<std::size_t>& b, const Array& x_b) {
  const LinearGaussian::Joint joint = model.joint();  // of (z, x)
  const std::size_t Z = model.sizes().latent[0];
  const auto pick = [&](const std::vector<std::size_t>& rows, const std::vector<std::size_t>& columns) {
    Array part = empty({rows.size(), columns.size()});
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < columns.size(); ++j)
        part(i, j) = joint.covariance.value()(Z + rows[i], Z + columns[j]);
    return constant(part);
  };
  const auto mean_of = [&](const std::vector<std::size_t>& rows) {
    Array m = empty({rows.size(), 1});
    for (std::size_t i = 0; i < rows.size(); ++i) m(i, 0) = joint.mean.value()(0, Z + rows[i]);
    return constant(m);
  };
  const Var K = matmul(pick(a, b), inverse(pick(b, b)));
  const Var column = reshape(constant(x_b), {b.size(), 1});
  return {(mean_of(a) + matmul(K, column - mean_of(b))).value(),
          (pick(a, a) - matmul(K, pick(b, a))).value()};
}

}  // namespace

TEST_CASE("missing: log p of what is observed is its marginal, and its bound that of a model of it alone") {
  Evaluation scope;
  LinearGaussian whole({4, {2}}, Stream());
  Observed model(whole);
  const Array x = array({1, 4}, {Real(0.3), missing, Real(-1), missing});
  CHECK(share_observed(x) == 0.5);
  CHECK(share_observed(empty({0, 4})) == 1);
  CHECK(values_of(observed(x)) == std::vector<Real>{1, 0, 1, 0});

  // N(x_o; b_o, W_o W_oᵀ + σ²I)
  const std::vector<std::size_t> o = {0, 2};
  const Conditioned marginal = conditioned(whole, o, {}, empty({0}));
  const Var L = cholesky(constant(marginal.covariance));
  const Var x_o = constant(array({1, 2}, {Real(0.3), -1}));
  const double exact = nn::MultivariateNormal(reshape(constant(marginal.mean), {1, 2}), reshape(L, {1, 2, 2}))
                           .log_prob(x_o)
                           .item();
  CHECK(std::abs(ByQuadrature(model).log_px(constant(x)).item() - exact) < 1e-10);

  // The same by importance sampling with any q, on average.
  const std::size_t S = 20000;
  std::vector<double> ratio;
  for (const Real log_w : values_of(log_weights(model, constant(x), S, Stream()).value()))
    ratio.push_back(std::exp(log_w - exact));
  CHECK(average(ratio).agrees_with(1));

  // q is the one of an image with zeros, and the zeros are not scored.
  const Var zeroed = constant(array({1, 4}, {Real(0.3), 0, -1, 0}));
  const Latents z = {constant(array({1, 2}, {Real(0.2), Real(-0.4)}))};
  CHECK(log_posterior(model, constant(x), z).item() == log_posterior(whole, zeroed, z).item());
  const Var terms = decode(whole, z)->log_probs(zeroed);
  CHECK(std::abs(log_likelihood(model, constant(x), z).item() - terms.value()(0, 0) - terms.value()(0, 2)) <
        1e-12);

  // With nothing missing it is the model; with all of it, log p is 0.
  CHECK(elbo(model, zeroed, 3, KLForm::analytic, Stream()).elbo.item() ==
        elbo(whole, zeroed, 3, KLForm::analytic, Stream()).elbo.item());
  CHECK(std::abs(ByQuadrature(model).log_px(constant(full({1, 4}, missing))).item()) < 1e-12);
}

TEST_CASE(
    "missing: of every output the terms of missing pixels are left out, and chains of pixels are refused") {
  for (const LikelihoodKind kind :
       {LikelihoodKind::bernoulli, LikelihoodKind::continuous_bernoulli, LikelihoodKind::gaussian,
        LikelihoodKind::logistic_mixture, LikelihoodKind::categorical}) {
    INFO("likelihood " << int(kind));
    Evaluation scope;
    Architecture a = small_vae(kind);
    const std::unique_ptr<Model> whole = model_named("vae").make(a, Stream());
    const Observed model(*whole);
    const Latents z = {constant(uniform(Stream(), {1, 2}))};
    const Array x = array({1, 6}, {0, 1, missing, 1, missing, 0}), first = array({1, 6}, {0, 1, 0, 1, 0, 0}),
                second = array({1, 6}, {0, 1, 1, 1, 1, 0});
    const double score = log_likelihood(model, constant(x), z).item();
    for (const Array& filled : {first, second}) {
      const Var terms = decode(*whole, z)->log_probs(constant(filled));
      CHECK(std::abs(sum(terms).item() - log_likelihood(*whole, constant(filled), z).item()) < 1e-12);
      const double left_out = terms.value()(0, 2) + terms.value()(0, 4);
      CHECK(std::abs(sum(terms).item() - left_out - score) < 1e-12);
    }
  }

  // Pixels that depend on each other given z cannot be left out one by one.
  Architecture a = small_vae(LikelihoodKind::bernoulli);
  a.pixels = 16, a.decoder = DecoderKind::pixelcnn;
  const std::unique_ptr<Model> chain = model_named("vae").make(a, Stream());
  const Observed model(*chain);
  CHECK(says(message_of<std::logic_error>([&] {
               elbo(model, constant(full({1, 16}, missing)), 1, KLForm::analytic, Stream());
             }),
             {"[log_probs]", "not independent"}));
}

TEST_CASE("missing: a pixel outside of [0, 1] is named under a Bernoulli, beside missing ones") {
  const std::unique_ptr<Model> whole =
      model_named("vae").make(small_vae(LikelihoodKind::bernoulli), Stream());
  const Observed model(*whole);
  Evaluation scope;
  const Var x = constant(array({1, 6}, {0, missing, 255, 1, 1, 0}));
  CHECK(says(message_of<std::domain_error>([&] { elbo(model, x, 1, KLForm::analytic, Stream()); }),
             {"pixel 2 is 255", "[0, 1]"}));
}

TEST_CASE("missing: means and errors are those of the pixels that are observed, and missing") {
  const Array x = array({3, 2}, {1, missing, missing, missing, 3, missing});
  CHECK(values_of(pixel_means(x)) == std::vector<Real>{2, 0});
  const Array truth = array({3, 2}, {1, 5, 4, missing, 3, 7});
  CHECK(std::abs(error_at_missing(x, truth, array({1, 2}, {1, 6})) - std::sqrt((9 + 1 + 1) / 3.0)) < 1e-12);
  CHECK(std::abs(error_at_missing(x, truth, array({3, 2}, {0, 5, 4, 0, 0, 10})) - std::sqrt(3.0)) < 1e-12);
  CHECK(std::isnan(error_at_missing(truth, truth, truth)));
}

TEST_CASE("missing: the bound's gradient is that of finite differences, to second order") {
  LinearGaussian whole({4, {2}}, Stream());
  Observed model(whole);
  const Array x = array({2, 4}, {Real(0.3), missing, -1, 2, missing, missing, Real(0.5), missing});
  std::vector<Parameter*> at;
  for (const auto& [name, parameter] : model.parameters()) at.push_back(parameter);
  const GradientCheck check =
      check_gradient([&] { return elbo(model, constant(x), 2, KLForm::analytic, Stream()).elbo; }, at);
  INFO(check.worst);
  CHECK(check.ok());
}

TEST_CASE("missing: what is filled in has the mean and the variance of the conditional, for any q") {
  LinearGaussian whole({4, {2}}, Stream());
  const Observed model(whole);
  const Array x = array({2, 4}, {Real(0.3), missing, -1, missing, missing, 1, 2, Real(0.5)});
  const Conditioned exact = conditioned(whole, {1}, {0, 2}, array({2}, {Real(0.3), -1})),
                    other = conditioned(whole, {0}, {1, 2, 3}, array({3}, {1, 2, Real(0.5)}));
  std::vector<double> mean_1, mean_0, draw_1, draw_0, square_1;
  for (std::uint32_t run = 0; run < 200; ++run) {
    const FilledIn filled = fill_in(model, x, 2000, 50, Stream().at_epoch(run));
    REQUIRE(filled.draws.shape(0) == 100);
    mean_1.push_back(filled.mean(0, 1)), mean_0.push_back(filled.mean(1, 0));
    for (std::size_t r = 0; r < 100; r += 2) {
      draw_1.push_back(filled.draws(r, 1)), draw_0.push_back(filled.draws(r + 1, 0));
      square_1.push_back(std::pow(filled.draws(r, 1) - exact.mean(0), 2));
      CHECK((filled.draws(r, 2) == x(0, 2) && filled.draws(r + 1, 2) == x(1, 2)));
    }
    CHECK((filled.mean(0, 0) == x(0, 0) && filled.mean(1, 3) == x(1, 3)));
  }
  // The bias of weights that are normalised is of order 1/K.
  const auto near = [](const Average& a, double truth) {
    return std::abs(a.mean - truth) < 4.9 * a.error + 5e-3;
  };
  CHECK(near(average(mean_1), exact.mean(0)));
  CHECK(near(average(mean_0), other.mean(0)));
  CHECK(near(average(draw_1), exact.mean(0)));
  CHECK(near(average(draw_0), other.mean(0)));
  CHECK(near(average(square_1), exact.covariance(0, 0)));
  CHECK(average(draw_1).error < 0.02);  // a choice of z without the weights is farther away

  // The effective sample size is that of the weights.
  Evaluation scope;
  const Array size = fill_in(model, x, 30, 1, Stream()).effective_samples,
              w = exp(log_weights(model, constant(x), 30, Stream())).value();
  for (std::size_t i = 0; i < 2; ++i) {
    double sum = 0, squares = 0;
    for (std::size_t k = 0; k < 30; ++k) sum += w(2 * k + i), squares += w(2 * k + i) * w(2 * k + i);
    CHECK(std::abs(size(i) - sum * sum / squares) < 1e-9);
  }
  CHECK_THROWS_AS(fill_in(model, x, 0, 1, Stream()), std::invalid_argument);
}

TEST_CASE("missing: the decoder starts at the mean of what is observed") {
  Architecture a = small_vae(LikelihoodKind::gaussian);
  const std::unique_ptr<Model> whole = model_named("vae").make(a, Stream());
  Observed model(*whole);
  model.start_at(
      array({3, 6}, {1, 2, missing, 0, 0, 5, missing, 4, missing, 0, 0, 7, 3, missing, 6, 0, 0, 9}));
  Array decoder_bias;
  for (const auto& [name, parameter] : model.parameters())
    if (name == "decoder.1.bias" || name == "decoder.2.bias") decoder_bias = parameter->value();
  REQUIRE(decoder_bias.size() == 6);
  const std::vector<Real> means = {2, 3, 6, 0, 0, 7};
  for (std::size_t d = 0; d < 6; ++d) CHECK(std::abs(decoder_bias(d) - means[d]) < 1e-12);
}
