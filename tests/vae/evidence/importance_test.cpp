// log p(x) by importance sampling, on linear-Gaussian models, for which linear_gaussian.h knows it.
// Statistical checks reject correct samples with probability 1e-6 each; seeds are fixed.
#include "vae/evidence/importance.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/linear_gaussian.h"
#include "vae/autoregressive.h"
#include "vae/elbo.h"

using namespace vae;
namespace lg = linear_gaussian;

namespace {

constexpr std::size_t D = 3;

Architecture linear_hierarchy(std::size_t levels) {
  Architecture a;
  a.pixels = D, a.hidden = {}, a.latent.assign(levels, 1), a.likelihood = LikelihoodKind::gaussian;
  return a;
}

// A model whose q is the posterior, shifted and widened a little.
struct NearlyExact : AutoregressiveVAE {
  explicit NearlyExact(std::size_t levels) : AutoregressiveVAE(linear_hierarchy(levels), Stream()) {
    lg::randomize(*this, 20 + std::uint32_t(levels));
    lg::make_exact(*this, levels, D);
    for (std::size_t t = 0; t < levels; ++t) {
      Array& bias = lg::named(*this, "posterior." + std::to_string(t) + ".0.bias").update();
      bias(0) += 0.3 * std::exp(bias(1) / 2), bias(1) += 0.3;
    }
  }
};

Array data() { return array({2, D}, {0.7, -1.1, 0.4, -0.5, 0.9, 1.3}); }
lg::Vector row(std::size_t i) { return {data()(i, 0), data()(i, 1), data()(i, 2)}; }

}  // namespace

TEST_CASE("evidence: 20000 samples come within the standard error of the exact log p(x)") {
  for (std::size_t levels = 1; levels <= 4; ++levels) {
    NearlyExact model(levels);
    const lg::Chain p = lg::read_p(model, levels, D);
    const Evidence found = log_evidence(model, data(), 20000, Stream());
    for (std::size_t i = 0; i < 2; ++i) {
      const double truth = lg::log_evidence(p, row(i));
      INFO(levels << " levels: " << found.log_px[i] << " +- " << found.standard_error[i] << ", exactly "
                  << truth);
      CHECK(std::abs(found.log_px[i] - truth) < 4.9 * found.standard_error[i]);
      CHECK(found.standard_error[i] < 0.02);
      CHECK(found.standard_error[i] > 1e-4);
      CHECK(truth - lg::expected_elbo(lg::read_q(model, levels, row(i)), p, row(i)) > 0.03);
    }
  }
}

TEST_CASE("evidence: chunks of any size give the same number") {
  const NearlyExact model(3);
  const Evidence whole = log_evidence(model, data(), 300, Stream(), 100000);
  for (const std::size_t rows : {1u, 2u, 7u, 64u, 600u}) {
    const Evidence cut = log_evidence(model, data(), 300, Stream(), rows);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(std::abs(cut.log_px[i] - whole.log_px[i]) < 1e-12);
      CHECK(std::abs(cut.standard_error[i] - whole.standard_error[i]) < 1e-12);
    }
  }
}

TEST_CASE(
    "evidence: it is log 1/K sum w of the weights at the same places, and its error that of the mean "
    "weight") {
  const NearlyExact model(2);
  const Evidence found = log_evidence(model, data(), 50, Stream());
  Evaluation scope;
  const Array log_w = log_weights(model, constant(data()), 50, Stream()).value();
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<double> w;
    for (std::size_t k = 0; k < 50; ++k) w.push_back(std::exp(log_w(2 * k + i)));
    const Average mean_w = average(w);
    CHECK(found.log_px[i] == Approx(std::log(mean_w.mean)).epsilon(1e-12));
    CHECK(found.standard_error[i] == Approx(mean_w.error / mean_w.mean * std::sqrt(49.0 / 50)).epsilon(1e-9));
  }
}

TEST_CASE("evidence: with one sample the standard error is unknown") {
  const Evidence found = log_evidence(NearlyExact(2), data(), 1, Stream());
  for (const double error : found.standard_error) CHECK(std::isnan(error));
}

