// The incomplete gamma and beta functions against 50-digit values, and samples with a gradient in the
// concentration. Each statistical check rejects correct samples with probability 1e-6; seeds are fixed.
#include "autograd/ops/incomplete_gamma.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

Var number(double x) { return variable(full({}, Real(x))); }

}  // namespace

// Values from mpmath; the derivatives are differences of them with 50 digits.
TEST_CASE(
    "incomplete_gamma: P(a, x) and its first two derivatives in a, on both sides of the mean and far from "
    "it") {
  const double cases[][5] = {
      {1, 1, 0.63212055882855768, -0.4317297106348987, 0.033618035299959197},
      {0.5, 0.1, 0.34527915398142298, -0.82293609697959875, 1.6586313062993034},
      {0.5, 8, 0.99993665751633376, -0.00026288467630466468, -0.00077905602233050711},
      {0.01, 1e-5, 0.8963367982671972, -9.8167252611925653, 106.06012808817297},
      {0.01, 2, 0.99950333546278147, -0.050434467693165115, -0.15401502564787893},
      {3, 20, 0.99999954448504944, -9.6806039960773565e-7, -1.878545172551521e-6},
      {3, 0.01, 1.6542165280748769e-7, -9.6968742676774849e-7, 5.6373251489189618e-6},
      {30, 20, 0.021818217525557392, -0.010205257324989506, 0.0041503261167242954},
      {30, 45, 0.9926628007022035, -0.0034741570951297631, -0.0014122483428958034},
      {1, 700, 1, -7.0296758055296042e-304, -4.8497788231268381e-303},
      {0.001, 1e-200, 0.63132112908582876, -290.37075342317919, 133552.50743333167},
      {5, 5.9, 0.70133521323838041, -0.15516819131594735, -0.025590848741709826},
      {5, 6.1, 0.72810573468104532, -0.14752760696908222, -0.029332599169595838},
      {5000, 5100, 0.92067111892238102, -0.0020822637523762421, -4.1234973331768863e-5},
  };
  for (const auto& [a, x, p, first, second] : cases) {
    Step step;
    INFO("P(" << a << ", " << x << ")");
    const Var concentration = number(a), y = gamma_cdf(concentration, number(x));
    CHECK(y.item() == Approx(p).epsilon(1e-13));
    const Var slope = grad(y, {concentration})[0];
    CHECK(slope.item() == Approx(first).epsilon(a > 1000 ? 1e-11 : 1e-12).margin(0));
    CHECK(grad(slope, {concentration})[0].item() ==
          Approx(second).epsilon(a > 1000 ? 1e-10 : 1e-11).margin(0));
  }
}

TEST_CASE("incomplete_gamma: the slope of P in x is the density, and P at its ends is 0 and 1") {
  Step step;
  const Var a = number(2.5), x = number(1.7);
  CHECK(grad(gamma_cdf(a, x), {x})[0].item() ==
        Approx(std::exp(1.5 * std::log(1.7) - 1.7 - std::lgamma(2.5))).epsilon(1e-14));
  const Var large = number(1e8 + 1e4);
  CHECK(grad(gamma_cdf(Real(1e8), large), {large})[0].item() ==
        Approx(0.000024195459407843491).epsilon(1e-12));
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(gamma_cdf(a, Real(0)).item() == 0);
  CHECK(gamma_cdf(a, Real(-1)).item() == 0);
  CHECK(gamma_cdf(a, Real(infinity)).item() == 1);
  CHECK(std::isnan(gamma_cdf(a, number(NAN)).item()));
}

TEST_CASE("incomplete_gamma: P(a, x) in both, and I_x(a, b) in x, to second order against differences") {
  const std::vector<Array> at = {array({4}, {0.5, 3, 8, 2}), array({4}, {0.4, 2, 9.5, 6})};
  const GradientCheck gamma =
      check_gradient([](const std::vector<Var>& v) { return gamma_cdf(v[0], v[1]); }, at);
  CHECK(gamma.order1 < 1e-8);
  CHECK(gamma.order2 < 1e-7);
  const GradientCheck weight =
      check_gradient([](const std::vector<Var>& v) { return gamma_weight(v[0], v[1]); }, at);
  CHECK(weight.order1 < 1e-8);
  CHECK(weight.order2 < 1e-7);
  const GradientCheck beta =
      check_gradient([](const std::vector<Var>& v) { return beta_cdf(Real(2), Real(3), v[0]); },
                     {array({3}, {0.2, 0.5, 0.8})});
  CHECK(beta.order1 < 1e-8);
  CHECK(beta.order2 < 1e-7);
}

