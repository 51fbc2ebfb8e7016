// The blocks: how they begin, and what they refuse. Their values are in all_layers_test.cpp.
#include "nn/layers/blocks.h"

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("gated dense: h and g begin with weights of their own") {
  const GatedDense layer(4, 5, Stream());
  CHECK_FALSE(same(layer.h.weight.value(), layer.g.weight.value()));
}

TEST_CASE(
    "residual block: the last weight of one of N blocks begins divided by the root of N; with 0 it is the "
    "identity") {
  const Activation tanh = activation_named("tanh");
  const ResidualBlock one(4, 6, tanh, 1, Stream()), nine(4, 6, tanh, 9, Stream());
  CHECK(same(one.first.weight.value(), nine.first.weight.value()));
  for (std::size_t i = 0; i < 24; ++i)
    CHECK(nine.second.weight.value().data()[i] ==
          Approx(one.second.weight.value().data()[i] / 3).epsilon(1e-14));

  // The two weights, as long as each other, are not the same numbers at two scales.
  const Real *const first = one.first.weight.value().data(), *const second = one.second.weight.value().data();
  CHECK(first[0] / first[1] != Approx(second[0] / second[1]));

  // So also of images.
  const ResidualConvBlock conv(4, 2, 3, tanh, 1, Stream()), conv_of_nine(4, 2, 3, tanh, 9, Stream());
  const Real *const a = conv.first.weight.value().data(), *const b = conv.second.weight.value().data();
  CHECK(a[0] / a[1] != Approx(b[0] / b[1]));
  CHECK(conv_of_nine.second.weight.value().data()[0] == Approx(b[0] / 3).epsilon(1e-14));

  Evaluation scope;
  ResidualBlock zero = one;
  zero.second.weight.update().fill(0);
  const Array x = normal(Stream(), {3, 4});
  CHECK(same(zero(constant(x)).value(), x));
}

TEST_CASE("blocks: inputs that do not fit are refused with the block and both shapes") {
  const Stream stream;
  const Activation tanh = activation_named("tanh");
  CHECK(says(refusal([&] {
               return GatedDense(4, 5, stream)(of_zeros({2, 3}));
             }),
             {"[gated_dense] x is [2,3] but W is [5,4]"}));
  CHECK(says(refusal([&] {
               return ResidualBlock(4, 6, tanh, 1, stream)(of_zeros({2, 3}));
             }),
             {"[residual_block] x is [2,3] but W is [6,4]"}));
  CHECK(says(refusal([&] {
               return DownBlock(2, 3, tanh, stream)(of_zeros({1, 3, 4, 4}));
             }),
             {"[down_block] x is [1,3,4,4]"}));
  CHECK(says(refusal([&] {
               return UpBlock(2, 3, tanh, stream)(of_zeros({1, 3, 4, 4}));
             }),
             {"[up_block] x is [1,3,4,4]"}));
}
