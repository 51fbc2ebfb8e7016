// The divergences against 60-digit values, near a = b and far from it, and their slopes against differences.
#include "autograd/ops/divergence.h"

#include <array>
#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

const double nearly_1 = 1 + 0x1p-30;

double R(double a, double b) { return relative_entropy(constant(full({}, a)), b).item(); }
double S(double a, double b) { return stirling_divergence(constant(full({}, a)), b).item(); }

}  // namespace

// Values from mpmath.
TEST_CASE("divergence: the relative entropy") {
  Evaluation scope;
  CHECK(R(1, nearly_1) == Approx(4.33680868724937251e-19).epsilon(1e-15).margin(0));
  CHECK(R(1e8, 1e8 + 96) == Approx(4.60799705088212336e-5).epsilon(1e-15).margin(0));
  CHECK(R(100, 101) == Approx(0.00496691468319171518).epsilon(1e-15).margin(0));
  CHECK(R(2, 3) == Approx(0.189069783783671236).epsilon(1e-15));
  CHECK(R(3, 2) == Approx(3 * std::log(1.5) - 1).epsilon(1e-14));
  CHECK(R(1e-5, 3) == Approx(2.99986388462246362).epsilon(1e-15));
  CHECK(R(3, 1e-5) == Approx(34.8346232609150141).epsilon(1e-15));
  CHECK(R(0.3, 0.3) == 0);
}

TEST_CASE("divergence: the remainder of Stirling's formula") {
  Evaluation scope;
  CHECK(S(1, nearly_1) == Approx(2.79695566365664442e-19).epsilon(1e-14).margin(0));
  CHECK(S(0.5, 0.5 + 0x1p-20) == Approx(1.33459167154170521e-12).epsilon(1e-14).margin(0));
  CHECK(S(1e8, 1e8 + 96) == Approx(2.30399853312105431e-13).epsilon(1e-14).margin(0));
  CHECK(S(100, 101) == Approx(2.49170800276001676e-5).epsilon(1e-14).margin(0));
  CHECK(S(19.5, 20.5) == Approx(6.46500363547601405e-4).epsilon(1e-14).margin(0));
  CHECK(S(2, 3) == Approx(0.0539675211369850241).epsilon(1e-14));
  CHECK(S(1e-5, 3) == Approx(299955.077196101776).epsilon(1e-14));
  CHECK(S(3, 1e-5) == Approx(10.5882524051654671).epsilon(1e-14));
  CHECK(S(25, 1e6) == Approx(20127.5070329874836).epsilon(1e-14));
  CHECK(S(1e6, 25) == Approx(4.80166285552018144).epsilon(1e-14));
  CHECK(S(0.1, 0.1 + 1e-12) == Approx(4.571716469852522e-23).epsilon(1e-14).margin(0));
  CHECK(S(1e12, 3) == Approx(12.7938823393165509).epsilon(1e-14));
  CHECK(S(1e16, 3) == Approx(17.3990525253033091).epsilon(2e-14));
  CHECK(S(1e20, 3) == Approx(22.0042227112914003).epsilon(1e-14));
  CHECK(S(3, 1e16) == Approx(1758279535696407.09).epsilon(1e-14));
  CHECK(S(0.3, 0.3) == 0);
  CHECK(std::isnan(S(1, NAN)));
  CHECK(std::isnan(S(NAN, 1)));
  CHECK(std::isnan(S(-1e17, 1)));
  CHECK(std::isnan(S(1, 0)));
}

TEST_CASE("divergence: the slope of the relative entropy is log a/b, to all digits near 1 and far from it") {
  Step step;
  for (const auto& [a, b, truth] :
       std::initializer_list<std::array<double, 3>>{{0.3, 0.3 + 1e-12, -3.333259594260706793e-12},
                                                    {1e-20, 3, std::log(1e-20) - std::log(3)},
                                                    {1e20, 3, std::log(1e20) - std::log(3)}}) {
    const Var x = variable(full({}, a));
    CHECK(grad(relative_entropy(x, b), {x})[0].item() == Approx(truth).epsilon(1e-14));
  }
}

TEST_CASE("divergence: slopes to second order against differences") {
  const std::vector<Array> at = {array({6}, {0.5, 3, 8, 2, 40, 1}), array({6}, {0.6, 2, 9.5, 6, 30, 1})};
  const GradientCheck entropy =
      check_gradient([](const std::vector<Var>& v) { return relative_entropy(v[0], v[1]); }, at);
  CHECK(entropy.order1 < 1e-8);
  CHECK(entropy.order2 < 1e-7);
  const GradientCheck stirling =
      check_gradient([](const std::vector<Var>& v) { return stirling_divergence(v[0], v[1]); }, at);
  CHECK(stirling.order1 < 1e-8);
  CHECK(stirling.order2 < 1e-7);
}
