// The fully connected layer: PyTorch's names and orientation, the product by loops, and inputs that do not
// fit.
#include "nn/layers/linear.h"

#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("linear: weight is [out, in], bias begins at zero, and both are named") {
  Linear layer(zeros({3, 5}));
  std::string text;
  layer.visit("encoder.0", [&](const std::string& name, Parameter& p) {
    text += name + " " + to_string(p.shape()) + "\n";
  });
  CHECK(text == "encoder.0.weight [3,5]\nencoder.0.bias [3]\n");
  CHECK(same(layer.bias.value(), zeros({3})));
}

TEST_CASE("linear: from its sizes and a stream, with Glorot's weights or others") {
  CHECK(same(Linear(5, 3, Stream()).weight.value(), glorot_uniform({3, 5}, Stream())));
  CHECK(same(Linear(5, 3, Stream(), he_normal).weight.value(), he_normal({3, 5}, Stream())));
  CHECK(same(Linear(5, 3, Stream()).bias.value(), zeros({3})));
}

TEST_CASE("linear: a list of sizes taken for values is named as that") {
  const auto message = message_of<std::invalid_argument>([] { Linear(Array({200, 784})); });
  CHECK(says(message, {"[linear] W is [2], not [out,in]", "zeros({2, 3})"}));
}

TEST_CASE("linear: y = x W' + b, by loops") {
  Evaluation scope;
  Linear layer(normal(Stream(), {3, 5}));
  layer.bias.update() = array({3}, {1, -2, 0.5});
  const Array x = normal(Stream().at_epoch(1), {4, 5}), y = layer(constant(x)).value();
  REQUIRE(y.shape() == Shape{4, 3});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t h = 0; h < 3; ++h) {
      double expected = layer.bias.value()(h);
      for (std::size_t d = 0; d < 5; ++d) expected += x(i, d) * layer.weight.value()(h, d);
      CHECK(y(i, h) == Approx(expected).epsilon(1e-13));
    }
}

TEST_CASE("linear: inputs that do not fit are refused with both shapes") {
  Evaluation scope;
  const Linear layer(zeros({200, 784}));
  const auto message = [&](const Shape& shape) {
    return message_of<std::invalid_argument>([&] { layer(constant(zeros(shape))); });
  };
  CHECK(says(message({32, 10}), {"[linear] x is [32,10] but W is [200,784]"}));
  CHECK(says(message({784}), {"[linear] x is [784] but W is [200,784]"}));
  CHECK(says(message({2, 28, 28}), {"[linear] x is [2,28,28] but W is [200,784]"}));
}
