// The discretized logistic distribution: values beside its levels, and the steps of its cdf.
#include "nn/distributions/discretized_logistic.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("discretized logistic: values beside a level have probability 0, and the cdf steps at the levels") {
  Evaluation scope;
  const DiscretizedLogistic p(one(0.2), one(-1));
  const Array levels = pixel_values();
  for (const Real x : {1.01, -1.01, 0.0, levels(7) + 1e-4, levels(254) - 1e-4})
    CHECK(p.log_prob(one(x)).item() == -infinity);
  for (std::size_t k = 0; k < pixel_levels; ++k) {
    const double mass = p.log_table().value()(0, 0, k);
    for (const double off : {-1e-6, 0.0, 1e-6})
      CHECK(p.log_prob(one(levels(k) + off)).item() == Approx(mass).epsilon(1e-5));
  }
  CHECK(p.cdf(one(levels(7))).item() == p.cdf(one(levels(7) + 0.007)).item());
  CHECK(p.cdf(one(levels(7))).item() > p.cdf(one(levels(7) - 0.001)).item());
  CHECK(p.cdf(one(-1)).item() == Approx(std::exp(p.log_prob(one(-1)).item())));
  CHECK(p.cdf(one(1)).item() == 1);
}
