// What is reported of weights, against the sums themselves and on models whose weights have a known tail:
// with the posterior's mean and s² times its covariance as q, the largest weights have a Pareto tail of shape
// k = 1 − s². Seeds are fixed; where no rate is given, a check rejects right weights with probability 1e-6.
#include "vae/evidence/weights.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/copies_of_datum.h"
#include "vae/evidence/importance.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

namespace {

// q has the posterior's mean and s² times its covariance.
LinearGaussian scaled_posterior(std::size_t latents, double s2) {
  LinearGaussian model({4, {latents}, Covariance::isotropic, Covariance::full}, Stream());
  model.set_posterior_exact();
  for (const auto& [name, parameter] : model.parameters())
    if (name == "posterior.0.factor")
      for (std::size_t i = 0; i < latents; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
          Array& L = parameter->update();  // its diagonal in logarithms
          if (i == j) L(i, j) += std::log(s2) / 2;
          if (i != j) L(i, j) *= std::sqrt(s2);
        }
  return model;
}

struct Repeated {
  Evidence evidence;
  double truth;
};

// log p(x) of one datum, estimated again and again.
Repeated repeat(const LinearGaussian& model, std::size_t samples, std::size_t repetitions) {
  Evaluation scope;
  return {log_evidence(model, copies_of_datum(4, repetitions), samples, Stream(), 20000),
          model.log_px(constant(copies_of_datum(4, 1))).item()};
}

}  // namespace

TEST_CASE("weights: the mean, the effective sample size and the halves are those of the plain sums") {
  const Array log_w = normal(Stream(), {401});
  Weights w(401);
  double sum = 0, squares = 0, even = 0, odd = 0;
  for (std::size_t i = 0; i < 401; ++i) {
    w.add(log_w(i) - 5000);  // whose exponential is 0
    const double v = std::exp(log_w(i));
    sum += v, squares += v * v, (i % 2 ? odd : even) += v;
  }
  CHECK(w.log_mean() == Approx(std::log(sum / 401) - 5000).epsilon(1e-12));
  CHECK(w.effective_samples() == Approx(sum * sum / squares).epsilon(1e-10));
  CHECK(w.difference_of_halves() == Approx(std::log(even / 201) - std::log(odd / 200)).epsilon(1e-9));
  const double delta = std::sqrt(squares / (sum * sum) - 1 / 401.0), k = w.pareto_k();
  CHECK(k > 0);
  CHECK(w.standard_error() == Approx(delta * (1 + 2 * k * k)).epsilon(1e-10));
}

TEST_CASE("weights: equal ones have no tail and no error, and one weight says nothing of either") {
  Weights equal(100), one(1);
  for (int i = 0; i < 100; ++i) equal.add(-3);
  one.add(-3);
  CHECK(equal.log_mean() == -3);
  CHECK(equal.pareto_k() == -INFINITY);
  CHECK(equal.standard_error() == 0);
  CHECK(equal.effective_samples() == 100);
  CHECK(one.log_mean() == -3);
  CHECK(std::isnan(one.pareto_k()));
  CHECK(std::isnan(one.standard_error()));
  CHECK(std::isnan(one.difference_of_halves()));
}

TEST_CASE("weights: those of 0 count as draws") {
  Weights w(4);
  w.add(-INFINITY), w.add(0), w.add(-INFINITY), w.add(0);
  CHECK(w.log_mean() == Approx(std::log(0.5)));
  CHECK(w.effective_samples() == Approx(2));
}

// The shape is reached slowly with K: within 0.12 at K = 1000, and of one latent.
TEST_CASE("weights: k-hat is the shape that the tail is known to have") {
  for (const double k : {0.3, 0.5, 0.7}) {
    const Repeated r = repeat(scaled_posterior(1, 1 - k), 1000, 100);
    INFO(k << ": " << average(r.evidence.pareto_k).mean);
    CHECK(std::abs(average(r.evidence.pareto_k).mean - k) < 0.12);
  }
  CHECK(average(repeat(scaled_posterior(1, 1.5), 1000, 20).evidence.pareto_k).mean < 0);  // bounded weights
}

// A nominal 5 % of misses. Of 300 repetitions, more than 0.08 · 300 + 4.9 √(300 · 0.08 · 0.92) = 47 would be
// seen with probability 1e-6 if 8 % are missed. (The delta method at k̂ < 0.7 alone misses 42 to 105 here for
// s² < 1.)
TEST_CASE("weights: where an error is given, +-1.96 of it covers log p(x), whatever the tail") {
  constexpr std::size_t R = 300;
  for (const std::size_t latents : {1u, 4u})
    for (const double s2 : {1.5, 0.5, 0.3, 0.15}) {
      const Repeated r = repeat(scaled_posterior(latents, s2), 500, R);
      std::size_t given = 0, missed = 0;
      for (std::size_t i = 0; i < R; ++i) {
        const double error = r.evidence.standard_error[i];
        if (std::isnan(error)) continue;
        ++given;
        missed += std::abs(r.evidence.log_px[i] - r.truth) > 1.96 * error;
      }
      INFO(latents << " latents, s2 = " << s2 << ": given " << given << ", missed " << missed);
      CHECK(missed <= 47);
      if (s2 > 1) {  // a good q: always given, and not wider than need be
        CHECK(given == R);
        CHECK(missed >= 3);
      }
      if (s2 < 0.2) CHECK(given < 30);
    }
}

TEST_CASE(
    "weights: half the square of the halves' difference is the variance of half the draws, for any tail") {
  for (const double s2 : {1.5, 0.2}) {
    const LinearGaussian model = scaled_posterior(2, s2);
    const Repeated whole = repeat(model, 100, 1500), half = repeat(model, 50, 1500);
    std::vector<double> from_halves, squares, gain;
    const double centre = average(half.evidence.log_px).mean;
    for (const double d : whole.evidence.difference_of_halves) {
      from_halves.push_back(d * d / 2), gain.push_back(std::log(std::cosh(d / 2)));
    }
    for (const double v : half.evidence.log_px) squares.push_back((v - centre) * (v - centre));
    const Average a = average(from_halves), b = average(squares);
    CHECK(std::abs(a.mean - b.mean) < 4.9 * std::hypot(a.error, b.error));
    // and the mean of the halves lies below the whole by log cosh d/2
    const Average gained = average(gain), k = average(whole.evidence.log_px),
                  h = average(half.evidence.log_px);
    CHECK(std::abs(gained.mean - (k.mean - h.mean)) < 4.9 * std::hypot(k.error, h.error));
  }
}
