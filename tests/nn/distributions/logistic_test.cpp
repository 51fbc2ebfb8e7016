// The logistic distribution: known values.
#include "nn/distributions/logistic.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("logistic: known values") {
  Evaluation scope;
  const Logistic standard(one(0), one(0)), wide(one(3), one(std::log(2.0)));
  CHECK(standard.log_prob(one(0)).item() == Approx(-std::log(4.0)).epsilon(1e-15));
  CHECK(standard.entropy().item() == 2);
  CHECK(standard.variance().item() == Approx(M_PI * M_PI / 3).epsilon(1e-15));
  CHECK(standard.cdf(one(std::log(3.0))).item() == Approx(0.75).epsilon(1e-15));
  CHECK(wide.log_prob(one(3)).item() == Approx(-std::log(8.0)).epsilon(1e-15));
  CHECK(wide.entropy().item() == Approx(2 + std::log(2.0)).epsilon(1e-15));
  CHECK(wide.mean().item() == 3);
}
