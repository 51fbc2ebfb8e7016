// Values, edges and errors of the special functions, the choices, the other reductions and the movements of
// elements. Their gradients are checked in ops_test.cpp, from the table.
#include <cmath>
#include <functional>
#include <limits>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

const Real inf = std::numeric_limits<Real>::infinity();
const Real nan_ = std::numeric_limits<Real>::quiet_NaN();

Array vector_of(const std::vector<Real>& values) { return array({values.size()}, values); }

}  // namespace

TEST_CASE("ops: the quantile of a tilted uniform distribution keeps to [0, 1] and its digits at the ends") {
  const auto at = [](Real u, Real l) { return truncated_exponential_quantile(vector({u}), vector({l})).item(); };
  CHECK(at(0, 40) == 0);
  CHECK(at(1, -40) == 1);
  CHECK(at(1, 800) == 1);
  CHECK(at(0, -800) == 0);
  CHECK(at(1e-18, 40) == Approx(std::log1p(1e-18 * std::expm1(40.0)) / 40).epsilon(1e-13));
  CHECK(at(1 - 1e-12, -20) == Approx(1 - std::log1p(1e-12 * std::expm1(20.0)) / 20).epsilon(1e-6));
}

TEST_CASE("more ops: values of one operand agree with the standard library") {
  struct Case {
    const char* name;
    Var (*f)(Var);
    long double (*truth)(long double);
    std::vector<Real> at;
    double epsilon;
  };
  const std::vector<Real> anywhere = {-30, -3.7, -1, -0.3, -1e-10, 0, 1e-10, 0.2, 1, 2.5, 30};
  const std::vector<Case> cases = {
      {"abs", abs, [](long double x) { return std::fabs(x); }, anywhere, 0},
      {"reciprocal", reciprocal, [](long double x) { return 1 / x; }, {-3, -1e-300, 0.1, 7}, 2e-16},
      {"log1p",
       log1p,
       [](long double x) { return std::log1p(x); },
       {-0.9, -1e-18, 0, 1e-18, 3, 1e300},
       4e-16},
      {"log_sigmoid",
       log_sigmoid,
       [](long double x) { return -std::log1p(std::exp(-x)); },
       {-30, -1, 0, 1, 30, 700},
       4e-16},
      {"sin", sin, [](long double x) { return std::sin(x); }, anywhere, 4e-16},
      {"cos", cos, [](long double x) { return std::cos(x); }, anywhere, 4e-16},
      {"atan", atan, [](long double x) { return std::atan(x); }, anywhere, 4e-16},
      {"elu", [](Var x) { return elu(x, 2); }, [](long double x) { return x > 0 ? x : 2 * std::expm1(x); },
       anywhere, 4e-16},
      {"leaky_relu", [](Var x) { return leaky_relu(x, 0.25); },
       [](long double x) { return x > 0 ? x : x / 4; }, anywhere, 0},
      {"silu", silu, [](long double x) { return x / (1 + std::exp(-x)); }, anywhere, 8e-16},
      {"erf", erf, [](long double x) { return std::erf(x); }, {-6, -1, -1e-10, 0, 0.3, 2, 6}, 1e-14},
      {"erfc", erfc, [](long double x) { return std::erfc(x); }, {-6, -1, 0, 0.3, 2, 6, 15, 26}, 1e-15},
      {"gelu",
       gelu,
       [](long double x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; },
       {-3, -1, 0, 0.3, 2, 6},
       1e-12},
      {"lgamma",
       lgamma,
       [](long double x) { return std::lgamma(x); },
       {-3.3, -0.5, 1e-5, 0.5, 3, 50, 1e10},
       4e-15},
      {"log_normal_cdf",
       log_normal_cdf,
       [](long double x) { return std::log(std::erfc(-x / std::sqrt(2.0L)) / 2); },
       {-100, -37, -30.5, -29.5, -10, -1, 0},
       1e-14},
  };
  for (const Case& c : cases) {
    Evaluation scope;
    const std::vector<Real> found = values_of(c.f(vector(c.at)).value());
    for (std::size_t i = 0; i < c.at.size(); ++i) {
      INFO(c.name << " at " << c.at[i]);
      CHECK(found[i] == Approx(double(c.truth(c.at[i]))).epsilon(c.epsilon + 1e-16).margin(0));
    }
  }
}

