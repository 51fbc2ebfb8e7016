// The operations on numbers: values against the standard library in long double, and conventions at the
// edges.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

// ---- values -----------------------------------------------------------------------------------------------

TEST_CASE("elementwise: values of one operand agree with the standard library") {
  const std::vector<Real> anywhere = {-30, -3.7, -1, -0.3, -1e-10, 0, 1e-10, 0.2, 1, 2.5, 30};
  const std::vector<Real> positive = {1e-300, 1e-8, 0.3, 1, 2, 1e8, 1e300};
  check_values({
      {"neg", [](Var x) { return -x; }, [](long double x) { return -x; }, anywhere, 2e-15},
      {"square", square, [](long double x) { return x * x; }, anywhere, 2e-15},
      {"sqrt", sqrt, [](long double x) { return std::sqrt(x); }, positive, 2e-15},
      {"exp", exp, [](long double x) { return std::exp(x); }, anywhere, 2e-15},
      {"expm1", expm1, [](long double x) { return std::expm1(x); }, anywhere, 2e-15},
      {"log", log, [](long double x) { return std::log(x); }, positive, 2e-15},
      {"tanh", tanh, [](long double x) { return std::tanh(x); }, anywhere, 2e-15},
      {"sigmoid", sigmoid, [](long double x) { return 1 / (1 + std::exp(-x)); }, anywhere, 2e-15},
      {"softplus", softplus, [](long double x) { return std::log1p(std::exp(x)); }, anywhere, 2e-15},
      {"relu", relu, [](long double x) { return x > 0 ? x : 0; }, anywhere, 2e-15},
      {"clamp", [](Var x) { return clamp(x, -1, 2); },
       [](long double x) { return std::min(std::max(x, -1.0L), 2.0L); }, anywhere, 2e-15},
      {"stop_gradient", stop_gradient, [](long double x) { return x; }, anywhere, 2e-15},
      {"abs", abs, [](long double x) { return std::fabs(x); }, anywhere, 1e-16},
      {"reciprocal", reciprocal, [](long double x) { return 1 / x; }, {-3, -1e-300, 0.1, 7}, 3e-16},
      {"log1p",
       log1p,
       [](long double x) { return std::log1p(x); },
       {-0.9, -1e-18, 0, 1e-18, 3, 1e300},
       5e-16},
      {"log_sigmoid",
       log_sigmoid,
       [](long double x) { return -std::log1p(std::exp(-x)); },
       {-30, -1, 0, 1, 30, 700},
       5e-16},
      {"sin", sin, [](long double x) { return std::sin(x); }, anywhere, 5e-16},
      {"cos", cos, [](long double x) { return std::cos(x); }, anywhere, 5e-16},
      {"atan", atan, [](long double x) { return std::atan(x); }, anywhere, 5e-16},
      {"elu", [](Var x) { return elu(x, 2); }, [](long double x) { return x > 0 ? x : 2 * std::expm1(x); },
       anywhere, 5e-16},
      {"leaky_relu", [](Var x) { return leaky_relu(x, 0.25); },
       [](long double x) { return x > 0 ? x : x / 4; }, anywhere, 1e-16},
      {"silu", silu, [](long double x) { return x / (1 + std::exp(-x)); }, anywhere, 9e-16},
  });
}

TEST_CASE("elementwise: the value of an element does not depend on its place in the array") {
  Evaluation scope;
  for (Var (*f)(Var) : {exp, log, tanh, sigmoid, softplus, sqrt, expm1}) {
    const std::vector<Real> found = values_of(f(constant(full({37}, 0.7))).value());
    for (const Real y : found) CHECK(y == found.front());
  }
}

// Some of the neighbours need another formula.
TEST_CASE("elementwise: exp and log do not depend on the neighbours of an element") {
  const Array x = uniform(Stream(), {1001});
  Array far = x, tiny = x;
  for (std::size_t i = 0; i < x.size(); i += 7) far.data()[i] = -710, tiny.data()[i] = Real(1e-310);
  Evaluation scope;
  const Array e = exp(constant(x)).value(), e_beside = exp(constant(far)).value();
  const Array l = log(constant(x)).value(), l_beside = log(constant(tiny)).value();
  std::size_t different = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % 7) different += e.data()[i] != e_beside.data()[i], different += l.data()[i] != l_beside.data()[i];
  CHECK(different == 0);
}

