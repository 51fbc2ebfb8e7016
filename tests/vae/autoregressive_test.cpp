// The model with an autoregressive prior. With one level it is the plain VAE. On linear-Gaussian hierarchies,
// of which linear_gaussian.h knows log p(x), every KL and the posterior, bounds and samples are exact or
// agree within their standard errors. Statistical checks reject correct samples with probability 1e-6 each;
// seeds are fixed.
#include "vae/autoregressive.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/linear_gaussian.h"
#include "tests/vae/small_vae.h"
#include "vae/elbo.h"
#include "vae/evidence/importance.h"
#include "vae/vae.h"

using namespace vae;
namespace lg = linear_gaussian;

namespace {

constexpr std::size_t pixels = 3;

Architecture linear(std::size_t levels) {
  Architecture a;
  a.pixels = pixels;
  a.hidden = {};
  a.latent.assign(levels, 1);
  a.likelihood = LikelihoodKind::gaussian;
  return a;
}

struct LinearVAE : AutoregressiveVAE {
  explicit LinearVAE(std::size_t levels) : AutoregressiveVAE(linear(levels), Stream()) {
    lg::randomize(*this, std::uint32_t(levels));
  }
};

// One datum, and the same datum in many rows, each with its own noise: independent draws.
Array datum() { return array({1, pixels}, {0.7, -1.1, 0.4}); }
const lg::Vector x_of_datum = {0.7, -1.1, 0.4};
Array copies(std::size_t rows) { return take_rows(datum(), std::vector<std::size_t>(rows, 0)); }

// The bound of the datum with S samples, 20000 times with different noise; and the mean square of numbers
// about their expectation.
std::vector<Real> bounds(const Model& model, std::size_t samples, KLForm form) {
  return values_of(
      elbo(model, constant(copies(20000)), samples, form, Stream().at_epoch(std::uint32_t(samples)))
          .elbo.value());
}
Average squares(std::vector<Real> numbers, double expectation) {
  for (Real& v : numbers) v = (v - expectation) * (v - expectation);
  return average(numbers);
}

}  // namespace

// ---- one level --------------------------------------------------------------------------------------------

TEST_CASE(
    "autoregressive: one level is the plain VAE, bit for bit, from its first weights to its gradients") {
  for (const LikelihoodKind kind : {LikelihoodKind::bernoulli, LikelihoodKind::gaussian}) {
    Architecture a;
    a.pixels = 5, a.hidden = {7}, a.latent = {3}, a.likelihood = kind;
    VAE plain(a, Stream());
    AutoregressiveVAE one(a, Stream());
    const nn::NamedParameters p = plain.parameters(), o = one.parameters();
    REQUIRE(p.size() == o.size());
    const Array x = uniform(Stream().at_epoch(7), {4, 5});
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      Step step;
      const Bound from_plain = elbo(plain, constant(x), 3, form, Stream()),
                  from_one = elbo(one, constant(x), 3, form, Stream());
      CHECK(same(from_plain.elbo.value(), from_one.elbo.value()));
      Gradients g = backward(-mean(from_plain.elbo)), h = backward(-mean(from_one.elbo));
      for (std::size_t k = 0; k < p.size(); ++k) {
        INFO(p[k].first << " and " << o[k].first);
        CHECK(same(p[k].second->value(), o[k].second->value()));
        const Array gk = g[*p[k].second], hk = h[*o[k].second];
        for (std::size_t i = 0; i < gk.size(); ++i)
          CHECK(gk.data()[i] == Approx(hk.data()[i]).epsilon(1e-12).margin(1e-14));
      }
    }
    CHECK(log_evidence(plain, x, 20, Stream()).log_px == log_evidence(one, x, 20, Stream()).log_px);
    Evaluation scope;
    CHECK(same(generate(plain, 6, Stream())[0].value(), generate(one, 6, Stream())[0].value()));
  }
}

// ---- shapes and names -------------------------------------------------------------------------------------

