// The weighted objectives, by hand, and on which side of the bound they are.
#include "vae/bounds/weighting.h"

#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/exact/nearly_exact.h"

using namespace vae;

namespace {

// Two data, two levels, with KLs of 1 and 3, and of 0.25 and 0.5.
Bound two_levels() {
  Bound b;
  b.reconstruction = constant(array({2}, {-10, -20}));
  b.kl_per_level = {constant(array({2}, {1, 3})), constant(array({2}, {0.25, 0.5}))};
  b.kl = b.kl_per_level[0] + b.kl_per_level[1];
  b.elbo = b.reconstruction - b.kl;
  return b;
}

}  // namespace

TEST_CASE("weighting: beta times the KL, and by default the bound itself") {
  Evaluation scope;
  const Bound b = two_levels();
  const auto check = [&](const Weighting& w, double first, double second) {
    const Array found = weighted(b, w).value();
    CHECK(found(0) == Approx(first).epsilon(1e-15));
    CHECK(found(1) == Approx(second).epsilon(1e-15));
  };
  check({}, -11.25, -23.5);
  check({4, 0}, -15, -34);
  check({0, 0}, -10, -20);
  // The mean KLs are 2 and 0.375.
  check({1, 0.5}, -10 - 2.5, -20 - 2.5);
  check({2, 0.5}, -10 - 5, -20 - 5);
  check({1, 0.1}, -10 - 2.375, -20 - 2.375);
  check({1, 3}, -10 - 6, -20 - 6);
}

TEST_CASE("weighting: a level below its free bits has no gradient, one above has all of it") {
  Step scope;
  const Var first = variable(array({2}, {1, 3})), second = variable(array({2}, {0.25, 0.5}));
  Bound b = two_levels();
  b.kl_per_level = {first, second};
  const Gradients g = backward(mean(weighted(b, {1, 0.5})));
  CHECK(g[first](0) == Approx(-0.5));
  CHECK(g[first](1) == Approx(-0.5));
  CHECK(g[second](0) == 0);
  CHECK(g[second](1) == 0);
}

TEST_CASE(
    "weighting: on a linear-Gaussian hierarchy, below the bound for beta > 1 and free bits, above for beta < "
    "1") {
  Evaluation scope;
  LinearGaussian model = nearly_exact(3, {2, 1, 1});
  const Var x = constant(array({2, 3}, {0.7, -1.1, 0.4, -0.5, 0.9, 1.3}));
  const Bound exact = model.expected_bound(x);
  const auto mean_of = [&](const Weighting& w) { return mean(weighted(exact, w)).item(); };
  CHECK(mean_of({}) == Approx(mean(exact.elbo).item()).epsilon(1e-14));
  CHECK(mean_of({4, 0}) == Approx(mean(exact.elbo - 3 * exact.kl).item()).epsilon(1e-14));
  CHECK(mean_of({1, 1}) < mean_of({}) - 0.01);
  // For beta = 0.1 it exceeds log p(x): it is no bound.
  CHECK(mean_of({0.1, 0}) > mean(model.log_px(x)).item() + 0.01);
}

TEST_CASE("weighting: the warm-up is linear, and without steps there is none") {
  CHECK(warm_up(0, 10) == 0);
  CHECK(warm_up(5, 10) == 0.5);
  CHECK(warm_up(10, 10) == 1);
  CHECK(warm_up(11, 10) == 1);
  CHECK(warm_up(0, 0) == 1);
}

TEST_CASE("weighting: negative weights are refused, and NaN") {
  Evaluation scope;
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const Weighting& w : {Weighting{-1, 0}, Weighting{1, -0.1}, Weighting{nan, 0}, Weighting{1, nan}})
    CHECK_THROWS_AS(weighted(two_levels(), w), std::domain_error);
}