TEST_CASE("elementwise: values of two operands") {
  Evaluation scope;
  const Var a = vector({1, -2, 3, 0}), b = vector({4, 5, -0.5, 1});
  CHECK(values_of((a + b).value()) == std::vector<Real>{5, 3, 2.5, 1});
  CHECK(values_of((a - b).value()) == std::vector<Real>{-3, -7, 3.5, -1});
  CHECK(values_of((a * b).value()) == std::vector<Real>{4, -10, -1.5, 0});
  CHECK(values_of((a / b).value()) == std::vector<Real>{0.25, -0.4, -6, 0});
  CHECK(values_of((a > b).value()) == std::vector<Real>{0, 0, 1, 0});
  CHECK(values_of((a < b).value()) == std::vector<Real>{1, 1, 0, 1});
  CHECK(values_of((a > a).value()) == std::vector<Real>{0, 0, 0, 0});
  CHECK(values_of(where(a, a, b).value()) == std::vector<Real>{1, 5, 3, 1});
  CHECK(values_of((Real(1) - a).value()) == std::vector<Real>{0, 3, -2, 1});
  CHECK(values_of((Real(6) / b).value()) == std::vector<Real>{1.5, 1.2, -12, 6});
}

// ---- edges ------------------------------------------------------------------------------------------------

TEST_CASE("elementwise: relu has slope 0 at 0 and keeps NaN") {
  CHECK(slope(relu, 0) == 0);
  CHECK(slope(relu, 1e-300) == 1);
  CHECK(std::isnan(value(relu, not_a_number)));
  CHECK(value(relu, -inf) == 0);
  CHECK(value(relu, inf) == inf);
}

TEST_CASE("elementwise: softplus and its slope are exact far out, and the slope at 0 is a half") {
  CHECK(value(softplus, 1000) == 1000);
  CHECK(value(softplus, -1000) == 0);
  CHECK(value(softplus, -700) == Approx(std::exp(-700.0)).epsilon(1e-13).margin(0));
  CHECK(value(softplus, inf) == inf);
  CHECK(value(softplus, -inf) == 0);
  CHECK(std::isnan(value(softplus, not_a_number)));
  CHECK(slope(softplus, 0) == 0.5);
  CHECK(slope(softplus, 1000) == 1);
  CHECK(slope(softplus, -1000) == 0);
}

TEST_CASE("elementwise: sigmoid and tanh saturate without NaN, and so do their slopes") {
  CHECK(value(sigmoid, 1000) == 1);
  CHECK(value(sigmoid, -1000) == 0);
  CHECK(value(tanh, 1000) == 1);
  CHECK(value(tanh, -1000) == -1);
  CHECK(slope(sigmoid, 1000) == 0);
  CHECK(slope(sigmoid, -1000) == 0);
  CHECK(slope(tanh, 1000) == 0);
}

// From mpmath, as all numbers below that have many digits.
TEST_CASE("elementwise: slopes keep their digits where the value rounds to 1 or -1") {
  const auto known = [](Real found, double expected) {
    CHECK(found == Approx(expected).epsilon(4e-15).margin(0));
  };
  known(slope(sigmoid, 40), 4.2483542552915889e-18);
  CHECK(slope(sigmoid, -40) == slope(sigmoid, 40));
  known(slope(tanh, 20), 1.6993417021166356e-17);
  CHECK(slope(tanh, -20) == slope(tanh, 20));
  known(slope(expm1, -40), 4.2483542552915890e-18);
  known(slope([](Var l) { return bernoulli_log_prob(Real(1), l); }, 40), 4.2483542552915889e-18);
  known(slope([](Var l) { return bernoulli_log_prob(Real(0), l); }, -40), -4.2483542552915889e-18);
}