// ψ(1) = −γ, ψ(½) = −γ − 2 log 2, ψ(10) = H₉ − γ, ψ'(1) = π²/6, ψ'(½) = π²/2, ψ''(1) = −2 ζ(3); by reflection
// ψ(−½) = ψ(3/2).
TEST_CASE("more ops: digamma and polygamma at known places") {
  Evaluation scope;
  const double gamma = 0.57721566490153286, pi = 3.14159265358979324, zeta3 = 1.20205690315959429;
  CHECK(value(digamma, 1) == Approx(-gamma).epsilon(1e-14));
  CHECK(value(digamma, 0.5) == Approx(-gamma - 2 * std::log(2.0)).epsilon(1e-14));
  CHECK(value(digamma, 10) == Approx(7129.0 / 2520 - gamma).epsilon(1e-14));
  CHECK(value(digamma, -0.5) == Approx(-gamma - 2 * std::log(2.0) + 2).epsilon(1e-12));
  CHECK(value(digamma, -30.25) == Approx(value(digamma, 31.25) - pi / std::tan(pi * -30.25)).epsilon(1e-13));
  CHECK(value([](Var x) { return polygamma(1, x); }, 1) == Approx(pi * pi / 6).epsilon(1e-14));
  CHECK(value([](Var x) { return polygamma(1, x); }, 0.5) == Approx(pi * pi / 2).epsilon(1e-14));
  CHECK(value([](Var x) { return polygamma(2, x); }, 1) == Approx(-2 * zeta3).epsilon(1e-14));
  CHECK(std::isnan(value(digamma, -2)));
  CHECK(std::isnan(value(digamma, nan_)));
}

TEST_CASE("more ops: log_normal_cdf in tails where the cdf itself is 0 or 1") {
  CHECK(value(log_normal_cdf, -1e4) == Approx(-5e7 - std::log(1e4) - 0.91893853320467274).epsilon(1e-15));
  CHECK(value(log_normal_cdf, 10) == Approx(-7.61985302416052609e-24).epsilon(1e-12).margin(0));
  CHECK(value(log_normal_cdf, inf) == 0);
  CHECK(value(log_normal_cdf, -inf) == -inf);
  CHECK(std::isnan(value(log_normal_cdf, nan_)));
  CHECK(slope([](Var x) { return log_normal_cdf(x); }, -40) ==
        Approx(40 + 1 / 40.0).epsilon(1e-4));  // the inverse Mills ratio, −x − 1/x + …
}

// Of the first four, from the definition in 700 digits. At -8 and -11.99 by Leibniz' rule, further out by the
// series.
TEST_CASE("more ops: the derivatives of log_normal_cdf keep their digits in the lower tail") {
  const std::vector<std::pair<Real, std::vector<double>>> truth = {
      {-8, {8.1213681122361127, -0.98567511655665909, 0.0032918765663441355, 0.0011052920954551627}},
      {-11.99, {12.072280935990063, -0.99331857494825662, 0.0010711418056501287, 0.00025430787160362631}},
      {-12.01, {12.092147521378841, -0.99333994702857013, 0.0010660715042589319, 0.00025272430217050344}},
      {-20, {20.049753068527851, -0.99753673838494784, 0.00024272657893584202, 3.5703551588456592e-5}},
      {-1000, {1000.000999998, -0.99999900000599995, 1.9999760002999959e-9, 5.9998800020999627e-12}},
      {-1e6, {1000000.000001, -0.999999999999, 1.999999999976e-18, 5.99999999988e-24}},
  };
  for (const auto& [x, expected] : truth) {
    Step step;
    const Var at = variable(full({}, x));
    Var y = log_normal_cdf(at);
    const double epsilon[] = {3e-14, 3e-12, 3e-8, 2e-6};
    for (std::size_t n = 0; n < 4; ++n) {
      y = grad(y, {at})[0];
      INFO("derivative " << n + 1 << " at " << x);
      CHECK(y.item() == Approx(expected[n]).epsilon(x < -12 ? 1e-14 : epsilon[n]).margin(0));
    }
  }
}

TEST_CASE("more ops: the derivatives of log_normal_cdf at infinity are their limits") {
  for (const bool upper : {true, false}) {
    Step step;
    const Var at = variable(full({}, upper ? inf : -inf)), first = grad(log_normal_cdf(at), {at})[0],
              second = grad(first, {at})[0];
    CHECK(first.item() == (upper ? 0 : inf));
    CHECK(second.item() == (upper ? 0 : -1));
    CHECK(grad(second, {at})[0].item() == 0);
  }
}

