// What PyTorch's numbers (layers_golden_test.cpp) do not say of the layers: what they refuse, how they begin,
// what they remember, and what they must not see. Statistical checks fail true samples with probability 1e-6
// each; seeds are fixed.
#include <cmath>
#include <functional>

#include "autograd/derivatives.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tools/gradcheck/layers_table.h"

using namespace nn;

namespace {

std::string refusal(const std::function<Var()>& f) {
  Evaluation scope;
  return message_of<std::invalid_argument>([&] { f(); });
}

Var of_zeros(const Shape& shape) { return constant(zeros(shape)); }

}  // namespace

TEST_CASE("layers: inputs that do not fit are refused with the layer and both shapes") {
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
  CHECK(says(refusal([] {
               return BatchNorm(4)(of_zeros({4, 3}), Mode::evaluation);
             }),
             {"[batch_norm] x is [4,3] but W is [4]"}));
  CHECK(says(refusal([] {
               return BatchNorm(4)(of_zeros({1, 4}), Mode::training);
             }),
             {"[batch_norm] x is [1,4]", "variance"}));
  CHECK(says(refusal([] {
               return Embedding(zeros({4, 3}))({3, 4});
             }),
             {"[embedding] index 4 but W is [4,3]"}));
  CHECK(says(refusal([] { return Embedding(zeros({4}))({3}); }), {"[embedding] W is [4], not [N,D]"}));
  CHECK(says(refusal([] {
               return MaskedLinear(zeros({2, 4}), zeros({2, 4}))(of_zeros({2, 3}));
             }),
             {"[masked_linear] x is [2,3] but W is [2,4]"}));
  const GRUCell gru(zeros({6, 4}), zeros({6, 2}));
  CHECK(says(refusal([&] {
               return gru(of_zeros({3, 5}), of_zeros({3, 2}));
             }),
             {"[gru_cell] x is [3,5] but W is [6,4]"}));
  CHECK(says(refusal([&] {
               return gru(of_zeros({3, 4}), of_zeros({2, 2}));
             }),
             {"[gru_cell] h is [2,2]", "[3,4]", "[6,2]"}));
  CHECK(says(refusal([&] {
               return GRUCell(zeros({5, 4}), zeros({6, 2}))(Var(), Var());
             }),
             {"[gru_cell] weight_ih is [5,4]", "[6,2]"}));
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

TEST_CASE("convolutions: inputs and kernels that do not fit are refused with the layer and both shapes") {
  const Stream stream;
  const Activation tanh = activation_named("tanh");
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
  CHECK(says(refusal([&] {
               return DownBlock(2, 3, tanh, stream)(of_zeros({1, 3, 4, 4}));
             }),
             {"[down_block] x is [1,3,4,4]"}));
  CHECK(says(refusal([&] {
               return UpBlock(2, 3, tanh, stream)(of_zeros({1, 3, 4, 4}));
             }),
             {"[up_block] x is [1,3,4,4]"}));
}

// ---- how they begin ---------------------------------------------------------------------------------------

TEST_CASE("layers: gate and value begin with weights of their own") {
  const GatedDense layer(4, 5, Stream());
  CHECK_FALSE(same(layer.h.weight.value(), layer.g.weight.value()));
}

TEST_CASE(
    "residual: the last weight of each of N blocks begins smaller by the root of N, and at zero the block is "
    "the identity") {
  const Activation tanh = activation_named("tanh");
  const ResidualBlock one(4, 6, tanh, 1, Stream()), nine(4, 6, tanh, 9, Stream());
  CHECK(same(one.first.weight.value(), nine.first.weight.value()));
  for (std::size_t i = 0; i < 24; ++i)
    CHECK(nine.second.weight.value().data()[i] ==
          Approx(one.second.weight.value().data()[i] / 3).epsilon(1e-14));

  Evaluation scope;
  ResidualBlock zero = one;
  zero.second.weight.update().fill(0);
  const Array x = normal(Stream(), {3, 4});
  CHECK(same(zero(constant(x)).value(), x));
}

TEST_CASE("sequential: functions are counted among the layers") {
  Sequential layers({Linear(zeros({5, 4})), activation_named("relu").apply, GatedDense(5, 2, Stream())});
  std::string names;
  layers.visit("net", [&](const std::string& name, Parameter&) { names += name + " "; });
  CHECK(names == "net.0.weight net.0.bias net.2.h.weight net.2.h.bias net.2.g.weight net.2.g.bias ");
}

// ---- normalisation ----------------------------------------------------------------------------------------

TEST_CASE("normalization: at the start, units have mean 0 and variance 1 along what each normalises") {
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
  BatchNorm batch(6);
  CHECK(standard(batch(x, Mode::training), {0}));
  CHECK_FALSE(standard(batch(x, Mode::evaluation), {0}));
}

TEST_CASE(
    "batch norm: in training it remembers, in evaluation it uses that, datum by datum, and changes nothing") {
  Evaluation scope;
  BatchNorm layer(2, 0, Real(0.25));
  const Array x = array({2, 2}, {1, 10, 3, 30});  // means 2 and 20; variances, dividing by n−1, 2 and 200
  layer(constant(x), Mode::training);
  CHECK(same(layer.running_mean, array({2}, {0.5, 5})));
  CHECK(same(layer.running_var, array({2}, {0.75 + 0.5, 0.75 + 50})));
  const Array y = layer(constant(array({1, 2}, {0.5, 6})), Mode::evaluation).value();
  CHECK(y(0, 0) == 0);
  CHECK(y(0, 1) == Approx(1 / std::sqrt(50.75)).epsilon(1e-14));
  CHECK(same(layer.running_mean, array({2}, {0.5, 5})));
  CHECK(same(layer.running_var, array({2}, {0.75 + 0.5, 0.75 + 50})));
}

TEST_CASE("batch norm: what it remembers is saved under PyTorch's names, and is no parameter") {
  BatchNorm layer(2);
  std::string parameters, buffers;
  layer.visit("norm", [&](const std::string& name, Parameter&) { parameters += name + " "; });
  layer.visit_buffers("norm", [&](const std::string& name, Array& buffer) {
    buffers += name + to_string(buffer.shape()) + " ";
  });
  CHECK(parameters == "norm.weight norm.bias ");
  CHECK(buffers == "norm.running_mean[2] norm.running_var[2] ");
}

// ---- dropout ----------------------------------------------------------------------------------------------

TEST_CASE("dropout: a share p of the units is left out, and the expectation stays") {
  Evaluation scope;
  const Var ones = constant(full({100, 200}, 1));
  for (const Real p : {Real(0.2), Real(0.7)}) {
    const std::vector<Real> y = values_of(Dropout(p)(ones, Mode::training, Stream()).value());
    std::vector<double> left_out;
    for (const Real v : y) {
      left_out.push_back(v == 0 ? 1 : 0);
      if (v != 0 && v != 1 / (1 - p)) FAIL("a unit is " << v);
    }
    CHECK(average(left_out).agrees_with(p));
    CHECK(average(y).agrees_with(1));
  }
}

TEST_CASE("dropout: units and their slopes are multiplied by the same m / (1 - p)") {
  Step step;
  const Dropout layer(Real(0.4));
  const Var x = variable(normal(Stream(), {8, 8})), y = layer(x, Mode::training, Stream());
  const Array kept = layer(constant(full({8, 8}, 1)), Mode::training, Stream()).value(),
              slopes = backward(sum(y))[x];
  for (std::size_t i = 0; i < kept.size(); ++i) {
    CHECK(y.value().data()[i] == x.value().data()[i] * kept.data()[i]);
    CHECK(slopes.data()[i] == kept.data()[i]);
  }
}

TEST_CASE("dropout: the stream says which units, whatever it was for; evaluation leaves none out") {
  Evaluation scope;
  const Dropout half(0.5);
  const Var x = constant(normal(Stream(), {8, 8}));
  const auto drop = [&](const Stream& stream) { return half(x, Mode::training, stream).value(); };
  CHECK(same(drop(Stream()), drop(Stream().at(Purpose::posterior))));
  CHECK_FALSE(same(drop(Stream()), drop(Stream().at_epoch(1))));
  CHECK_FALSE(same(drop(Stream()), drop(Stream().at_level(1))));
  CHECK(same(half(x, Mode::evaluation, Stream()).value(), x.value()));
  CHECK(same(Dropout(0)(x, Mode::training, Stream()).value(), x.value()));
  for (const Real p : {Real(-0.1), Real(1), Real(NAN)}) CHECK_THROWS_AS(Dropout(p), std::domain_error);
}

// ---- time -------------------------------------------------------------------------------------------------

TEST_CASE("gru: an update gate at 1 keeps the state, at 0 it forgets it") {
  Evaluation scope;
  GRUCell gru(normal(Stream(), {6, 3}), normal(Stream().at_epoch(1), {6, 2}));
  const Var x = constant(normal(Stream().at_epoch(2), {4, 3})),
            h = constant(normal(Stream().at_epoch(3), {4, 2}));
  for (std::size_t i = 2; i < 4; ++i) gru.bias_ih.update()(i) = 1000;
  CHECK(same(gru(x, h).value(), h.value()));
  for (std::size_t i = 2; i < 4; ++i) gru.bias_ih.update()(i) = -1000;
  for (const Real y : values_of(gru(x, h).value())) CHECK(std::abs(y) < 1);  // the candidate, a tanh
}

TEST_CASE("causal convolution: time t sees t, t - d, t - 2d, ... and nothing else") {
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

TEST_CASE("masked convolution: a pixel sees those above and on the left; itself in type B alone") {
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
                    right = i % int(W) - j % int(W);  // from the pixel seen to the one that sees
          const bool near = std::abs(down) <= reach && std::abs(right) <= reach;
          const bool before =
              down > 0 || (down == 0 && (right > 0 || (right == 0 && type == MaskedConv2d::Type::B)));
          INFO("K " << K << ": pixel " << i << " by pixel " << j);
          CHECK((J(i, j) != 0) == (near && before));
        }
    }
}
