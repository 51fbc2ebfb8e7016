// Adam against algorithm 1 of Kingma & Ba 2014, written here number by number.
#include "nn/optimizers/adam.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// ½ Σ cᵢ (θᵢ − i)², whose gradient is cᵢ (θᵢ − i)
const std::vector<Real> curvature = {1, 10, 0.1, 3, 0.01};
const std::vector<Real> optimum = {0, 1, 2, 3, 4};

Var loss(const Parameter& theta) {
  return 0.5 * sum(constant(array({5}, curvature)) * square(Var(theta) - constant(array({5}, optimum))));
}

void step_down(Optimizer& optimizer, const Parameter& theta) {
  Step step;
  optimizer.step(backward(loss(theta)));
}

}  // namespace

TEST_CASE("adam: twenty steps are those of algorithm 1") {
  Parameter theta(array({5}, {1, -1, 0.5, 7, -3}));
  Adam adam({{"theta", &theta}}, 0.05);
  adam.beta1 = 0.8, adam.beta2 = 0.95, adam.epsilon = 1e-6;
  std::vector<double> x = {1, -1, 0.5, 7, -3}, m(5), v(5);
  for (int t = 1; t <= 20; ++t) {
    step_down(adam, theta);
    for (std::size_t i = 0; i < 5; ++i) {
      const double g = curvature[i] * (x[i] - optimum[i]);
      m[i] = 0.8 * m[i] + 0.2 * g;
      v[i] = 0.95 * v[i] + 0.05 * g * g;
      const double m_hat = m[i] / (1 - std::pow(0.8, t)), v_hat = v[i] / (1 - std::pow(0.95, t));
      x[i] -= 0.05 * m_hat / (std::sqrt(v_hat) + 1e-6);
      CHECK(std::abs(theta.value()(i) - x[i]) < 1e-12);
    }
  }
  CHECK(adam.steps == 20);
}

TEST_CASE("adam: the first step moves every parameter by alpha against its gradient's sign") {
  Parameter theta(array({5}, {1, -1, 0.5, 7, -3}));
  Adam adam({{"theta", &theta}});
  step_down(adam, theta);
  const std::vector<double> expected = {1 - 1e-3, -1 + 1e-3, 0.5 + 1e-3, 7 - 1e-3, -3 + 1e-3};
  for (std::size_t i = 0; i < 5; ++i) CHECK(theta.value()(i) == Approx(expected[i]).epsilon(1e-6));
}

TEST_CASE("adam: it converges to the optimum") {
  Parameter theta(array({5}, {1, -1, 0.5, 7, -3}));
  Adam adam({{"theta", &theta}}, 0.05);
  for (int t = 0; t < 3000; ++t) step_down(adam, theta);
  for (std::size_t i = 0; i < 5; ++i) CHECK(theta.value()(i) == Approx(optimum[i]).margin(1e-4));
}

TEST_CASE("adam: its state is named, and resumes the run bit for bit") {
  Parameter theta(array({5}, {1, -1, 0.5, 7, -3})), resumed;
  Adam adam({{"theta", &theta}}, 0.05);
  for (int t = 0; t < 7; ++t) step_down(adam, theta);

  resumed = theta;
  Adam other({{"theta", &resumed}}, 0.05);
  std::vector<std::string> names;
  std::vector<Array> state;
  adam.visit_state([&](const std::string& name, Array& a) { names.push_back(name), state.push_back(a); });
  std::size_t k = 0;
  other.visit_state([&](const std::string& name, Array& a) {
    CHECK(name == names[k]);
    a = state[k++];
  });
  other.steps = adam.steps;
  CHECK(names == std::vector<std::string>{"adam.m.theta", "adam.v.theta"});
  for (int t = 0; t < 5; ++t) step_down(adam, theta), step_down(other, resumed);
  CHECK(same(theta.value(), resumed.value()));
}

TEST_CASE("adam: a parameter that the loss does not depend on stays") {
  Parameter theta(array({5}, {1, -1, 0.5, 7, -3})), idle(full({2, 3}, 4));
  Adam adam({{"theta", &theta}, {"idle", &idle}});
  for (int t = 0; t < 3; ++t) step_down(adam, theta);
  CHECK(same(idle.value(), full({2, 3}, 4)));
}

TEST_CASE("adam: arrays of any length, with the same step everywhere") {
  for (const std::size_t n : {0u, 1u, 15u, 16u, 17u, 1000u, 40001u}) {
    Parameter w(full({n}, 2));
    Adam adam({{"w", &w}});
    Step step;
    adam.step(backward(sum(square(Var(w)))));
    for (const Real v : values_of(w.value())) REQUIRE(v == Approx(2 - 1e-3).epsilon(1e-9));
  }
}

TEST_CASE("adam: a parameter whose shape has changed is refused by name, and stays as it is") {
  Parameter w(full({3}, 2)), v(full({3}, 2));
  Adam of_w({{"w", &w}}), of_v({{"v", &v}});
  const Step step;
  const Gradients before = backward(sum(square(Var(v))));
  v.update() = full({5}, 2);  // after backward
  CHECK(says(message_of<std::invalid_argument>([&] { of_v.step(before); }), {"v", "[5]", "[3]"}));
  CHECK(same(v.value(), full({5}, 2)));

  w.update() = full({4}, 2);  // after construction
  const Gradients after = backward(sum(square(Var(w))));
  CHECK(says(message_of<std::invalid_argument>([&] { of_w.step(after); }), {"w", "[4]", "[3]"}));
  CHECK(same(w.value(), full({4}, 2)));
}

TEST_CASE("adam: with any number of threads, it treats a number in a long array as it does alone") {
  const std::size_t before = threads();
  const auto trained = [](const Array& start, std::size_t count) {
    set_threads(count);
    Parameter w(start);
    Adam adam({{"w", &w}}, 1e-2);
    for (int i = 0; i < 3; ++i) {
      Step scope;
      adam.step(backward(sum(square(tanh(Var(w)) * softplus(w)))));
    }
    return w.value();
  };
  const Array start = normal(Stream(), {100233});  // not a multiple of ranges or registers
  for (const std::size_t count : {1, 2, 3}) {
    const Array whole = trained(start, count);
    for (const std::size_t first : {0, 50000, 100200}) {
      const Array few = slice(constant(start), 0, first, first + 33).value();
      CHECK((trained(few, 1) == slice(constant(whole), 0, first, first + 33).value()));
    }
  }
  set_threads(before);
}