TEST_CASE(
    "incomplete_gamma: a third derivative in the concentration is refused, and so is any of the beta cdf in "
    "its "
    "parameters") {
  Step step;
  const Var a = number(2.5);
  const Var first = grad(gamma_cdf(a, Real(1.5)), {a})[0], second = grad(first, {a})[0];
  CHECK(says(message_of<std::logic_error>([&] { grad(second, {a}); }),
             {"[gamma]", "third derivative", "concentration"}));
  CHECK_THROWS_AS(backward(second), std::logic_error);
  const Var z = number(1.5), bend = grad(grad(gamma_cdf(a, z), {a})[0], {a})[0];
  CHECK_THROWS_AS(grad(bend, {z}), std::logic_error);
  const Var x = number(0.25);
  CHECK(says(message_of<std::logic_error>([&] { backward(beta_cdf(a, Real(2), x)); }),
             {"[gamma]", "beta cdf", "parameters"}));
  CHECK_THROWS_AS(grad(beta_cdf(Real(2), a, x), {a}), std::logic_error);
  // B(2, 3) = 1/12
  CHECK(backward(beta_cdf(Real(2), Real(3), x))[x].data()[0] ==
        Approx(12 * 0.25 * 0.75 * 0.75).epsilon(1e-14));
}

// The first two are polynomials or arc sines; the others are from mpmath.
TEST_CASE("incomplete_gamma: the regularised incomplete beta function") {
  Evaluation scope;
  const double cases[][4] = {
      {2, 3, 0.3, 0.3483},
      {0.5, 0.5, 0.9, 2 / M_PI * std::asin(std::sqrt(0.9))},
      {1e-3, 5, 1e-10, 0.97927455737724742},
      {50, 80, 0.2, 7.3337075455171811e-7},
      {50, 80, 0.6, 0.99999962805480154},
  };
  for (const auto& [a, b, x, truth] : cases)
    CHECK(beta_cdf(number(a), number(b), number(x)).item() == Approx(truth).epsilon(1e-13).margin(0));
  CHECK(beta_cdf(Real(1e5), Real(1e5), number(0.5)).item() == Approx(0.5).epsilon(1e-9));
  CHECK(beta_cdf(Real(2), Real(3), number(0)).item() == 0);
  CHECK(beta_cdf(Real(2), Real(3), number(1)).item() == 1);
}

TEST_CASE("incomplete_gamma: samples follow P from the smallest concentrations to large ones") {
  Evaluation scope;
  const std::size_t n = 20000;
  for (const double a : {1e-3, 0.1, 0.9, 1.0, 7.0, 1000.0}) {
    INFO(a);
    const Var l = log_gamma_sample(constant(full({n, 1}, a)), Stream());
    // where z underflows, P = z^a / Γ(a + 1)
    std::vector<double> u;
    for (const Real log_z : values_of(l.value()))
      u.push_back(log_z < -600 ? std::exp(a * log_z - std::lgamma(a + 1))
                               : gamma_cdf(Real(a), Real(std::exp(log_z)) + constant(zeros({}))).item());
    CHECK(kolmogorov_accepts(u, [](double x) { return x; }));
  }
}

// dz/da at a fixed quantile, by differences of z, which is found by bisection.
TEST_CASE("incomplete_gamma: the slope of a sample in the concentration is that of its quantile") {
  Step step;
  const Var a = variable(array({1, 5}, {0.05, 0.8, 1.0, 3.0, 40.0}));
  const Var l = log_gamma_sample(a, Stream());
  const Array slopes = backward(sum(l))[a];
  for (std::size_t i = 0; i < 5; ++i) {
    const auto cdf = [](double a, double log_z) {
      Evaluation scope;
      return gamma_cdf(number(a), number(std::exp(log_z))).item();
    };
    const double at = a.value()(0, i), u = cdf(at, l.value()(0, i)), h = 1e-5 * at;
    const auto quantile = [&](double a) {
      double low = -300, high = 10;
      for (int k = 0; k < 100; ++k) {
        const double middle = (low + high) / 2;
        (cdf(a, middle) < u ? low : high) = middle;
      }
      return (low + high) / 2;
    };
    CHECK(slopes(0, i) == Approx((quantile(at + h) - quantile(at - h)) / (2 * h)).epsilon(1e-7));
  }
}

TEST_CASE("incomplete_gamma: each element has its own draws, independent of the rest of the batch") {
  Evaluation scope;
  const Var a = constant(full({50, 3}, 0.5));
  const Array all = log_gamma_sample(a, Stream()).value(),
              three = log_gamma_sample(constant(full({3, 3}, 0.5)), Stream()).value();
  for (std::size_t i = 0; i < 9; ++i) CHECK(all.data()[i] == three.data()[i]);
  std::vector<Real> sorted = values_of(all);
  std::sort(sorted.begin(), sorted.end());
  CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  CHECK_FALSE(same(all, log_gamma_sample(a, Stream().at_epoch(1)).value()));
  for (const double wrong : {0.0, -1.0, std::nan("")})
    CHECK_THROWS_AS(log_gamma_sample(constant(full({1, 1}, wrong)), Stream()), std::domain_error);
}