// y = σ(x) has y'' = y' (1 − 2y) and y‴ = y' (1 − 6y'); tanh x is 2 σ(2x) − 1.
TEST_CASE(
    "elementwise: four derivatives of sigmoid and tanh at 0, on both sides of which their rule differs") {
  const std::vector<double> of_sigmoid = {0.25, 0, -0.125, 0}, of_tanh = {1, 0, -2, 0};
  Step step;
  const Var x = variable(full({}, 0));
  Var y = sigmoid(x), z = tanh(x);
  for (std::size_t n = 0; n < 4; ++n) {
    y = grad(y, {x})[0], z = grad(z, {x})[0];
    CHECK(y.item() == Approx(of_sigmoid[n]).margin(1e-16));
    CHECK(z.item() == Approx(of_tanh[n]).margin(1e-15));
  }
}

TEST_CASE(
    "elementwise: the excess of the exponential keeps its digits near 0, and is infinite at both ends") {
  const std::vector<std::pair<Real, double>> truth = {
      {1e-8, 5.0000000166666669e-17},
      {1e-4, 5.0001666708334171e-9},
      {-1e-4, 4.9998333374999171e-9},
      {0.3, 0.0498588075760031},
      {-0.3, 0.040818220681717863},
      {0.499, 0.14807337351534517},
      {-0.499, 0.10613749373878963},
      {0.6, 0.22211880039050896},
      {-0.6, 0.14881163609402642},
      {3, 16.085536923187668},
      {-1000, 999},
  };
  for (const auto& [x, expected] : truth) {
    INFO(x);
    CHECK(value(exp_excess, x) == Approx(expected).epsilon(4e-15).margin(0));
    CHECK(slope(exp_excess, x) == Approx(std::expm1(x)).epsilon(1e-15).margin(0));
  }
  for (const Real end : {-inf, inf}) CHECK(value(exp_excess, end) == inf);
  CHECK(value(exp_excess, 0) == 0);
  CHECK(std::isnan(value(exp_excess, not_a_number)));
}

TEST_CASE("elementwise: silu at infinity has the limits of its value and its slope") {
  CHECK(value(silu, -inf) == 0);
  CHECK(value(silu, inf) == inf);
  CHECK(slope(silu, -inf) == 0);
  CHECK(slope(silu, inf) == 1);
  CHECK(std::isnan(value(silu, not_a_number)));
}

TEST_CASE("elementwise: sqrt of 0 is 0 with an infinite slope; of a negative number, NaN") {
  CHECK(value(sqrt, 0) == 0);
  CHECK(slope(sqrt, 0) == inf);
  CHECK(std::isnan(value(sqrt, -1)));
  CHECK(slope([](Var x) { return where(x > Real(0), sqrt(x), Real(0)); }, 0) == 0);
}

TEST_CASE("elementwise: expm1 keeps its digits near 0 and exp its range") {
  CHECK(value(expm1, 1e-20) == Approx(1e-20).epsilon(1e-15).margin(0));
  CHECK(value(expm1, -1000) == -1);
  CHECK(value(exp, -1000) == 0);
  CHECK(value(exp, 1000) == inf);
  CHECK(value(log, 0) == -inf);
}

TEST_CASE("elementwise: clamp has slope 1 at its bounds, 0 outside, and keeps NaN") {
  const auto f = [](Var x) { return clamp(x, -1, 2); };
  CHECK(slope(f, -1) == 1);
  CHECK(slope(f, 2) == 1);
  CHECK(slope(f, std::nextafter(Real(2), Real(3))) == 0);
  CHECK(slope(f, std::nextafter(Real(-1), Real(-2))) == 0);
  CHECK(std::isnan(value(f, not_a_number)));
  CHECK(value(f, inf) == 2);
  CHECK(value(f, -inf) == -1);
  CHECK_THROWS_AS(value([](Var x) { return clamp(x, 2, 1); }, 0), std::invalid_argument);
}