TEST_CASE("more ops: pow at its edges") {
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

TEST_CASE("more ops: 0 log 0 is 0, and its slopes are those inside") {
  Evaluation scope;
  CHECK(values_of(xlogy(vector({0, 0, 2, 2, -1}), vector({0, 3, 1, 0, 0})).value()) ==
        std::vector<Real>{0, 0, 0, -inf, inf});
  CHECK(values_of(xlog1py(vector({0, 0, 2, 2}), vector({-1, 2, 0, -1})).value()) ==
        std::vector<Real>{0, 0, 0, -inf});
  CHECK(xlogy(Real(2), vector({3})).item() == Approx(2 * std::log(3.0)).epsilon(1e-15));
  CHECK(xlog1py(Real(1), vector({1e-20})).item() == 1e-20);
  CHECK(std::isnan(xlogy(vector({nan_}), Real(1)).item()));
  CHECK(slope([](Var a) { return xlogy(a, Real(3)); }, 0) == Approx(std::log(3.0)));
  CHECK(slope([](Var b) { return xlogy(Real(0), b); }, 0) == 0);
  CHECK(slope([](Var b) { return xlog1py(Real(0), b); }, -1) == 0);
}

// By mpmath in 50 digits.
TEST_CASE(
    "more ops: the cumulant function of U(0, 1) and four derivatives keep their digits from 0 to far out") {
  const std::vector<std::vector<double>> cases = {
      {0, 0, 0.5, 1 / 12.0, 0, -1 / 120.0},
      {1e-6, 5.0000004166666667e-7, 0.50000008333333333, 0.083333333333329167, -8.333333333332672e-9,
       -0.0083333333333313492},
      {1e-3, 0.00050004166666631944, 0.50008333333194444, 0.083333329166666832, -8.3333326719577067e-6,
       -0.0083333313492065228},
      {0.5, 0.26039505099275674, 0.54149408253679828, 0.082301910967236235, -0.004085068147780116,
       -0.0078479898985777582},
      {2.4, 1.4294313121236973, 0.68310210542950872, 0.063888531129357144, -0.013059571792163985,
       -0.0011119399214609382},
      {2.6, 1.5673120261491506, 0.69561736716355346, 0.061258947845881473, -0.013213935060120345,
       -0.00044230398309229297},
      {-2.6, -1.0326879738508494, 0.30438263283644654, 0.061258947845881473, 0.013213935060120345,
       -0.00044230398309229297},
      {-30, -3.401197381662249, 0.033333333333239757, 0.0011111111110175349, 7.4074073980497844e-5,
       7.4074073138311777e-6},
      {700, 693.4489196649566, 0.99857142857142857, 2.0408163265306122e-6, -5.8309037900874636e-9,
       2.4989587671803415e-11},
  };
  Evaluation scope;
  for (const std::vector<double>& c : cases)
    for (int n = 0; n <= 4; ++n) {
      INFO("derivative " << n << " at " << c[0]);
      CHECK(uniform_cumulant(n, vector({c[0]})).item() ==
            Approx(c[n + 1]).epsilon(2e-14).margin(n < 3 ? 0 : 1e-14));
    }
  CHECK(std::isnan(uniform_cumulant(0, vector({nan_})).item()));
  CHECK_THROWS_AS(uniform_cumulant(-1, vector({0})), std::invalid_argument);
}

// z = u + u (1 − u) l / 2 + u (1 − u)(1 − 2u) l² / 6 + …
TEST_CASE("more ops: the quantile of the tilted uniform, its slope and its bend where l is 0, and far out") {
  Step step;
  const double u = 0.2;
  const Var l = vector({0}), z = truncated_exponential_quantile(Real(u), l);
  CHECK(z.item() == u);
  const Var first = grad(sum(z), {l})[0];
  CHECK(first.item() == Approx(u * (1 - u) / 2).epsilon(1e-14));
  CHECK(grad(sum(first), {l})[0].item() == Approx(u * (1 - u) * (1 - 2 * u) / 3).epsilon(1e-13));
  CHECK(truncated_exponential_quantile(Real(u), vector({1000})).item() ==
        Approx(1 + std::log(u) / 1000).epsilon(1e-15));
  CHECK(truncated_exponential_quantile(Real(u), vector({-1000})).item() ==
        Approx(-std::log1p(-u) / 1000).epsilon(1e-14));
  CHECK(slope([](Var l) { return truncated_exponential_quantile(Real(0.2), l); }, -1000) ==
        Approx(-std::log1p(-u) / 1e6).epsilon(1e-11));
  CHECK(truncated_exponential_quantile(Real(0), vector({3})).item() == 0);
  CHECK(truncated_exponential_quantile(Real(1), vector({3})).item() == 1);
}

TEST_CASE("more ops: the Bernoulli log-probability is minus infinity outside [0, 1]") {
  CHECK(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, -1e-9) == -inf);
  CHECK(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, 1.001) == -inf);
  CHECK(std::isnan(value([](Var x) { return bernoulli_log_prob(x, Real(2)); }, nan_)));
}