TEST_CASE("autoregressive: parameters, as named and as oriented") {
  Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2, 3};
  AutoregressiveVAE model(a, Stream());
  std::string text;
  for (const auto& [name, parameter] : model.parameters())
    text += name + " " + to_string(parameter->shape()) + "\n";
  CHECK(text ==
        "posterior.0.0.weight [5,6]\nposterior.0.0.bias [5]\nposterior.0.2.weight [4,5]\nposterior.0.2.bias "
        "[4]\n"
        "posterior.1.0.weight [5,8]\nposterior.1.0.bias [5]\nposterior.1.2.weight [6,5]\nposterior.1.2.bias "
        "[6]\n"
        "prior.1.0.weight [5,2]\nprior.1.0.bias [5]\nprior.1.2.weight [6,5]\nprior.1.2.bias [6]\n"
        "decoder.0.weight [5,5]\ndecoder.0.bias [5]\ndecoder.2.weight [6,5]\ndecoder.2.bias [6]\n");
}

TEST_CASE("autoregressive: shapes of levels and of outputs, for inference and generation") {
  Evaluation scope;
  Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2, 3};
  const AutoregressiveVAE model(a, Stream());
  const Var x = constant(uniform(Stream(), {4, 6}));
  for (const std::vector<Level>& levels :
       {infer(model, x, 5, Stream().for_batch(4)), descend(model, 20, from_prior(Stream()))}) {
    REQUIRE(levels.size() == 2);
    for (std::size_t t = 0; t < 2; ++t) {
      CHECK(levels[t].z.shape() == Shape{20, a.latent[t]});
      CHECK(levels[t].p->shape() == Shape{20, a.latent[t]});
      if (levels[t].q) CHECK((*levels[t].q)->shape() == Shape{20, a.latent[t]});
    }
    CHECK(decode(model, latents(levels))->mean().shape() == Shape{20, 6});
  }
}

TEST_CASE("autoregressive: at a temperature every z is as far from its mean as a part of the draw") {
  Evaluation scope;
  Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2, 3};
  const AutoregressiveVAE model(a, Stream());
  const Latents z = generate(model, 4, Stream());
  for (const Real temperature : {0.0, 0.5, 1.0}) {
    const Latents nearer = generate(model, 4, Stream(), {}, temperature);
    CHECK(max(abs(nearer[0] - temperature * z[0])).item() < 1e-15);  // of mean 0
    const Density p = prior(model, {nearer[0]}, 4);
    const Var drawn = p->draw(Stream().at_level(1)).value;
    CHECK(max(abs(nearer[1] - (p->mean() + temperature * (drawn - p->mean())))).item() < 1e-15);
  }
}

TEST_CASE("autoregressive: z of more levels than there are, or of fewer than are needed, is refused") {
  Evaluation scope;
  Architecture a;
  a.pixels = 4, a.hidden = {}, a.latent = {2, 1};
  const AutoregressiveVAE model(a, Stream());
  const Var x = constant(full({3, 4}, 1));
  const Latents two = generate(model, 3, Stream()), one = {two[0]};
  Latents three = two;
  three.push_back(two[1]);
  for (const Latents& z : {one, three, Latents()}) {
    CHECK_THROWS_AS(decode(model, z), std::invalid_argument);
    CHECK_THROWS_AS(log_joint(model, x, z), std::invalid_argument);
    CHECK_THROWS_AS(log_posterior(model, x, z), std::invalid_argument);
  }
  CHECK_THROWS_AS(prior(model, two, 3), std::invalid_argument);
  CHECK_THROWS_AS(posterior(model, two, x, 1), std::invalid_argument);
  CHECK_THROWS_AS(generate(model, 3, Stream(), three), std::invalid_argument);
  CHECK_THROWS_AS(repeat_to(x, 5), std::invalid_argument);
  CHECK(infer(model, constant(zeros({0, 4})), 1, Stream()).back().z.shape() == Shape{0, 1});
}

