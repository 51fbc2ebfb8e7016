// Facts about single precision, in which training runs. The other tests are in double.
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "autograd/gradcheck.h"
#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/ops/reference_conv2d.h"
#include "tests/catch.h"

using namespace autograd;

static_assert(std::is_same_v<Real, float>, "this file is compiled in single precision");

TEST_CASE("float: a cumulative sum counts beyond 2^24") {
  Evaluation scope;
  const std::size_t n = (1 << 24) + 64;
  const Array y = cumsum(constant(full({n}, 1)), 0).value();
  CHECK(y.data()[n - 1] == Real(n));
}

TEST_CASE("float: the sum of 2e7 ones is 2e7, and their mean 1") {
  Evaluation scope;
  const Var ones = constant(full({20000000}, 1));  // adding them one by one ends at 2²⁴ = 16777216
  CHECK(sum(ones).item() == 2e7f);
  CHECK(mean(ones).item() == 1);
}

TEST_CASE("float: long sums keep their digits, along rows and along columns") {
  Evaluation scope;
  const std::size_t n = 1000000;
  const float truth = float(double(0.1f) * double(n));  // adding one by one: 100958
  CHECK(sum(constant(full({1, n}, 0.1f)), {1}).item() == Approx(truth).epsilon(1e-6));
  const Array columns = sum(constant(full({n, 3}, 0.1f)), {0}).value();
  for (std::size_t j = 0; j < 3; ++j) CHECK(columns(j) == Approx(truth).epsilon(2e-5));
}

TEST_CASE("float: ten million normal numbers are finite, their extremes below 6.77") {
  float largest = 0;
  for (std::uint32_t e = 0; e < 10; ++e) {
    const Array z = normal(Stream().at_epoch(e), {1000, 1000});
    CHECK(all_finite(z));
    for (std::size_t i = 0; i < z.size(); ++i) largest = std::max(largest, std::abs(z.data()[i]));
  }
  CHECK(largest < 6.77f);
  CHECK(largest > 4.5f);
}

TEST_CASE("float: uniform numbers stay inside (0, 1), although words near 2^32 round to 1") {
  float least = 1, largest = 0;
  for (std::uint32_t e = 0; e < 60; ++e) {
    const Array u = uniform(Stream().at_epoch(e), {1000, 1000});
    for (std::size_t i = 0; i < u.size(); ++i)
      least = std::min(least, u.data()[i]), largest = std::max(largest, u.data()[i]);
  }
  CHECK(least > 0);
  CHECK(largest == std::nextafter(1.0f, 0.0f));  // met with probability 0.995: its interval is 1.5 · 2⁻²⁴
}

TEST_CASE("float: the stable forms") {
  Evaluation scope;
  const auto at = [](float x) { return constant(full({}, x)); };
  CHECK(softplus(at(100)).item() == 100);
  CHECK(softplus(at(-80)).item() == Approx(std::exp(-80.0)).epsilon(1e-5).margin(0));
  CHECK(expm1(at(1e-6f)).item() == Approx(1.0000005e-6).epsilon(1e-6).margin(0));
  CHECK(bernoulli_log_prob(Real(0), at(1000)).item() == -1000);
  CHECK(bernoulli_log_prob(Real(1), at(1000)).item() == 0);
  CHECK(logsumexp(constant(full({4}, 200)), {0}).item() == Approx(200 + std::log(4.0)).epsilon(1e-6));
  CHECK(std::isnan(relu(at(std::numeric_limits<float>::quiet_NaN())).item()));
  CHECK(std::isnan(clamp(at(std::numeric_limits<float>::quiet_NaN()), -1, 1).item()));
}

TEST_CASE("float: the slope of sqrt at 0 is infinite however small the adjoint, and 0 for an adjoint of 0") {
  const auto slope = [](float g) {
    Step step;
    const Var x = variable(full({}, 0));
    return backward(sum(sqrt(x) * Real(g)))[x].data()[0];
  };
  CHECK(slope(1e-30f) == std::numeric_limits<float>::infinity());  // g² is 0
  CHECK(slope(-1e-30f) == -std::numeric_limits<float>::infinity());
  CHECK(slope(0) == 0);
}

// The values from mpmath.
TEST_CASE("float: slopes and values that a difference with 1 would lose") {
  const auto slope = [](Var (*f)(Var), float at) {
    Step step;
    const Var x = variable(full({}, at));
    return backward(f(x))[x].data()[0];
  };
  const auto known = [](float found, double expected) {
    CHECK(found == Approx(expected).epsilon(6e-7).margin(0));
  };
  known(slope(sigmoid, 17), 4.1399373760035016e-8);
  CHECK(slope(sigmoid, -17) == slope(sigmoid, 17));
  known(slope(tanh, 9), 6.0919917123232292e-8);
  CHECK(slope(tanh, -9) == slope(tanh, 9));
  known(slope(expm1, -20), 2.0611536224385578e-9);
  known(slope([](Var l) { return bernoulli_log_prob(Real(1), l); }, 20), 2.0611536181902037e-9);
  Evaluation scope;
  known(gelu(constant(full({}, -6))).item(), -5.9195258702261888e-9);
  known(logsumexp(constant(array({2}, {0, -20})), {0}).item(), 2.06115362031e-9);
  known(log_softmax(constant(array({2}, {20, 0})), 0).value()(0), -2.06115362031e-9);
}