TEST_CASE("more ops: ties share their slope, and NaN is never chosen away") {
  CHECK(slope([](Var x) { return maximum(x, Real(1)); }, 1) == 0.5);
  CHECK(slope([](Var x) { return minimum(x, Real(1)); }, 1) == 0.5);
  CHECK(slope([](Var x) { return maximum(x, x); }, 1) == 1);
  CHECK(slope([](Var x) { return abs(x); }, 0) == 0);
  Evaluation scope;
  CHECK(std::isnan(maximum(vector({nan_}), Real(1)).item()));
  CHECK(std::isnan(maximum(Real(1), vector({nan_})).item()));
  CHECK(std::isnan(minimum(vector({nan_}), Real(1)).item()));
  CHECK(maximum(vector({inf}), vector({inf})).item() == inf);
  CHECK(std::isnan(max(vector({1, nan_, 2})).item()));
  CHECK(std::isnan(min(vector({nan_, 1})).item()));
  CHECK(argmax(array({3}, {1, nan_, 2}), 0) == std::vector<std::size_t>{1});
  for (const auto& f : {elu, leaky_relu}) CHECK(std::isnan(f(vector({nan_}), Real(0.5)).item()));
}

TEST_CASE("more ops: reductions") {
  Step scope;
  const Var x = constant(array({2, 3}, {3, 1, 2, 4, 6, 5}));
  CHECK(values_of(max(x, {1}).value()) == std::vector<Real>{3, 6});
  CHECK(max(x, {0}, true).shape() == Shape{1, 3});
  CHECK(values_of(min(x, {0}).value()) == std::vector<Real>{3, 1, 2});
  CHECK(prod(x).item() == 720);
  CHECK(values_of(prod(x, {1}).value()) == std::vector<Real>{6, 120});
  CHECK(prod(constant(zeros({0, 2})), {0}).value()(1) == 1);
  CHECK(values_of(var(x, {1}).value()) == std::vector<Real>{Real(2) / 3, Real(2) / 3});
  CHECK(values_of(var(x, {1}, false, 1).value()) == std::vector<Real>{1, 1});
  CHECK(norm(vector({3, -4})).item() == 5);
  CHECK(values_of(cumsum(x, 1).value()) == std::vector<Real>{3, 4, 6, 4, 10, 15});
  CHECK(values_of(cumsum(x, 0).value()) == std::vector<Real>{3, 1, 2, 7, 7, 7});
  CHECK(argmax(x.value(), 1) == std::vector<std::size_t>{0, 1});
  CHECK(argmax(x.value(), 0) == std::vector<std::size_t>{1, 1, 1});
  CHECK(values_of(sum(softmax(x, 1), {1}).value())[0] == Approx(1).epsilon(1e-15));
  CHECK(softmax(vector({1000, 1000 + std::log(3.0)}), 0).value()(1) == Approx(0.75));
  CHECK(log_softmax(vector({0, -2000}), 0).value()(1) == -2000);
}

TEST_CASE("more ops: an axis of length 1 does not part the axes that are reduced") {
  Evaluation scope;
  const Var x = constant(array({3, 1, 2}, {3, 1, 2, 4, 6, 5}));
  CHECK(max(x).item() == 6);
  CHECK(prod(x).item() == 720);
  CHECK(values_of(min(x, {0, 2}).value()) == std::vector<Real>{1});
  CHECK(logsumexp(x, {0, 1, 2}).item() ==
        Approx(std::log(std::exp(1) + std::exp(2) + std::exp(3) + std::exp(4) + std::exp(5) + std::exp(6))));
}

