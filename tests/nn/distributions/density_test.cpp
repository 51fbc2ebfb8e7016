// Densities of families chosen at run time: what some families lack.
#include "nn/distributions/density.h"

#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("density: discrete families refuse rsample, and families without a cdf refuse cdf") {
  Evaluation scope;
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::logic_error>(f); };
  const Density coin = Bernoulli(one(0)), classes = Categorical(row({0, 1})),
                pixel = DiscretizedLogistic(one(0), one(0)),
                full_normal = MultivariateNormal(one(0), constant(full({1, 1, 1}, 1)));
  for (const Density& p : {coin, classes, pixel}) {
    CHECK(is_discrete(p));
    CHECK(says(refusal([&] { rsample(p, Stream()); }), {"[rsample]", "discrete"}));
  }
  CHECK_FALSE(is_discrete(full_normal));
  CHECK(says(refusal([&] { cdf(classes, row({0, 1})); }), {"[cdf]", "categorical", "no order"}));
  CHECK(says(refusal([&] { cdf(full_normal, one(0)); }), {"[cdf]", "multivariate normal"}));
}
