// The fully connected layer: PyTorch's names and orientation, the product by loops, and the distributions of initial weights.
#include "nn/linear.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("linear: weight is [out, in], bias begins at zero, and both are named") {
  Linear layer(glorot_uniform(5, 3, Stream()));
  std::string text;
  layer.visit("encoder.0", [&](const std::string& name, Parameter& p) { text += name + " " + to_string(p.shape()) + "\n"; });
  CHECK(text == "encoder.0.weight [3,5]\nencoder.0.bias [3]\n");
  CHECK(same(layer.bias.value(), zeros({3})));
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

TEST_CASE("linear: Glorot's weights are uniform within sqrt(6/(in+out))") {
  const double limit = std::sqrt(6.0 / (300 + 200));
  const std::vector<Real> w = values_of(glorot_uniform(300, 200, Stream()));
  CHECK(kolmogorov_accepts(w, [&](double x) { return std::min(1.0, std::max(0.0, (x / limit + 1) / 2)); }));
  CHECK(*std::max_element(w.begin(), w.end()) < limit);
  CHECK(*std::min_element(w.begin(), w.end()) > -limit);
}

TEST_CASE("linear: LeCun's weights are uniform within sqrt(3/in), of variance 1/in") {
  const Array weight = lecun_uniform(300, 100, Stream());
  CHECK(weight.shape() == Shape{100, 300});
  const double limit = std::sqrt(3.0 / 300);
  const std::vector<Real> w = values_of(weight);
  CHECK(kolmogorov_accepts(w, [&](double x) { return std::min(1.0, std::max(0.0, (x / limit + 1) / 2)); }));
  CHECK(*std::max_element(w.begin(), w.end()) < limit);
  CHECK(*std::min_element(w.begin(), w.end()) > -limit);
  std::vector<double> squares;
  for (const Real v : w) squares.push_back(v * v);
  CHECK(average(squares).agrees_with(1.0 / 300));
}

TEST_CASE("linear: He's weights are normal with variance 2/in") {
  const std::vector<Real> w = values_of(he_normal(300, 200, Stream()));
  CHECK(kolmogorov_accepts(w, [](double x) { return normal_cdf(x / std::sqrt(2.0 / 300)); }));
}

TEST_CASE("linear: initial weights come from the purpose of initialisation, whatever the stream was for") {
  CHECK(same(glorot_uniform(4, 3, Stream()), glorot_uniform(4, 3, Stream().at(Purpose::order))));
  CHECK_FALSE(same(glorot_uniform(4, 3, Stream()), glorot_uniform(4, 3, Stream().at_epoch(1))));
}
