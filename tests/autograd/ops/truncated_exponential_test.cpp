// The truncated exponential distribution: where its formulas are 0/0, and far out.
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "tests/autograd/at_a_point.h"
#include "tests/catch.h"

using namespace autograd;

// From mpmath with 50 digits.
TEST_CASE("truncated_exponential: the cumulant function of U(0, 1) and four derivatives keep their digits") {
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
  CHECK(std::isnan(uniform_cumulant(0, vector({not_a_number})).item()));
  CHECK_THROWS_AS(uniform_cumulant(-1, vector({0})), std::invalid_argument);
}

TEST_CASE("truncated_exponential: the divergence keeps its digits near and far, with its slopes") {
  const std::vector<std::vector<double>> truth = {
      {1, 1.0001, 3.966307447283355e-10},  {-3, -3.25, 0.0017149403001855643},
      {1000, 1003, 4.4910202015211884e-6}, {1e5, 1.1e5, 0.00468982019567514},
      {2, -2, 0.62607057099866261},        {-1e5, 1e5, 99998},
      {0.5, 2, 0.08880318677324147},       {30, 31, 0.00054351051030803805},
      {4, 5.01, 0.020306705648288543},
  };
  for (const std::vector<double>& t : truth) {
    Step step;
    INFO(t[0] << " and " << t[1]);
    const Var a = vector({t[0]}), b = vector({t[1]}), d = uniform_divergence(a, b);
    CHECK(d.item() == Approx(t[2]).epsilon(1e-11).margin(0));
    CHECK(uniform_divergence(-a, -b).item() == Approx(t[2]).epsilon(1e-11).margin(0));
    CHECK(uniform_divergence(a, a).item() == 0);
    const Gradients g = backward(sum(d));
    CHECK(g[a](0) == Approx(uniform_cumulant(2, a).item() * (t[0] - t[1])).epsilon(1e-14));
    CHECK(g[b](0) == Approx(uniform_cumulant(1, b).item() - uniform_cumulant(1, a).item()).epsilon(1e-14));
  }
  CHECK(uniform_cumulant(0, vector({inf})).item() == inf);
  CHECK(uniform_cumulant(0, vector({-inf})).item() == -inf);
}

TEST_CASE("truncated_exponential: the quantile stays in [0, 1] and keeps its digits at the ends") {
  const auto at = [](Real u, Real l) {
    return truncated_exponential_quantile(vector({u}), vector({l})).item();
  };
  CHECK(at(0, 40) == 0);
  CHECK(at(1, -40) == 1);
  CHECK(at(1, 800) == 1);
  CHECK(at(0, -800) == 0);
  CHECK(at(1e-18, 40) == Approx(std::log1p(1e-18 * std::expm1(40.0)) / 40).epsilon(1e-13));
  CHECK(at(1 - 1e-12, -20) == Approx(1 - std::log1p(1e-12 * std::expm1(20.0)) / 20).epsilon(1e-6));
}

// z = u + u (1 − u) l / 2 + u (1 − u)(1 − 2u) l² / 6 + …
TEST_CASE("truncated_exponential: the quantile and two derivatives where l is 0, and far out") {
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