TEST_CASE("autoregressive: no two networks begin with the same weights") {
  Architecture a;
  a.pixels = 2, a.hidden = {}, a.latent = {2, 2, 2};
  AutoregressiveVAE model(a, Stream());
  std::vector<double> first;
  for (const auto& [name, parameter] : model.parameters())
    if (name.find("weight") != std::string::npos)  // a ratio, because the scales differ
      first.push_back(parameter->value().data()[0] / parameter->value().data()[1]);
  std::sort(first.begin(), first.end());
  for (std::size_t i = 1; i < first.size(); ++i) CHECK(first[i] != Approx(first[i - 1]));
}

TEST_CASE("autoregressive: z_t = mu + sigma eps, with the noise of level t at the place (datum, sample, t)") {
  Evaluation scope;
  const LinearVAE model(3);
  const Stream noise = Stream().at(Purpose::posterior).for_data({5, 9});
  const std::vector<Level> levels = infer(model, constant(take_rows(datum(), {0, 0})), 2, noise);
  for (std::size_t t = 0; t < 3; ++t) {
    const Array epsilon = normal(noise.at_level(std::uint32_t(t)), {4, 1});
    for (std::size_t r = 0; r < 4; ++r)
      CHECK(levels[t].z.value()(r, 0) ==
            Approx(normal_of(*levels[t].q).mu.value()(r, 0) +
                   std::exp(0.5 * normal_of(*levels[t].q).log_var.value()(r, 0)) * epsilon(r, 0)));
  }
}

TEST_CASE("autoregressive: a level conditions on those above and on no others") {
  Evaluation scope;
  LinearVAE model(3);
  const Var x = constant(datum());
  const std::vector<Level> before = infer(model, x, 1, Stream());
  lg::named(model, "posterior.1.0.bias").update()(0) += 1;  // moves z₁
  const std::vector<Level> after = infer(model, x, 1, Stream());
  CHECK(same(before[0].z.value(), after[0].z.value()));
  CHECK(same(before[1].p->mean().value(), after[1].p->mean().value()));
  CHECK(after[1].z.item() == Approx(before[1].z.item() + 1));
  const double posterior_weight = lg::named(model, "posterior.2.0.weight").value()(0, pixels + 1);
  const double prior_weight = lg::named(model, "prior.2.0.weight").value()(0, 1);
  CHECK(normal_of(*after[2].q).mu.item() == Approx(normal_of(*before[2].q).mu.item() + posterior_weight));
  CHECK(after[2].p->mean().item() == Approx(before[2].p->mean().item() + prior_weight));
}

// ---- exact: q is the posterior ----------------------------------------------------------------------------

TEST_CASE("autoregressive: with the posterior for q, the Monte Carlo bound is log p(x) at every draw") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    LinearVAE model(levels);
    lg::make_exact(model, levels, pixels);
    const Array x = normal(Stream().at_epoch(9), {5, pixels});
    const lg::Chain p = lg::read_p(model, levels, pixels);
    INFO(levels << " levels");
    Evaluation scope;
    const Array bound = elbo(model, constant(x), 4, KLForm::monte_carlo, Stream()).elbo.value();
    const Array weights = log_weights(model, constant(x), 4, Stream()).value();
    const Evidence evidence = log_evidence(model, x, 200, Stream());
    for (std::size_t i = 0; i < 5; ++i) {
      const double truth = lg::log_evidence(p, {x(i, 0), x(i, 1), x(i, 2)});
      CHECK(std::abs(bound(i) - truth) < 1e-9);
      for (std::size_t s = 0; s < 4; ++s) CHECK(std::abs(weights(s * 5 + i) - truth) < 1e-9);
      CHECK(std::abs(evidence.log_px[i] - truth) < 1e-9);
      CHECK(evidence.standard_error[i] < 1e-7);
    }
  }
}

