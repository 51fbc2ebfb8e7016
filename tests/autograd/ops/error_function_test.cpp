// The error function and its relatives, also where they are close to 0 or 1.
#include <cmath>
#include <utility>

#include "autograd/ops.h"
#include "tests/autograd/at_a_point.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("error_function: values agree with the standard library") {
  check_values({
      {"erf", erf, [](long double x) { return std::erf(x); }, {-6, -1, -1e-10, 0, 0.3, 2, 6}, 1e-14},
      {"erfc", erfc, [](long double x) { return std::erfc(x); }, {-6, -1, 0, 0.3, 2, 6, 15, 26}, 1e-15},
      {"gelu",
       gelu,
       [](long double x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; },
       {-30, -10, -6, -3, -1, 0, 0.3, 2, 6},
       4e-15},
      {"log_normal_cdf",
       log_normal_cdf,
       [](long double x) { return std::log(std::erfc(-x / std::sqrt(2.0L)) / 2); },
       {-100, -37, -30.5, -29.5, -10, -1, 0},
       1e-14},
  });
}

TEST_CASE("error_function: log_normal_cdf in tails where the cdf itself is 0 or 1") {
  CHECK(value(log_normal_cdf, -1e4) == Approx(-5e7 - std::log(1e4) - 0.91893853320467274).epsilon(1e-15));
  CHECK(value(log_normal_cdf, 10) == Approx(-7.61985302416052609e-24).epsilon(1e-12).margin(0));
  CHECK(value(log_normal_cdf, inf) == 0);
  CHECK(value(log_normal_cdf, -inf) == -inf);
  CHECK(std::isnan(value(log_normal_cdf, not_a_number)));
  CHECK(slope([](Var x) { return log_normal_cdf(x); }, -40) ==
        Approx(40 + 1 / 40.0).epsilon(1e-4));  // the inverse Mills ratio, −x − 1/x + …
}

// The first four, from the definition in 700 digits. At −8 and −11.99 they are computed by Leibniz' rule,
// further out by the series.
TEST_CASE("error_function: the derivatives of log_normal_cdf keep their digits in the lower tail") {
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

TEST_CASE("error_function: the derivatives of log_normal_cdf at infinity are their limits") {
  for (const bool upper : {true, false}) {
    Step step;
    const Var at = variable(full({}, upper ? inf : -inf)), first = grad(log_normal_cdf(at), {at})[0],
              second = grad(first, {at})[0];
    CHECK(first.item() == (upper ? 0 : inf));
    CHECK(second.item() == (upper ? 0 : -1));
    CHECK(grad(second, {at})[0].item() == 0);
  }
}

TEST_CASE("error_function: gelu at infinity has the limits of its value and its slope") {
  CHECK(value(gelu, -inf) == 0);
  CHECK(value(gelu, inf) == inf);
  CHECK(slope(gelu, -inf) == 0);
  CHECK(slope(gelu, inf) == 1);
  CHECK(slope(gelu, -6) == Approx(-3.5468709453902015e-8).epsilon(1e-13).margin(0));
  CHECK(std::isnan(value(gelu, not_a_number)));
}
