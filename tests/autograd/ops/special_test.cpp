// The logarithm of the gamma function and its derivatives.
#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/at_a_point.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("special: lgamma agrees with the standard library") {
  check_values({
      {"lgamma",
       lgamma,
       [](long double x) { return std::lgamma(x); },
       {-3.3, -0.5, 1e-5, 0.5, 3, 50, 1e10},
       4e-15},
  });
}

// ψ(1) = −γ, ψ(½) = −γ − 2 log 2, ψ(10) = H₉ − γ, ψ'(1) = π²/6, ψ'(½) = π²/2, ψ''(1) = −2 ζ(3); by reflection
// ψ(−½) = ψ(3/2).
TEST_CASE("special: digamma and polygamma at known points") {
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
  CHECK(std::isnan(value(digamma, not_a_number)));
}