TEST_CASE(
    "autoregressive: with the posterior for q, the analytic bound is log p(x) on average, and each KL its "
    "expectation") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    LinearVAE model(levels);
    lg::make_exact(model, levels, pixels);
    const lg::Chain p = lg::read_p(model, levels, pixels), q = lg::read_q(model, levels, x_of_datum);
    INFO(levels << " levels");
    Evaluation scope;
    const Bound bound = elbo(model, constant(copies(20000)), 1, KLForm::analytic, Stream());
    CHECK(average(values_of(bound.elbo.value())).agrees_with(lg::log_evidence(p, x_of_datum)));
    REQUIRE(bound.kl_per_level.size() == levels);
    for (std::size_t t = 0; t < levels; ++t)
      CHECK(average(values_of(bound.kl_per_level[t].value())).agrees_with(lg::expected_kl(q, p, t)));
  }
}

// For one level, log p(x|z) = log p(x) + log q(z|x) − log p(z) with z = μ + σε, which has the variance of
// ½ (σ² − 1) ε² + μσε.
TEST_CASE(
    "autoregressive: with the posterior for q, the Monte Carlo form has variance 0, and the analytic form "
    "has not") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    LinearVAE model(levels);
    lg::make_exact(model, levels, pixels);
    const double truth = lg::log_evidence(lg::read_p(model, levels, pixels), x_of_datum);
    INFO(levels << " levels");
    Evaluation scope;
    const Average constant_one = squares(bounds(model, 1, KLForm::monte_carlo), truth);
    const Average varying_one = squares(bounds(model, 1, KLForm::analytic), truth);
    CHECK(constant_one.mean < 1e-18);
    CHECK(varying_one.mean > 1e-3);
    CHECK(average(bounds(model, 1, KLForm::analytic)).agrees_with(truth));
    if (levels > 1) continue;
    const lg::Conditional q = lg::read_q(model, 1, x_of_datum)[0];
    const double mu = q.intercept, variance = q.variance;
    CHECK(varying_one.agrees_with(0.5 * (variance - 1) * (variance - 1) + mu * mu * variance));
  }
}

// ---- exact: q is anything ---------------------------------------------------------------------------------

TEST_CASE("autoregressive: for any q, E elbo + KL(q | posterior) = log p(x), exactly and on average") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    LinearVAE model(levels);
    const lg::Chain p = lg::read_p(model, levels, pixels), q = lg::read_q(model, levels, x_of_datum);
    const double log_px = lg::log_evidence(p, x_of_datum), gap = lg::kl_to_posterior(q, p, x_of_datum);
    INFO(levels << " levels: log p(x) " << log_px << ", gap " << gap);
    CHECK(gap > 0.1);
    CHECK(std::abs(lg::expected_elbo(q, p, x_of_datum) + gap - log_px) < 1e-10 * gap);

    Evaluation scope;
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      const Bound bound = elbo(model, constant(copies(20000)), 1, form, Stream());
      CHECK(average(values_of(bound.elbo.value())).agrees_with(log_px - gap));
      CHECK(average(values_of(bound.reconstruction.value()))
                .agrees_with(lg::expected_reconstruction(q, p, x_of_datum)));
      for (std::size_t t = 0; t < levels; ++t)
        CHECK(average(values_of(bound.kl_per_level[t].value())).agrees_with(lg::expected_kl(q, p, t)));
    }
  }
}