// Slopes of softmax are y (ȳ − Σ ȳ y): to a rounding of the largest ȳ, as ops.h says.
TEST_CASE("float: the slopes of softmax and log_softmax are right to a rounding of the largest adjoint") {
  for (const float l : {0.5f, 3.0f, 9.0f, 17.0f}) {
    Step step;
    const Var x = variable(array({2}, {l, 0})), weight = constant(array({2}, {3, -1}));
    const double p = 1 / (1 + std::exp(double(l)));  // of the second
    const Array g = backward(sum(weight * softmax(x, 0)))[x],
                h = backward(sum(weight * log_softmax(x, 0)))[x];
    CHECK(g(0) == Approx(4 * p * (1 - p)).margin(3 * 6e-8));
    CHECK(g(1) == Approx(-4 * p * (1 - p)).margin(3 * 6e-8));
    CHECK(h(0) == Approx(1 + 2 * p).margin(3 * 6e-8));
    CHECK(h(1) == Approx(-1 - 2 * p).margin(3 * 6e-8));
  }
}

TEST_CASE("float: norms whose squares overflow or are denormal, with their slopes") {
  for (const float unit : {1e19f, 1e-23f, 1e-40f}) {
    Step step;
    INFO(unit);
    const Var x = variable(array({2}, {3 * unit, 4 * unit})), y = norm(x);
    CHECK(y.item() / unit == Approx(5).epsilon(unit < 1e-38f ? 1e-4 : 3e-7));
    CHECK(backward(y)[x](0) == Approx(0.6).epsilon(unit < 1e-38f ? 1e-4 : 3e-7));
    CHECK(backward(y)[x](1) == Approx(0.8).epsilon(unit < 1e-38f ? 1e-4 : 3e-7));
  }
}

TEST_CASE("float: a variance whose mean is rounded, with its slopes") {
  Step step;
  const Var x = variable(array({2}, {16777216, 16777218})), y = var(x);
  CHECK(y.item() == 1);
  CHECK(backward(y)[x](0) == -1);
  CHECK(backward(y)[x](1) == 1);
}

TEST_CASE("float: functions agree with double to a few units in the last place") {
  Evaluation scope;
  for (float x = -8; x < 8; x += 0.37f) {
    const Var v = constant(full({}, x)), p = constant(full({}, std::abs(x) + 0.01f));
    CHECK(exp(v).item() == Approx(std::exp(double(x))).epsilon(5e-7));
    CHECK(tanh(v).item() == Approx(std::tanh(double(x))).epsilon(5e-7));
    CHECK(sigmoid(v).item() == Approx(1 / (1 + std::exp(-double(x)))).epsilon(5e-7));
    CHECK(softplus(v).item() == Approx(std::log1p(std::exp(double(x)))).epsilon(5e-7));
    CHECK(log(p).item() == Approx(std::log(double(p.item()))).epsilon(5e-7).margin(1e-7));
  }
}

// A register holds twice as many numbers as in double, so that other branches of the loops are taken.
TEST_CASE("float: convolutions agree with their definition, and their adjoints with them") {
  Evaluation scope;
  struct Case {
    Shape x, W;
    Convolution how;
  };
  const std::vector<Case> cases = {{{3, 17, 9, 20}, {35, 17, 3, 3}, {1, 1, 1}},
                                   {{2, 5, 6, 47}, {3, 5, 3, 3}, {1, 1, 1}},
                                   {{40, 16, 2, 2}, {48, 16, 3, 3}, {1, 1, 1}},
                                   {{2, 8, 14, 14}, {16, 4, 4, 4}, {2, 1, 2}}};
  const auto inner_product = [](const Array& a, const Array& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double(a.data()[i]) * double(b.data()[i]);
    return sum;
  };
  for (const Case& c : cases) {
    const Array x = normal(Stream(), c.x), W = normal(Stream().at_epoch(1), c.W),
                truth = reference_conv2d(x, W, c.how);
    const Array y = conv2d(constant(x), constant(W), c.how).value();
    REQUIRE(y.shape() == truth.shape());
    float largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
      largest = std::max(largest, std::abs(y.data()[i] - truth.data()[i]));
    CHECK(largest < 3e-5f);

    const Array u = normal(Stream().at_epoch(2), y.shape());
    const double form = inner_product(u, truth),
                 error = 1e-6 * std::sqrt(double(u.size()) * double(W.size()));
    CHECK(inner_product(conv2d_input(constant(u), constant(W), c.x, c.how).value(), x) ==
          Approx(form).margin(error));
    CHECK(inner_product(conv2d_weight(constant(u), constant(x), c.W, c.how).value(), W) ==
          Approx(form).margin(error));
  }
}

TEST_CASE("float: erfc and log_normal_cdf keep their digits far in the tails") {
  for (const float at : {0.5f, 3.9f, 8.713f}) {
    Evaluation scope;
    CHECK(erfc(constant(full({}, at))).item() == Approx(std::erfc(double(at))).epsilon(1e-6));
  }
  for (const float at : {0.5f, 7.3f, 11.357f, 12.979f}) {
    Step scope;
    const Var x = variable(full({}, at)), y = log_normal_cdf(x);
    const double upper = 0.5 * std::erfc(double(at) / std::sqrt(2.0)),
                 density = std::exp(-0.5 * double(at) * double(at)) / std::sqrt(2 * M_PI);
    CHECK(y.item() == Approx(std::log1p(-upper)).epsilon(1e-6));
    CHECK(backward(y)[x].data()[0] == Approx(density / (1 - upper)).epsilon(1e-6));
  }
}

TEST_CASE("float: gradients are not checked in float, where differences say nothing") {
  const auto message = message_of<std::logic_error>(
      [] { check_gradient([](const std::vector<Var>& x) { return tanh(x[0]); }, {full({2}, 1)}); });
  CHECK(says(message, {"[check_gradient]", "elbo64"}));
}
