// The Laplace distribution: known values, the kink of its cdf, and the KL of nearly equal and of narrow ones.
#include "nn/distributions/laplace.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("laplace: known values") {
  Evaluation scope;
  const Laplace p(one(1), one(std::log(2.0)));
  CHECK(p.log_prob(one(1)).item() == Approx(-std::log(4.0)).epsilon(1e-15));
  CHECK(p.log_prob(one(-3)).item() == Approx(-std::log(4.0) - 2).epsilon(1e-15));
  CHECK(p.entropy().item() == Approx(1 + std::log(4.0)).epsilon(1e-15));
  CHECK(p.variance().item() == Approx(8).epsilon(1e-15));
}

TEST_CASE("laplace: the slope of the cdf is the density, at the kink, too") {
  Step step;
  const Var x = variable(array({1, 3}, {0.25, 0.5, 1}));
  const Laplace p(row({0.5, 0.5, 0.5}), row({0, 0, 0}));
  const Array slopes = backward(sum(p.cdf(x)))[x];
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(slopes(0, i) == Approx(0.5 * std::exp(-std::abs(x.value()(0, i) - 0.5))));
}

TEST_CASE(
    "laplace: the KL keeps its digits for nearly equal ones, ½ t² for a shift of t, and for a narrow q") {
  Evaluation scope;
  CHECK(kl(Laplace(one(1e-6), one(0)), Laplace(one(0), one(0))).item() ==
        Approx(0.5e-12).epsilon(1e-5).margin(0));
  for (const double log_scale : {-16.0, -35.0, -40.0, -300.0})
    CHECK(kl(Laplace(one(0.3), one(log_scale)), Laplace(one(0), one(0))).item() ==
          Approx(0.3 - log_scale - 1).epsilon(1e-14));
}

// The KL is then −log b_q − 1 + log b_p + |μ_q − μ_p| / b_p, also where 1 / b_q overflows.
TEST_CASE("laplace: the KL of a narrow q has the slopes of a point") {
  for (const Real log_scale : {-35, -300, -800}) {
    Step step;
    INFO(log_scale);
    const Var mu = variable(full({1, 1}, 0.3)), log_b = variable(full({1, 1}, log_scale)),
              log_b_p = variable(full({1, 1}, 0.5));
    const Gradients g = backward(kl(Laplace(mu, log_b), Laplace(one(0), log_b_p)));
    CHECK(g[mu](0, 0) == Approx(std::exp(-0.5)).epsilon(1e-14));
    CHECK(g[log_b](0, 0) == Approx(-1).epsilon(1e-14));
    CHECK(g[log_b_p](0, 0) == Approx(1 - 0.3 * std::exp(-0.5)).epsilon(1e-14));
  }
}

TEST_CASE(
    "laplace: so has the KL of a narrow q with the same mean as p; of equal ones it is 0 with slope 0") {
  for (const Real log_scale : {-300, -720, -800}) {
    Step step;
    INFO(log_scale);
    const Var mu = variable(full({1, 1}, 0.3)), log_b = variable(full({1, 1}, log_scale)),
              log_b_p = variable(full({1, 1}, 0));
    const Var k = kl(Laplace(mu, log_b), Laplace(one(0.3), log_b_p));
    CHECK(k.item() == Approx(-log_scale - 1).epsilon(1e-14));
    const Gradients g = backward(k);
    CHECK(g[mu](0, 0) == 0);
    CHECK(g[log_b](0, 0) == Approx(-1).epsilon(1e-14));
    CHECK(g[log_b_p](0, 0) == Approx(1).epsilon(1e-14));
    const Var equal = kl(Laplace(mu, log_b), Laplace(one(0.3), log_b));
    CHECK(equal.item() == 0);
    CHECK(backward(equal)[log_b](0, 0) == 0);
  }
}