// Both variances are averages of squares about the exact expectation. A true ratio of 1/16 is rejected with
// probability 1e-6; the band is at most a quarter of it to either side.
TEST_CASE("autoregressive: the variance of the bound over the noise falls as 1/S") {
  for (const std::size_t levels : {1u, 3u})
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      LinearVAE model(levels);
      lg::make_exact(model, levels, pixels);
      for (std::size_t t = 0; t < levels; ++t)
        lg::named(model, "posterior." + std::to_string(t) + ".0.bias").update() += 0.3;
      const double expected = lg::expected_elbo(lg::read_q(model, levels, x_of_datum),
                                                lg::read_p(model, levels, pixels), x_of_datum);
      Evaluation scope;
      const Average one = squares(bounds(model, 1, form), expected),
                    sixteen = squares(bounds(model, 16, form), expected);
      const double ratio = sixteen.mean / one.mean,
                   error = ratio * std::hypot(one.error / one.mean, sixteen.error / sixteen.mean);
      INFO(levels << " levels: " << one.mean << " and " << sixteen.mean << ", ratio " << ratio << " +- "
                  << error);
      CHECK(std::abs(ratio - 1.0 / 16) < 4.9 * error);
      CHECK(error < 0.05 / 16);
    }
}

// A common misstatement drops the average over z_<t: KL_t then stands at the mean of z_<t, and is too small.
TEST_CASE("autoregressive: KL_t is averaged over z_<t, not taken at its mean") {
  LinearVAE model(2);
  lg::named(model, "posterior.1.0.weight").update()(0, pixels) += 1.5;
  const lg::Chain p = lg::read_p(model, 2, pixels), q = lg::read_q(model, 2, x_of_datum);
  const double slope = q[1].weights[0] - p[1].weights[0];
  const double missing = 0.5 * slope * slope * q[0].variance / p[1].variance;
  lg::Chain narrow = q;
  narrow[0].variance = 0;
  CHECK(missing > 0.1);
  CHECK(lg::expected_kl(q, p, 1) - lg::expected_kl(narrow, p, 1) == Approx(missing));
  Evaluation scope;
  const Average kl_1 = average(
      values_of(elbo(model, constant(copies(20000)), 1, KLForm::analytic, Stream()).kl_per_level[1].value()));
  CHECK(kl_1.agrees_with(lg::expected_kl(q, p, 1)));
  CHECK_FALSE(kl_1.agrees_with(lg::expected_kl(narrow, p, 1)));
}

// ---- gradients --------------------------------------------------------------------------------------------

// The exact gradient is that of the expected bound, by differences, for all weights but those from z to
// log-variances, with which the variances would not be constant.
TEST_CASE("autoregressive: the pathwise gradient is unbiased") {
  for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
    constexpr std::size_t levels = 3, draws = 3000;
    LinearVAE model(levels);
    lg::make_exact(model, levels, pixels);
    for (std::size_t t = 0; t < levels; ++t)
      lg::named(model, "posterior." + std::to_string(t) + ".0.bias").update()(0) += 0.3;

    std::vector<std::vector<std::vector<double>>> sampled;  // by parameter, element, draw
    const nn::NamedParameters parameters = model.parameters();
    for (const auto& [name, parameter] : parameters)
      sampled.emplace_back(parameter->value().size(), std::vector<double>(draws));
    for (std::uint32_t n = 0; n < draws; ++n) {
      Step step;
      Gradients g = backward(sum(elbo(model, constant(datum()), 1, form, Stream().at_epoch(n)).elbo));
      for (std::size_t k = 0; k < parameters.size(); ++k)
        for (std::size_t i = 0; i < sampled[k].size(); ++i)
          sampled[k][i][n] = g[*parameters[k].second].data()[i];
    }

    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const std::string& name = parameters[k].first;
      Parameter& theta = *parameters[k].second;
      const bool gaussian = name.find("decoder") != 0 && theta.shape().size() == 2;
      const std::size_t inputs = gaussian ? theta.shape()[1] : 0,
                        from_x = name.find("posterior") == 0 ? pixels : 0;
      for (std::size_t i = 0; i < sampled[k].size(); ++i) {
        if (gaussian && i >= inputs && i - inputs >= from_x) continue;
        const auto moved = [&](double by) {
          theta.update().data()[i] += by;
          const double value = lg::expected_elbo(lg::read_q(model, levels, x_of_datum),
                                                 lg::read_p(model, levels, pixels), x_of_datum);
          theta.update().data()[i] -= by;
          return value;
        };
        const double exact = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        const Average found = average(sampled[k][i]);
        INFO(name << " element " << i << ": " << found.mean << " +- " << found.error << ", exactly "
                  << exact);
        CHECK(std::abs(found.mean - exact) < 4.9 * found.error + 1e-6);
      }
    }
  }
}

