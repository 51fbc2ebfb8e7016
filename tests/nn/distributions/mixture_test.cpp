// The mixture: shapes and kinds that do not fit, and the choice of a component by each datum.
#include "nn/distributions/mixture.h"

#include <cmath>
#include <functional>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("mixture: components and logits that do not fit are refused") {
  Evaluation scope;
  const auto c = [](const Shape& shape) { return constant(full(shape, 0.5)); };
  const auto message = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  const Normal n(c({4, 2}), c({4, 2})), narrow(c({4, 1}), c({4, 1}));
  CHECK(says(message([&] { Mixture(c({4, 3}), {n, n}); }), {"[mixture]", "[4,3]", "2 components"}));
  CHECK(says(message([&] { Mixture(c({4, 0}), {}); }), {"[mixture]", "0 components"}));
  CHECK(says(message([&] { Mixture(c({4, 2}), {n, narrow}); }), {"[mixture]", "[4,2]", "[4,1]"}));
  CHECK(says(message([&] { Mixture(c({3, 2}), {n, n}); }), {"[mixture]", "[3,2]"}));
  const Bernoulli coins(c({4, 2}));
  CHECK(says(message([&] {
               Mixture(c({4, 2}), {coins, n});
             }),
             {"[mixture]", "component 0 is discrete", "component 1 continuous"}));
  CHECK(says(message([&] {
               Mixture(c({4, 2}), {n, coins});
             }),
             {"[mixture]", "component 1 is discrete", "component 0 continuous"}));
  CHECK(Mixture(c({4, 2}), {coins, coins}).log_prob(c({4, 2})).shape() == Shape{4});
}

// Of N(−10, 1) and U(0, 1), which is a continuous Bernoulli with logits of 0.
TEST_CASE("mixture: each datum chooses one component, by weights of its own") {
  Evaluation scope;
  const std::size_t n = 4000;
  const Shape shape = {n, 2};
  const auto c = [&](Real v) { return constant(full(shape, v)); };
  Array logits = zeros({n, 2});
  for (std::size_t i = 0; i < n; ++i) logits(i, 0) = i % 2 ? 50 : 0, logits(i, 1) = i % 2 ? 0 : std::log(3.0);
  const Mixture p(constant(logits), {Normal(c(-10), c(0)), ContinuousBernoulli(c(0))});
  const Array x = p.sample(Stream());
  double second = 0;
  for (std::size_t i = 0; i < n; ++i) {
    CHECK((x(i, 0) > 0) == (x(i, 1) > 0));
    if (i % 2) CHECK(x(i, 0) < 0);
    second += x(i, 0) > 0;
  }
  CHECK(std::abs(second / (n / 2) - 0.75) < 4.9 * std::sqrt(0.75 * 0.25 / (n / 2)));
  CHECK(p.mean().value()(0, 0) == Approx(0.25 * -10 + 0.75 * 0.5));
  CHECK(p.variance().value()(0, 0) == Approx(0.25 * 1 + 0.75 / 12.0 + 0.25 * 0.75 * 10.5 * 10.5));
  // where one component has no density at all
  CHECK(p.log_prob(constant(full(shape, -10))).value()(0) == Approx(std::log(0.25) - std::log(2 * M_PI)));
}

TEST_CASE(
    "mixture: a logit of -inf is a weight of 0; where no component has density, the slopes are not NaN") {
  Step step;
  const Var l = variable(array({1, 2}, {0, -infinity})), m = variable(full({1, 1}, 3));
  const Mixture p(l, {ContinuousBernoulli(one(0)), Normal(m, one(0))});
  CHECK(p.log_prob(one(0.5)).item() == 0);
  CHECK(backward(p.log_prob(one(0.5)))[l](0, 1) == 0);
  CHECK(p.mean().item() == 0.5);
  const Var nowhere = Mixture(l, {ContinuousBernoulli(one(0)), ContinuousBernoulli(m)}).log_prob(one(2));
  CHECK(nowhere.item() == -infinity);
  for (const Var& v : {l, m})
    for (const Real slope : backward(nowhere)[v]) CHECK_FALSE(std::isnan(slope));
  CHECK(says(message_of<std::domain_error>([] {
               Mixture(row({-infinity, -infinity}), {Normal(one(0), one(0)), Normal(one(0), one(0))});
             }),
             {"[mixture]", "all -inf"}));
}