TEST_CASE("more ops: slopes of prod with zeros, of max with ties, of norm at 0") {
  Step scope;
  const auto slopes = [](const std::function<Var(Var)>& f, const std::vector<Real>& at) {
    const Var x = variable(array({at.size()}, at));
    return values_of(backward(f(x))[x]);
  };
  CHECK(slopes([](Var x) { return prod(x); }, {0, 2, 3}) == std::vector<Real>{6, 0, 0});
  CHECK(slopes([](Var x) { return prod(x); }, {0, 2, 0}) == std::vector<Real>{0, 0, 0});
  CHECK(slopes([](Var x) { return max(x); }, {3, 2, 3}) == std::vector<Real>{0.5, 0, 0.5});
  CHECK(slopes([](Var x) { return min(x); }, {3, 2, 3}) == std::vector<Real>{0, 1, 0});
  CHECK(slopes([](Var x) { return norm(x); }, {0, 0}) == std::vector<Real>{0, 0});
}

TEST_CASE("more ops: elements move to their places") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(slice(x, 1, 0, 3, 2).value()) == std::vector<Real>{1, 3, 4, 6});
  CHECK(values_of(slice(x, 1, -2, 3).value()) == std::vector<Real>{2, 3, 5, 6});
  CHECK(values_of(slice(x, 1, 0, -1).value()) == std::vector<Real>{1, 2, 4, 5});
  CHECK(values_of(flip(x, 1).value()) == std::vector<Real>{3, 2, 1, 6, 5, 4});
  CHECK(values_of(take(x, {1, 1, 0}).value()) == std::vector<Real>{4, 5, 6, 4, 5, 6, 1, 2, 3});
  CHECK(values_of(scatter_add(vector({1, 2, 3}), {4}, {2, 0, 2}).value()) == std::vector<Real>{2, 0, 4, 0});
  CHECK(values_of(permute(x, {1, 0}).value()) == std::vector<Real>{1, 4, 2, 5, 3, 6});
  CHECK(values_of(pad(vector({1, 2}), 0, 1, 2).value()) == std::vector<Real>{0, 1, 2, 0, 0});
  CHECK(stack({x, x}, 1).shape() == Shape{2, 2, 3});
  CHECK(expand_dims(x, 2).shape() == Shape{2, 3, 1});
  CHECK(squeeze(expand_dims(x, 0), 0).shape() == Shape{2, 3});
  CHECK(values_of(diagonal(constant(array({2, 2}, {1, 2, 3, 4}))).value()) == std::vector<Real>{1, 4});
  CHECK(values_of(diag(vector({1, 2})).value()) == std::vector<Real>{1, 0, 0, 2});
  CHECK(trace(constant(array({2, 2}, {1, 2, 3, 4}))).item() == 5);
}

