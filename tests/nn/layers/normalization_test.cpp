// The normalizations: how they begin, and what they refuse. Their values are in all_layers_test.cpp.
#include "nn/layers/normalization.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("normalization: at the start, units have mean 0 and variance 1 over what each normalizes") {
  Evaluation scope;
  const Var x = constant(normal(Stream(), {64, 6})) * 3 + 2;
  const auto standard = [](Var y, const Axes& axes) {
    const Array m = mean(y, axes).value(), v = var(y, axes).value();
    for (std::size_t i = 0; i < m.size(); ++i)
      if (std::abs(m.data()[i]) > 1e-12 || std::abs(v.data()[i] - 1) > 1e-3) return false;
    return true;
  };
  CHECK(standard(LayerNorm(6)(x), {1}));
  CHECK_FALSE(standard(LayerNorm(6)(x), {0}));
  CHECK(standard(reshape(GroupNorm(2, 6)(x), {64, 2, 3}), {2}));
}

// Their mean, 2⁵³ + 1, rounds to 2⁵³.
TEST_CASE("normalization: of numbers whose mean is rounded") {
  Evaluation scope;
  const Real big = 9007199254740992;
  const Array y = LayerNorm(2)(constant(array({1, 2}, {big, big + 2}))).value();
  CHECK(y(0) == Approx(-1).epsilon(1e-5));
  CHECK(y(1) == Approx(1).epsilon(1e-5));
}

TEST_CASE("normalization: inputs that do not fit are refused with the layer and both shapes") {
  CHECK(says(refusal([] {
               return LayerNorm(4)(of_zeros({4, 3}));
             }),
             {"[layer_norm] x is [4,3] but W is [4]"}));
  CHECK(says(refusal([] { return LayerNorm(4)(of_zeros({})); }), {"[layer_norm] x is [] but W is [4]"}));
  CHECK(says(refusal([] {
               return GroupNorm(2, 4)(of_zeros({4, 3}));
             }),
             {"[group_norm] x is [4,3] but W is [4]"}));
  CHECK(says(refusal([] { return GroupNorm(2, 4)(of_zeros({4})); }), {"[group_norm] x is [4] but W is [4]"}));
  CHECK(says(refusal([] {
               return GroupNorm(3, 4)(of_zeros({2, 4}));
             }),
             {"[group_norm] 3 groups of 4 channels"}));
}
