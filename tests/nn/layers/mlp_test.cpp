// The multilayer perceptron: names, the forward pass by hand, and gradients in its inputs and its parameters.
#include "nn/layers/mlp.h"

#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// v -> act(v Wᵀ + b), or without act
std::vector<double> layer_by_hand(const Linear& layer, const std::vector<double>& v, double (*act)(double)) {
  std::vector<double> y;
  for (std::size_t h = 0; h < layer.weight.shape()[0]; ++h) {
    double sum = layer.bias.value()(h);
    for (std::size_t d = 0; d < v.size(); ++d) sum += layer.weight.value()(h, d) * v[d];
    y.push_back(act(sum));
  }
  return y;
}

}  // namespace

TEST_CASE("mlp: names count the activations, as in torch.nn.Sequential") {
  MLP mlp({4, 5, 6, 2}, activation_named("relu"), Stream());
  std::string text;
  mlp.visit("encoder",
            [&](const std::string& name, Parameter& p) { text += name + " " + to_string(p.shape()) + "\n"; });
  CHECK(text ==
        "encoder.0.weight [5,4]\nencoder.0.bias [5]\nencoder.2.weight [6,5]\nencoder.2.bias [6]\n"
        "encoder.4.weight [2,6]\nencoder.4.bias [2]\n");
}

TEST_CASE("mlp: the activation stands between the layers and not after the last") {
  double (*const by_hand[])(double) = {
      [](double x) { return std::tanh(x); },           [](double x) { return std::max(x, 0.0); },
      [](double x) { return 1 / (1 + std::exp(-x)); }, [](double x) { return std::log1p(std::exp(x)); },
      [](double x) { return x / (1 + std::exp(-x)); },
  };
  REQUIRE(activations().size() == 5);
  Evaluation scope;
  const Array x = normal(Stream().at_epoch(1), {3, 4});
  for (std::size_t k = 0; k < 5; ++k) {
    MLP mlp({4, 5, 6, 2}, activations()[k], Stream());
    for (Linear& layer : mlp.layers) layer.bias.update().fill(0.1);
    const Array y = mlp(constant(x)).value();
    for (std::size_t i = 0; i < 3; ++i) {
      std::vector<double> v = {x(i, 0), x(i, 1), x(i, 2), x(i, 3)};
      v = layer_by_hand(mlp.layers[0], v, by_hand[k]);
      v = layer_by_hand(mlp.layers[1], v, by_hand[k]);
      v = layer_by_hand(mlp.layers[2], v, [](double x) { return x; });
      for (std::size_t j = 0; j < 2; ++j) CHECK(y(i, j) == Approx(v[j]).epsilon(1e-12));
    }
  }
}

TEST_CASE("mlp: two sizes make it linear") {
  Evaluation scope;
  const MLP mlp({3, 2}, activations().front(), Stream());
  CHECK(mlp.layers.size() == 1);
  const Var x = constant(normal(Stream(), {4, 3}));
  const Array once = mlp(x).value(), twice = mlp(2 * x).value();
  for (std::size_t i = 0; i < once.size(); ++i)
    CHECK(twice.data()[i] == Approx(2 * once.data()[i]).epsilon(1e-14));
}

TEST_CASE("mlp: gradients to second order, in x and in every weight and bias") {
  for (const char* name : {"tanh", "sigmoid", "softplus", "silu"}) {
    const Activation activation = activation_named(name);
    const Function f = [&](const std::vector<Var>& v) {
      return affine(activation.apply(affine(v[0], v[1], v[2])), v[3], v[4]);
    };
    MLP mlp({3, 4, 2}, activation, Stream());
    std::vector<Array> at = {normal(Stream().at_epoch(1), {2, 3})};
    mlp.visit("mlp", [&](const std::string&, Parameter& p) { at.push_back(p.value()); });
    const GradientCheck check = check_gradient(f, at);
    INFO(name << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);

    // The gradients in the layers' parameters are those of the same function of arrays.
    Step step;
    std::vector<Var> inputs;
    for (const Array& a : at) inputs.push_back(variable(a));
    Gradients by_variable = backward(sum(square(f(inputs))));
    Gradients by_parameter = backward(sum(square(mlp(inputs[0]))));
    std::size_t k = 1;
    mlp.visit("mlp", [&](const std::string& parameter, Parameter& p) {
      INFO(parameter);
      CHECK(same(by_parameter[p], by_variable[inputs[k++]]));
    });
  }
}

// With 300 inputs and 100 outputs the variances of the three initializations differ by at least a third; the
// estimate is within 5 %.
TEST_CASE(
    "mlp: layers begin with weights of their own, hidden ones to suit the activation, the last one after "
    "Glorot") {
  const std::vector<std::pair<std::string, double>> hidden = {{"tanh", 1.0 / 300},
                                                              {"relu", 2.0 / 300},
                                                              {"sigmoid", 2.0 / 400},
                                                              {"softplus", 2.0 / 300},
                                                              {"silu", 2.0 / 300}};
  REQUIRE(hidden.size() == activations().size());
  const auto variance = [](const Linear& layer) {
    double sum = 0;
    for (const Real w : values_of(layer.weight.value())) sum += w * w;
    return sum / double(layer.weight.value().size());
  };
  for (const auto& [name, expected] : hidden) {
    const MLP mlp({300, 100, 300, 100}, activation_named(name), Stream());
    INFO(name);
    CHECK_FALSE(same(mlp.layers[0].weight.value(), mlp.layers[2].weight.value()));
    CHECK(variance(mlp.layers[0]) == Approx(expected).epsilon(0.05));
    CHECK(variance(mlp.layers[2]) == Approx(2.0 / 400).epsilon(0.05));  // Glorot: U(±a) has variance a²/3
  }
}

TEST_CASE("mlp: an unknown activation and too few sizes are refused") {
  CHECK(says(message_of<std::invalid_argument>([] { activation_named("gelu"); }),
             {"gelu", "tanh, relu, sigmoid, softplus, silu"}));
  CHECK_THROWS_AS(MLP({4}, activations().front(), Stream()), std::invalid_argument);
}
