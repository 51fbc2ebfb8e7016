// Stochastic gradient descent: one step, and geometric decay on a parabola.
#include "nn/optimizers/sgd.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// ½ Σ θ²
void step_down(SGD& sgd, const Parameter& theta) {
  Step step;
  sgd.step(backward(0.5 * sum(square(Var(theta)))));
}

}  // namespace

TEST_CASE("sgd: theta moves by the rate times the gradient") {
  Parameter theta(array({2, 2}, {1, -2, 4, 0}));
  SGD sgd({{"theta", &theta}}, 0.25);
  step_down(sgd, theta);
  CHECK(same(theta.value(), array({2, 2}, {0.75, -1.5, 3, 0})));
  CHECK(sgd.steps == 1);
}

TEST_CASE("sgd: on half a square, theta shrinks by 1 - rate a step") {
  Parameter theta(full({}, 1));
  SGD sgd({{"theta", &theta}}, 0.1);
  for (int t = 0; t < 50; ++t) step_down(sgd, theta);
  CHECK(theta.value()() == Approx(std::pow(0.9, 50)).epsilon(1e-13));
}

TEST_CASE("sgd: it has no state, and parameters that the loss does not depend on stay") {
  Parameter theta(full({}, 1)), idle(full({3}, 4));
  SGD sgd({{"theta", &theta}, {"idle", &idle}}, 0.1);
  step_down(sgd, theta);
  CHECK(same(idle.value(), full({3}, 4)));
  sgd.visit_state([](const std::string& name, Array&) { FAIL(name); });
}

TEST_CASE("sgd: a parameter whose shape changed after backward is refused by name, and stays as it is") {
  Parameter theta(full({3}, 2));
  SGD sgd({{"theta", &theta}}, 0.1);
  const Step step;
  const Gradients before = backward(sum(square(Var(theta))));
  theta.update() = full({5}, 2);
  CHECK(says(message_of<std::invalid_argument>([&] { sgd.step(before); }), {"theta", "[5]", "[3]"}));
  CHECK(same(theta.value(), full({5}, 2)));
}