TEST_CASE(
    "elementwise: clamp_leading_back has the value of clamp, and outside the slopes that lead back inside") {
  const auto bounded = [](Var x) { return clamp_leading_back(x, -1, 2); };
  for (const Real x : {-inf, Real(-5), Real(-1), Real(0.3), Real(2), Real(7), inf})
    CHECK(value(bounded, x) == std::min(std::max(x, Real(-1)), Real(2)));
  CHECK(std::isnan(value(bounded, not_a_number)));
  const auto rising = bounded;
  const auto falling = [](Var x) { return -clamp_leading_back(x, -1, 2); };
  for (const Real inside : {-1.0, 0.3, 2.0}) {
    CHECK(slope(rising, inside) == 1);
    CHECK(slope(falling, inside) == -1);
  }
  // Descending a loss that rises moves x down: back inside from above, further out from below.
  CHECK(slope(rising, 7) == 1);
  CHECK(slope(rising, -5) == 0);
  CHECK(slope(falling, 7) == 0);
  CHECK(slope(falling, -5) == -1);
  CHECK(std::isnan(slope([](Var x) { return Real(not_a_number) * clamp_leading_back(x, -1, 2); }, 7)));
  CHECK(std::isnan(slope([](Var x) { return Real(not_a_number) * clamp_leading_back(x, -1, 2); }, -5)));
  CHECK(says(message_of<std::invalid_argument>([] { clamp_leading_back(vector({0}), 2, 1); }),
             {"[clamp_leading_back]"}));
}

TEST_CASE("elementwise: comparisons with NaN are false, and where takes its third operand then") {
  Evaluation scope;
  CHECK((vector({not_a_number}) > Real(0)).item() == 0);
  CHECK((vector({not_a_number}) < Real(0)).item() == 0);
  CHECK(where(vector({not_a_number}), Real(1), Real(2)).item() == 2);
}

TEST_CASE("elementwise: where sends the gradient to the operand that it takes") {
  const auto f = [](Var x) { return where(x > Real(1), square(x), Real(3) * x); };
  CHECK(slope(f, 1) == 3);
  CHECK(slope(f, 2) == 4);
}

TEST_CASE("elementwise: no gradient flows through stop_gradient or a comparison") {
  CHECK(slope([](Var x) { return x * stop_gradient(x); }, 3) == 3);
  CHECK(slope([](Var x) { return x + (x > Real(0)); }, 3) == 1);
  CHECK(slope([](Var x) { return where(x, Real(2), Real(5)) + x; }, 3) == 1);
}

TEST_CASE("elementwise: ties share their slope, and NaN is never chosen away") {
  CHECK(slope([](Var x) { return maximum(x, Real(1)); }, 1) == 0.5);
  CHECK(slope([](Var x) { return minimum(x, Real(1)); }, 1) == 0.5);
  CHECK(slope([](Var x) { return maximum(x, x); }, 1) == 1);
  CHECK(slope([](Var x) { return abs(x); }, 0) == 0);
  Evaluation scope;
  CHECK(std::isnan(maximum(vector({not_a_number}), Real(1)).item()));
  CHECK(std::isnan(maximum(Real(1), vector({not_a_number})).item()));
  CHECK(std::isnan(minimum(vector({not_a_number}), Real(1)).item()));
  CHECK(maximum(vector({inf}), vector({inf})).item() == inf);
  for (const auto& f : {elu, leaky_relu}) CHECK(std::isnan(f(vector({not_a_number}), Real(0.5)).item()));
}

TEST_CASE("elementwise: pow at its edges") {
  Evaluation scope;
  CHECK(values_of(pow(vector({0, 0, -2, -2, 2, 0}), vector({0, 2, 3, 2, 0.5, -1})).value()) ==
        std::vector<Real>{1, 0, -8, 4, Real(std::sqrt(2.0)), inf});
  CHECK(std::isnan(pow(vector({-2}), Real(0.5)).item()));
  CHECK(slope([](Var x) { return pow(x, Real(0)); }, 0) == 0);
  CHECK(slope([](Var x) { return pow(x, Real(1)); }, 0) == 1);
  CHECK(slope([](Var x) { return pow(x, Real(2)); }, 0) == 0);
  CHECK(slope([](Var b) { return pow(Real(0), b); }, 2) == 0);
  CHECK(slope([](Var b) { return pow(Real(0), b); }, 0) == 0);
}

