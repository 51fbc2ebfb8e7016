// The Monte Carlo estimate of a KL against closed forms. Statistical checks fail true samples with
// probability 1e-6 each; seeds are fixed.
#include "nn/distributions/kl.h"

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("kl monte carlo: it agrees with closed forms, and its gradient with theirs") {
  Step step;
  const std::size_t n = 2000;
  const Shape shape = {n, 1};
  const auto c = [&](Real v) { return constant(full(shape, v)); };
  const Var mu = variable(full(shape, 0.4));
  const Normal q(mu, c(-0.5)), p(c(0), c(0.3));
  const Var estimate = kl_monte_carlo(q, p, 20, Stream());
  CHECK(estimate.shape() == Shape{n});
  CHECK(average(values_of(estimate.value())).agrees_with(kl(q, p).value()(0)));
  CHECK(average(values_of(backward(sum(estimate))[mu])).agrees_with(backward(sum(kl(q, p)))[mu](0, 0)));

  // Sample s is at its own place.
  const Array three = kl_monte_carlo(q, p, 3, Stream()).value();
  Array singles = zeros({n});
  for (std::uint32_t s = 0; s < 3; ++s) singles += kl_monte_carlo(q, p, 1, Stream().at_sample(s)).value() / 3;
  for (std::size_t i = 0; i < n; ++i) REQUIRE(three(i) == Approx(singles(i)).epsilon(1e-12));

  const Laplace q2(mu, c(-0.5)), p2(c(0), c(0.3));
  CHECK(average(values_of(kl_monte_carlo(q2, p2, 20, Stream()).value())).agrees_with(kl(q2, p2).value()(0)));

  // to a mixture of p with itself
  const Mixture same(constant(zeros({n, 2})), {p, p});
  CHECK(average(values_of(kl_monte_carlo(q, same, 5, Stream()).value())).agrees_with(kl(q, p).value()(0)));

  // The estimate for a relaxed one-hot and itself is exactly 0, at every sample.
  const RelaxedOneHot r(constant(zeros({n, 3})), 0.5);
  for (const Real k : values_of(kl_monte_carlo(r, r, 3, Stream()).value())) CHECK(k == 0);
  const RelaxedOneHot other(broadcast_to(row({1, 0, -1}), {n, 3}), 0.5);
  CHECK(average(values_of(kl_monte_carlo(r, other, 3, Stream()).value())).mean > 0.1);

  CHECK_THROWS_AS(kl_monte_carlo(Bernoulli(c(0)), Bernoulli(c(1)), 1, Stream()), std::logic_error);
  CHECK_THROWS_AS(kl_monte_carlo(q, p, 0, Stream()), std::invalid_argument);
}