TEST_CASE("more ops: what does not fit is named with its shapes") {
  const auto c = [](const Shape& shape) { return constant(zeros(shape)); };
  const auto message = [](const std::function<void()>& f) {
    Evaluation scope;
    return message_of<std::invalid_argument>(f);
  };
  CHECK(says(message([&] { pow(c({2}), c({3})); }), {"[pow]", "[2]", "[3]"}));
  CHECK(says(message([&] { max(c({2, 0}), {1}); }), {"[max]", "[2,0]"}));
  CHECK(says(message([&] { prod(c({2}), {1}); }), {"[prod]", "axis 1", "[2]"}));
  CHECK(says(message([&] { var(c({2, 1}), {1}, false, 1); }), {"[var]", "1 elements", "ddof 1"}));
  CHECK(says(message([&] { cumsum(c({2}), 1); }), {"[cumsum]", "axis 1", "[2]"}));
  CHECK(says(message([&] { argmax(zeros({2, 0}), 1); }), {"[argmax]", "[2,0]"}));
  CHECK(says(message([&] { softmax(c({2}), 1); }), {"[softmax]", "axis 1", "[2]"}));
  CHECK(says(message([&] { slice(c({2, 3}), 1, 0, 3, 0); }), {"[slice]", "0:3:0", "[2,3]"}));
  CHECK(says(message([&] { slice(c({2, 3}), 1, -4, 3); }), {"[slice]", "-4:3", "[2,3]"}));
  CHECK(says(message([&] { take(c({2, 3}), {2}, 0); }), {"[take]", "index 2", "axis 0", "[2,3]"}));
  CHECK(says(message([&] { take(c({2, 3}), {}, 2); }), {"[take]", "axis 2", "[2,3]"}));
  CHECK(says(message([&] { flip(c({2}), 1); }), {"[flip]", "axis 1", "[2]"}));
  CHECK(says(message([&] { scatter_add(c({2}), {3}, {0}); }), {"[scatter_add]", "[2]", "1 indices", "[3]"}));
  CHECK(says(message([&] { squeeze(c({2, 3}), 0); }), {"[squeeze]", "axis 0", "[2,3]"}));
  CHECK(says(message([&] { expand_dims(c({2}), 2); }), {"[expand_dims]", "axis 2", "[2]"}));
  CHECK(says(message([&] { pad(c({2}), 1, 1, 1); }), {"[pad]", "axis 1", "[2]"}));
  CHECK(says(message([&] { diagonal(c({2, 3})); }), {"[diagonal]", "[2,3]"}));
  CHECK(says(message([&] { diag(c({})); }), {"[diag]"}));
  CHECK(says(message([&] { permute(c({2, 3}), {0, 0}); }), {"[permute]", "[0,0]", "[2,3]"}));
  CHECK(says(message([&] { transpose(c({2})); }), {"[transpose]", "[2]"}));
  CHECK(says(message([&] { trace(c({2, 3})); }), {"[trace]", "[2,3]"}));
  CHECK(says(message([&] { mean(c({2, 3}), {2}); }), {"[mean]", "axis 2", "[2,3]"}));
  CHECK(says(message([&] { var(c({0, 3}), {0}); }), {"[var]", "0 elements", "[0,3]"}));
  CHECK(says(message([&] { var(c({2, 3}), {2}); }), {"[var]", "axis 2", "[2,3]"}));
  CHECK(says(message([&] { concat({c({2})}, 7); }), {"[concat]", "axis 7", "[2]"}));
  CHECK(says(message([&] { stack({c({2}), c({3})}); }), {"[stack]", "[2]", "[3]"}));
  CHECK(says(message([&] { stack({c({2})}, 2); }), {"[stack]", "axis 2", "[2]"}));
  CHECK(says(message([&] { stack({}); }), {"[stack]", "nothing"}));
  CHECK(says(message([&] { scatter_add(c({2}), {3}, {0, 3}); }), {"[scatter_add]", "index 3", "[3]"}));
  CHECK(says(message([&] { slice(c({5}), 0, 4, 0, -1); }), {"[slice]", "4:0:-1", "[5]", "flip"}));
  CHECK(says(message([&] { softmax(c({3, 3}), std::size_t(-1)); }), {"[softmax]", "axis -1", "[3,3]"}));
  CHECK(says(message([&] { pad(c({2}), 0, std::size_t(-1), 1); }), {"[pad]", "[2]"}));
  CHECK(says(message([&] {
               full({std::size_t(1) << 33, std::size_t(1) << 33}, 1);
             }),
             {"[array]", "too many"}));
  Convolution three;
  three.groups = 3;
  CHECK(says(message([&] {
               conv_transpose2d(c({1, 4, 2, 2}), c({4, 1, 2, 2}), three);
             }),
             {"[conv_transpose2d]", "groups 3"}));
}

TEST_CASE("more ops: of nothing, along an axis that is kept, nothing remains") {
  Evaluation scope;
  const Var x = constant(zeros({0, 3}));
  CHECK(var(x, {1}).shape() == Shape{0});
  CHECK(mean(x, {1}).shape() == Shape{0});
  CHECK(max(x, {1}).shape() == Shape{0});
}

TEST_CASE("more ops: a step that is longer than the axis takes the first") {
  Evaluation scope;
  CHECK(values_of(slice(vector({5, 6, 7}), 0, 1, 3, std::numeric_limits<std::ptrdiff_t>::max()).value()) ==
        std::vector<Real>{6});
}

// At their kinks and edges too: of |x| it is 0, and of aᵇ with b = 0 that of 1 + b log a + …
TEST_CASE("more ops: second derivatives of abs at 0 and of pow at exponent 0") {
  using Vars = const std::vector<Var>&;
  CHECK(values_of(hessian([](Vars v) { return sum(abs(v[0])); }, vector_of({0, 2, -1}))) ==
        std::vector<Real>(9, 0));
  const auto power = [](Vars v) { return sum(pow(slice(v[0], 0, 0, 1), slice(v[0], 0, 1, 2))); };
  const Array H = hessian(power, vector_of({2, 0}));
  const double log2 = std::log(2.0);
  CHECK(H(0, 0) == 0);
  CHECK(H(0, 1) == Approx(0.5));
  CHECK(H(1, 0) == Approx(0.5));
  CHECK(H(1, 1) == Approx(log2 * log2));
  CHECK(values_of(hessian([](Vars v) { return sum(pow(v[0], Real(0))); }, vector_of({1e-200, 2, -1}))) ==
        std::vector<Real>(9, 0));
}
