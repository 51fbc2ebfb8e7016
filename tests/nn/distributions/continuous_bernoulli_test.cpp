// The continuous Bernoulli distribution: where it is uniform, and the KL far out.
#include "nn/distributions/continuous_bernoulli.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("continuous Bernoulli: with logits of 0 it is uniform on [0, 1]") {
  Evaluation scope;
  const ContinuousBernoulli p(one(0));
  for (const Real x : {0.0, 0.3, 1.0}) CHECK(p.log_prob(one(x)).item() == 0);
  CHECK(p.entropy().item() == 0);
  CHECK(p.mean().item() == 0.5);
  CHECK(p.variance().item() == Approx(1.0 / 12).epsilon(1e-15));
}

TEST_CASE("continuous Bernoulli: the KL of logits of 1000, where e to the logits overflows or vanishes") {
  Evaluation scope;
  CHECK(kl(ContinuousBernoulli(one(1000)), ContinuousBernoulli(one(-1000))).item() == 998);
  CHECK(kl(ContinuousBernoulli(one(1000)), ContinuousBernoulli(one(0))).item() ==
        Approx(std::log(1000.0) - 1).epsilon(1e-12));
}