// 300 repetitions estimate a standard deviation to 4 %, and 20 % is five times that.
TEST_CASE("evidence: the standard error is the deviation over repetitions") {
  const NearlyExact model(2);
  std::vector<double> estimates, errors;
  for (std::uint32_t e = 0; e < 300; ++e) {
    const Evidence found = log_evidence(model, data(), 300, Stream().at_epoch(e));
    estimates.push_back(found.log_px[0]), errors.push_back(found.standard_error[0]);
  }
  CHECK(average(errors).mean / (average(estimates).error * std::sqrt(300.0)) == Approx(1).margin(0.2));
}

TEST_CASE(
    "evidence: on average the estimate is the bound for one sample, rises with K, and stays below log p(x)") {
  NearlyExact model(3);
  const lg::Chain p = lg::read_p(model, 3, D), q = lg::read_q(model, 3, row(0));
  std::vector<Average> by_samples;
  for (const std::size_t K : {1u, 3u, 30u}) {
    const Array copies = take_rows(data(), std::vector<std::size_t>(4000, 0));
    by_samples.push_back(average(log_evidence(model, copies, K, Stream()).log_px));
  }
  CHECK(by_samples[0].agrees_with(lg::expected_elbo(q, p, row(0))));
  CHECK(by_samples[1].mean - by_samples[0].mean > 4.9 * (by_samples[0].error + by_samples[1].error));
  CHECK(by_samples[2].mean - by_samples[1].mean > 4.9 * (by_samples[1].error + by_samples[2].error));
  CHECK(by_samples[2].mean < lg::log_evidence(p, row(0)));
}

// A common misstatement: P(x) is about the mean of p(x|z) over z ~ q. That mean is the density at x of N(Wμ +
// b, WΣWᵀ + σ²I) with q = N(μ, Σ), and not p(x).
TEST_CASE("evidence: without the weights something else is estimated, and larger") {
  NearlyExact model(4);
  lg::named(model, "decoder.log_std").update()(0) = -1.5;
  lg::make_exact(model, 4, D);
  const lg::Chain p = lg::read_p(model, 4, D);
  lg::Chain q_then_x = lg::read_q(model, 4, row(0));
  q_then_x.insert(q_then_x.end(), p.begin() + 4, p.end());
  const double truth = lg::log_evidence(p, row(0)),
               unweighted = lg::log_density_of_last(lg::joint(q_then_x), row(0));
  CHECK(unweighted - truth > 1);  // nats

  Evaluation scope;
  const Var x = constant(take_rows(data(), std::vector<std::size_t>(20000, 0)));
  const Array log_likelihood = vae::log_likelihood(model, x, latents(infer(model, x, 1, Stream()))).value();
  std::vector<double> likelihood;
  for (const Real l : values_of(log_likelihood)) likelihood.push_back(std::exp(l));
  CHECK(average(likelihood).agrees_with(std::exp(unweighted)));
  CHECK_FALSE(average(likelihood).agrees_with(std::exp(truth)));
  CHECK(std::abs(log_evidence(model, data(), 3, Stream()).log_px[0] - truth) < 1e-9);
}

TEST_CASE("evidence: memory does not grow with the number of samples") {
  Tape tape;
  const NearlyExact model(2);
  log_evidence(model, data(), 1000, Stream(), 100);
  const std::size_t before = tape.bytes();
  log_evidence(model, data(), 20000, Stream(), 100);
  CHECK(tape.bytes() == before);
  CHECK(tape.size() == 0);
}

TEST_CASE("evidence: weights that underflow still have their logarithm") {
  NearlyExact model(1);
  lg::named(model, "decoder.log_std").update()(0) = -8;
  lg::make_exact(model, 1, D);
  const Evidence found = log_evidence(model, data(), 3, Stream());
  const double truth = lg::log_evidence(lg::read_p(model, 1, D), row(0));
  CHECK(truth < -1e6);
  CHECK(found.log_px[0] == Approx(truth).epsilon(1e-9));
}
