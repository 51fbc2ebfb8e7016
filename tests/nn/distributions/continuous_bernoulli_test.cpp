// The continuous Bernoulli distribution: where it is uniform, and the KL far out.
#include "nn/distributions/continuous_bernoulli.h"

#include <cmath>

#include "tests/autograd/messages.h"
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

TEST_CASE("continuous Bernoulli: logits of 1e5 and 1e12, where x l and K(l) are large (mpmath)") {
  Evaluation scope;
  for (const Real l : {1e5, 1e12})
    for (const double sign : {-1, 1}) {
      const ContinuousBernoulli p(one(sign * l));
      CHECK(p.log_prob(one(sign > 0 ? 1 : 0)).item() == Approx(std::log(l)).epsilon(1e-15));
      CHECK(p.entropy().item() == Approx(1 - std::log(l)).epsilon(1e-15));
      CHECK(p.cdf(one(sign > 0 ? 1 - 1 / l : 1 / l)).item() ==
            Approx(sign > 0 ? std::exp(-1.0) : 1 - std::exp(-1.0)).epsilon(1e-3));
    }
  CHECK(kl(ContinuousBernoulli(one(1e5)), ContinuousBernoulli(one(1.1e5))).item() ==
        Approx(0.00468982019567514).epsilon(1e-12));
}

TEST_CASE("continuous Bernoulli: infinite logits, which would be a point, are refused") {
  Evaluation scope;
  for (const Real end : {infinity, -infinity})
    CHECK(says(message_of<std::domain_error>([&] {
                 ContinuousBernoulli(row({0, end}));
               }),
               {"[continuous_bernoulli]", "logits", "inf", "element 1", "finite"}));
}