// That of |x| is 0 at 0, and those of aᵇ at b = 0 are those of 1 + b log a + …
TEST_CASE("elementwise: second derivatives of abs at 0 and of pow at exponent 0") {
  using Vars = const std::vector<Var>&;
  CHECK(values_of(hessian([](Vars v) { return sum(abs(v[0])); }, {array({3}, {0, 2, -1})})) ==
        std::vector<Real>(9, 0));
  const auto power = [](Vars v) { return sum(pow(slice(v[0], 0, 0, 1), slice(v[0], 0, 1, 2))); };
  const Array H = hessian(power, {array({2}, {2, 0})});
  const double log2 = std::log(2.0);
  CHECK(H(0, 0) == 0);
  CHECK(H(0, 1) == Approx(0.5));
  CHECK(H(1, 0) == Approx(0.5));
  CHECK(H(1, 1) == Approx(log2 * log2));
  CHECK(values_of(hessian([](Vars v) { return sum(pow(v[0], Real(0))); }, {array({3}, {1e-200, 2, -1})})) ==
        std::vector<Real>(9, 0));
}

TEST_CASE("elementwise: the Bernoulli log-probability is exact at logits of 1000 and sums to one") {
  const auto zero = [](Var l) { return bernoulli_log_prob(Real(0), l); };
  const auto one = [](Var l) { return bernoulli_log_prob(Real(1), l); };
  CHECK(value(one, 1000) == 0);
  CHECK(value(zero, -1000) == 0);
  CHECK(value(zero, 1000) == -1000);
  CHECK(value(one, -1000) == -1000);
  CHECK(slope(zero, 1000) == -1);
  CHECK(slope(one, 1000) == 0);
  CHECK(slope(one, 0) == 0.5);
  for (const Real l : {-3.0, 0.0, 0.7, 20.0})
    CHECK(std::exp(value(zero, l)) + std::exp(value(one, l)) == Approx(1).epsilon(1e-15));
  CHECK(value(one, 2) == Approx(double(std::log(1 / (1 + std::exp(-2.0L))))).epsilon(1e-14));
}

TEST_CASE(
    "elementwise: the Bernoulli log-probability at infinite logits, which are probabilities of 0 and 1") {
  const auto log_p = [](Real x, Real l) {
    Evaluation scope;
    return bernoulli_log_prob(x, vector({l})).item();
  };
  CHECK(log_p(1, inf) == 0);
  CHECK(log_p(0, -inf) == 0);
  for (const Real x : {0.0, 0.5}) CHECK(log_p(x, inf) == -inf);
  for (const Real x : {1.0, 0.5}) CHECK(log_p(x, -inf) == -inf);
  CHECK(std::isnan(log_p(not_a_number, inf)));
  CHECK(std::isnan(log_p(0, not_a_number)));
  CHECK(slope([](Var l) { return bernoulli_log_prob(Real(1), l); }, inf) == 0);
  CHECK(slope([](Var l) { return bernoulli_log_prob(Real(0), l); }, inf) == -1);
}

TEST_CASE("elementwise: the Bernoulli log-probability is minus infinity outside [0, 1]") {
  CHECK(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, -1e-9) == -inf);
  CHECK(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, 1.001) == -inf);
  CHECK(std::isnan(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, not_a_number)));
}

// ---- errors -----------------------------------------------------------------------------------------------

TEST_CASE("elementwise: shapes that do not fit are named, with the operation") {
  CHECK(says(refusal([&] { operand({2, 3}) + operand({4}); }), {"[add]", "[2,3]", "[4]"}));
  CHECK(says(refusal([&] { operand({2, 3}) - operand({2}); }), {"[sub]", "[2,3]", "[2]"}));
  CHECK(says(refusal([&] { operand({2, 3}) * operand({3, 3}); }), {"[mul]", "[2,3]", "[3,3]"}));
  CHECK(says(refusal([&] { operand({0}) / operand({3}); }), {"[div]", "[0]", "[3]"}));
  CHECK(says(refusal([&] { where(operand({2}), operand({3}), Real(0)); }), {"[where]", "[2]", "[3]"}));
  CHECK(says(refusal([&] {
               bernoulli_log_prob(operand({2, 3}), operand({2, 4}));
             }),
             {"[bernoulli_log_prob]", "[2,3]", "[2,4]"}));
  CHECK(says(refusal([&] { pow(operand({2}), operand({3})); }), {"[pow]", "[2]", "[3]"}));
}
