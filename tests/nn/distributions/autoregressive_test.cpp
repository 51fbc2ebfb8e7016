// Densities by the chain rule. What all densities have in common is in all_densities_test.cpp.
#include "nn/distributions/autoregressive.h"

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("autoregressive: an element is drawn given those before it") {
  // x_i is x_{i−1} + 10, but for noise that is nearly nothing.
  const Autoregressive p({2, 4}, [](Var x) {
    const Var before = pad(slice(x, 1, 0, 3), 1, 1, 0);
    return Normal(before + 10, constant(full({2, 4}, -60)));
  });
  const Array x = p.sample(Stream());
  for (std::size_t row = 0; row < 2; ++row)
    for (std::size_t i = 0; i < 4; ++i) CHECK(x(row, i) == Approx(10 * (i + 1)));
}

TEST_CASE("autoregressive: it is discrete if its elements are, and has a shape [B,D]") {
  const auto of = [](auto family) { return Autoregressive({1, 2}, [=](Var x) { return family(x); }); };
  CHECK(of([](Var x) { return Bernoulli(x); }).is_discrete());
  CHECK_FALSE(of([](Var x) { return Normal(x, x); }).is_discrete());
  CHECK(says(message_of<std::invalid_argument>([] {
               Autoregressive({1, 2, 3}, [](Var x) { return Bernoulli(x); });
             }),
             {"[autoregressive]", "[1,2,3]", "[B,D]"}));
  CHECK(says(message_of<std::invalid_argument>([&] {
               of([](Var x) { return Bernoulli(x); }).log_prob(constant(zeros({1, 3})));
             }),
             {"[autoregressive.log_prob]", "[1,3]", "[1,2]"}));
}
