// The convolutional layers: which pixels a masked one depends on, and what they refuse. Their values are in
// all_layers_test.cpp.
#include "nn/layers/conv.h"

#include "autograd/derivatives.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("convolution: from its sizes and a stream, with He's weights") {
  const Conv2d layer(4, 6, 3, Stream(), {1, 1, 2});
  CHECK(same(layer.weight.value(), he_normal({6, 2, 3, 3}, Stream())));
  CHECK(layer(constant(zeros({1, 4, 5, 5}))).shape() == Shape{1, 6, 5, 5});
}

TEST_CASE("masked convolution: a pixel depends on those above and to the left; on itself in type B only") {
  constexpr std::size_t H = 4, W = 5;
  for (const std::size_t K : {3u, 5u})
    for (const MaskedConv2d::Type type : {MaskedConv2d::Type::A, MaskedConv2d::Type::B}) {
      const MaskedConv2d layer(normal(Stream(), {1, 1, K, K}), type);
      const Array J = jacobian([&](const std::vector<Var>& x) { return layer(x[0]); },
                               {normal(Stream(), {1, 1, H, W})})[0];
      const int reach = int(K / 2);
      for (int i = 0; i < int(H * W); ++i)
        for (int j = 0; j < int(H * W); ++j) {
          const int down = i / int(W) - j / int(W),
                    right = i % int(W) - j % int(W);  // from input j to output i
          const bool near = std::abs(down) <= reach && std::abs(right) <= reach;
          const bool before =
              down > 0 || (down == 0 && (right > 0 || (right == 0 && type == MaskedConv2d::Type::B)));
          INFO("K " << K << ": pixel " << i << " by pixel " << j);
          CHECK((J(i, j) != 0) == (near && before));
        }
    }
}

TEST_CASE("convolutions: inputs and kernels that do not fit are refused with the layer and both shapes") {
  const Conv2d conv(zeros({2, 3, 3, 3}));
  CHECK(says(refusal([&] {
               return conv(of_zeros({1, 4, 5, 5}));
             }),
             {"[conv2d] x is [1,4,5,5] but W is [2,3,3,3]: channels"}));
  CHECK(says(refusal([&] { return conv(of_zeros({1, 3, 5})); }), {"[conv2d] x is [1,3,5], not [B,C,H,W]"}));
  CHECK(says(refusal([] {
               return Conv2d(zeros({2, 3, 3}))(Var());
             }),
             {"[conv2d] W is [2,3,3], not [out,in,K,L]"}));
  CHECK(says(refusal([] {
               return ConvTranspose2d(zeros({2, 3, 3, 3}))(of_zeros({1, 3, 5, 5}));
             }),
             {"[conv_transpose2d] x is [1,3,5,5] but W is [2,3,3,3]: channels"}));
  CHECK(says(refusal([] {
               return MaskedConv2d(zeros({2, 3, 4, 4}), MaskedConv2d::Type::A)(Var());
             }),
             {"[masked_conv2d] W is [2,3,4,4]", "K odd"}));
  CHECK(says(refusal([] {
               return MaskedConv2d(zeros({2, 3, 3, 3}), MaskedConv2d::Type::A)(of_zeros({1, 2, 5, 5}));
             }),
             {"[masked_conv2d] x is [1,2,5,5] but W is [2,3,3,3]: channels"}));
}
