// The causal convolution: which times an output depends on, and what it refuses.
#include "nn/layers/causal.h"

#include "autograd/derivatives.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("causal convolution: time t depends on t, t - d, t - 2d, ... and on nothing else") {
  for (const std::size_t dilation : {1u, 2u, 3u})
    for (const std::size_t K : {1u, 2u, 3u}) {
      constexpr std::size_t T = 7;
      const CausalConv1d layer(normal(Stream(), {2, 3, K}), dilation);
      const Array J =
          jacobian([&](const std::vector<Var>& x) { return layer(x[0]); }, {normal(Stream(), {1, 3, T})})[0];
      REQUIRE(J.shape() == Shape{2 * T, 3 * T});
      for (std::size_t i = 0; i < 2 * T; ++i)
        for (std::size_t j = 0; j < 3 * T; ++j) {
          const std::size_t t = i % T, s = j % T;
          const bool seen = s <= t && (t - s) % dilation == 0 && (t - s) / dilation < K;
          const double expected = seen ? layer.weight.value()(i / T, j / T, K - 1 - (t - s) / dilation) : 0;
          INFO("K " << K << ", dilation " << dilation << ": output " << i << " by input " << j);
          CHECK(J(i, j) == expected);
        }
    }
}

TEST_CASE("causal convolution: inputs that do not fit are refused with both shapes") {
  const CausalConv1d causal(zeros({2, 3, 3}));
  CHECK(says(refusal([&] {
               return causal(of_zeros({2, 4, 6}));
             }),
             {"[causal_conv1d] x is [2,4,6] but W is [2,3,3]"}));
  CHECK(says(refusal([&] { return causal(of_zeros({2, 3})); }), {"[causal_conv1d] x is [2,3], not [B,C,T]"}));
  CHECK(says(refusal([] {
               return CausalConv1d(zeros({2, 3, 3}), 0)(Var());
             }),
             {"[causal_conv1d]", "dilation 0"}));
}