// ---- generation -------------------------------------------------------------------------------------------

TEST_CASE("autoregressive: generated z and x have the means and covariances of the model") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    constexpr std::size_t rows = 20000;
    LinearVAE model(levels);
    const lg::Joint truth = lg::joint(lg::read_p(model, levels, pixels));
    Evaluation scope;
    const Stream stream = Stream().at(Purpose::prior);
    const Latents z = generate(model, rows, stream);
    const Array x = decode(model, z)->sample(stream.at(Purpose::output));
    const auto coordinate = [&](std::size_t i, std::size_t r) {
      return i < levels ? z[i].value()(r, 0) : x(r, i - levels);
    };
    for (std::size_t i = 0; i < levels + pixels; ++i) {
      std::vector<double> values(rows), products(rows);
      for (std::size_t r = 0; r < rows; ++r) values[r] = coordinate(i, r);
      INFO(levels << " levels, coordinate " << i);
      CHECK(average(values).agrees_with(truth.mean[i]));
      for (std::size_t j = 0; j <= i; ++j) {
        for (std::size_t r = 0; r < rows; ++r)
          products[r] = (values[r] - truth.mean[i]) * (coordinate(j, r) - truth.mean[j]);
        CHECK(average(products).agrees_with(truth.covariance[i][j]));
      }
    }
  }
}

TEST_CASE("autoregressive: levels held fixed stay, and the further ones follow from them") {
  constexpr std::size_t levels = 4;
  LinearVAE model(levels);
  Evaluation scope;
  const Stream stream = Stream().at(Purpose::prior), other = stream.at_epoch(1);
  const Latents drawn = generate(model, 5, stream), elsewhere = generate(model, 5, other);
  for (std::size_t k = 0; k <= levels; ++k) {
    const Latents above(drawn.begin(), drawn.begin() + std::ptrdiff_t(k));
    const Latents again = generate(model, 5, stream, above), mixed = generate(model, 5, other, above);
    REQUIRE(again.size() == levels);
    REQUIRE(mixed.size() == levels);
    INFO(k << " levels held");
    for (std::size_t t = 0; t < levels; ++t) {
      CHECK(same(again[t].value(), drawn[t].value()));  // the same noise
      CHECK(same(mixed[t].value(), drawn[t].value()) == (t < k));
      CHECK(same(mixed[t].value(), elsewhere[t].value()) == (k == 0));
    }
  }
}

TEST_CASE(
    "autoregressive: below levels held fixed, z has the mean and covariance of p(z_t|z_<t) given them") {
  constexpr std::size_t levels = 4, held = 2, rows = 20000;
  LinearVAE model(levels);
  lg::Chain p = lg::read_p(model, levels, pixels);
  const lg::Vector given = {1.3, -0.8};
  for (std::size_t t = 0; t < held; ++t) p[t] = {{}, given[t], 0};
  const lg::Joint truth = lg::joint(p);
  Evaluation scope;
  Latents above;
  for (const double value : given) above.push_back(constant(full({rows, 1}, value)));
  const Latents found = generate(model, rows, Stream().at(Purpose::prior), above);
  for (std::size_t i = 0; i < levels; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      std::vector<double> values, products;
      for (std::size_t r = 0; r < rows; ++r) {
        values.push_back(found[i].value()(r, 0));
        products.push_back((values.back() - truth.mean[i]) * (found[j].value()(r, 0) - truth.mean[j]));
      }
      INFO("levels " << i << " and " << j);
      CHECK(average(values).agrees_with(truth.mean[i]));
      CHECK(average(products).agrees_with(truth.covariance[i][j]));
    }
}
