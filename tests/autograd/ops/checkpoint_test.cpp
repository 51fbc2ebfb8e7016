// Checkpoints: the gradients of what is computed again, and the memory that is saved.
#include <cmath>
#include <optional>
#include <stdexcept>

#include "autograd/custom.h"
#include "autograd/gradcheck.h"
#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

// A wide chain between narrow ends.
Var wide(Var x, const Parameter& W) {
  Var h = matmul(x, W);
  for (int i = 0; i < 4; ++i) h = tanh(h * Real(1.1));
  return mean(h, {1}, true) + x;
}

const Array W0 = normal(Stream(), {1, 50}), x0 = normal(Stream().at_epoch(1), {4, 1});

}  // namespace

TEST_CASE("checkpoint: value and gradients are those of the same function kept") {
  Step step;
  const Parameter W(W0);
  const Var x = variable(x0);
  const Var kept = wide(wide(x, W), W),
            again = checkpoint([=, &W] { return wide(checkpoint([=, &W] { return wide(x, W); }), W); });
  CHECK(same(kept.value(), again.value()));
  const Gradients g = backward(sum(square(kept))), h = backward(sum(square(again)));
  for (std::size_t i = 0; i < 4; ++i) CHECK(h[x].data()[i] == Approx(g[x].data()[i]).epsilon(1e-13));
  for (std::size_t i = 0; i < 50; ++i) CHECK(h[W].data()[i] == Approx(g[W].data()[i]).epsilon(1e-13));
}

TEST_CASE(
    "checkpoint: a parameter that was held constant has no slope, whatever is held in the reverse pass") {
  const Parameter W(W0), b(array({1, 1}, {0.3}));
  for (const bool held_in_reverse : {false, true})
    for (const bool used_before : {false, true}) {
      Step step;
      const Var x = variable(x0);
      const Var before = used_before ? sum(wide(x, W)) : constant(zeros({}));
      const auto f = [=, &W, &b] { return wide(x, W) * b; };
      std::vector<Array> of_x, of_b, of_W;
      for (const bool again : {false, true}) {
        std::optional<HoldConstant> hold;
        hold.emplace(std::vector<const Parameter*>{&W});
        const Var y = sum(square(again ? checkpoint(f) : f())) + before;
        if (!held_in_reverse) hold.reset();
        const Gradients g = backward(y);
        of_x.push_back(g[x]), of_b.push_back(g[b]);
        if (used_before) of_W.push_back(g[W]);
      }
      for (std::size_t i = 0; i < 4; ++i)
        CHECK(of_x[1].data()[i] == Approx(of_x[0].data()[i]).epsilon(1e-13));
      CHECK(of_b[1].data()[0] == Approx(of_b[0].data()[0]).epsilon(1e-13));
      for (std::size_t i = 0; used_before && i < 50; ++i)
        CHECK(of_W[1].data()[i] == Approx(of_W[0].data()[i]).epsilon(1e-13));
    }
}

TEST_CASE("checkpoint: gradients to second order, of captured Vars and parameters") {
  const auto f = [](const std::vector<Var>& x) {
    const Var h = x[0] * x[1];  // used inside and outside
    return checkpoint([=] { return exp(checkpoint([=] { return tanh(h) * x[1]; })); }) + h;
  };
  const GradientCheck check = check_gradient(f, {array({2}, {0.3, -0.8}), array({2}, {1.1, 0.4})});
  CHECK(check.order1 < 1e-9);
  CHECK(check.order2 < 1e-9);
  Parameter w(array({2}, {0.3, -0.8}));
  const GradientCheck parameters =
      check_gradient([&] { return checkpoint([&] { return tanh(w) * square(w); }); }, {&w});
  CHECK(parameters.order1 < 1e-9);
  CHECK(parameters.order2 < 1e-9);
}

TEST_CASE("checkpoint: a function that returns what it is given, or nothing that varies") {
  Step step;
  const Var x = variable(array({2}, {3, 5}));
  CHECK(values_of(backward(sum(square(checkpoint([=] { return x; }))))[x]) == std::vector<Real>{6, 10});
  const Var c = checkpoint([] { return constant(full({2}, 7)); });
  CHECK(values_of(backward(sum(x * c))[x]) == std::vector<Real>{7, 7});
}

TEST_CASE("checkpoint: a deep chain keeps a fraction of the memory") {
  const auto bytes = [](bool checkpoints) {
    Tape tape;
    Step step;
    const Parameter W(W0);
    Var x = variable(x0);
    for (int i = 0; i < 50; ++i) x = checkpoints ? checkpoint([=, &W] { return wide(x, W); }) : wide(x, W);
    backward(sum(x));
    return tape.bytes();
  };
  CHECK(bytes(true) < bytes(false) / 4);
}

TEST_CASE("checkpoint: a parameter that was changed in between is an error") {
  Step step;
  Parameter w(array({2}, {1, 2}));
  const Var y = sum(checkpoint([&] { return square(w); }));
  w.update().data()[0] = 3;
  CHECK_THROWS_AS(backward(y), std::logic_error);
}

TEST_CASE("checkpoint: a function that gives another shape the second time is an error") {
  Step step;
  const Var x = variable(full({400}, 1));
  const auto changing = [&](int& calls) {
    return checkpoint([x, &calls] { return ++calls == 1 ? sum(x) : sin(x); });
  };
  int first = 0, second = 0;
  CHECK_THROWS_AS(backward(changing(first)), std::logic_error);
  CHECK_THROWS_AS(grad(changing(second), {x}), std::logic_error);
}

TEST_CASE(
    "checkpoint: a function that finds another Var the second time, captured by reference, is an error") {
  Step step;
  const Var x = variable(full({2}, 3));
  Var h = x;
  h = checkpoint([&] { return h * Real(3); });
  CHECK_THROWS_AS(backward(sum(h)), std::logic_error);
  CHECK_THROWS_AS(grad(sum(h), {x}), std::logic_error);
  Var k = square(x);
  k = checkpoint([&] { return k; });
  CHECK_THROWS_AS(backward(sum(k)), std::logic_error);
}

TEST_CASE("checkpoint: a parameter that is used only the second time is an error") {
  Parameter w(full({2}, 5));
  Step step;
  const Var x = variable(full({2}, 3));
  int calls = 0;
  const Var y = checkpoint([&, x] { return calls++ ? x * w : x * Real(3); });
  CHECK_THROWS_AS(backward(sum(y)), std::logic_error);
}

TEST_CASE("checkpoint: a parameter that an evaluation has used before gets its gradient") {
  Parameter w(full({1}, 3));
  Evaluation evaluation;
  CHECK(Var(w).item() == 3);
  Step step;
  const Var x = variable(full({1}, 2));
  CHECK(values_of(backward(sum(checkpoint([&] { return square(w); })))[w]) == std::vector<Real>{6});
  const Gradients g = backward(sum(checkpoint([&, x] { return square(w) * x; })) + sum(Var(w)));
  CHECK(values_of(g[w]) == std::vector<Real>{13});
  CHECK(values_of(g[x]) == std::vector<Real>{9});
}

TEST_CASE("checkpoint: what the function records after its result changes nothing") {
  Step step;
  const Var x = variable(full({2}, 3));
  const Var y = checkpoint([x] {
    const Var result = square(x);
    for (int i = 0; i < 40; ++i) sin(result);
    return result;
  });
  CHECK(values_of(backward(sum(y))[x]) == std::vector<Real>{6, 6});
}

TEST_CASE("checkpoint: without recording it is the function") {
  Evaluation scope;
  const std::size_t before = Tape::current().size();
  CHECK(checkpoint([] { return square(constant(full({}, 3))); }).item() == 9);
  CHECK(Tape::current().node(before + 1).op == std::string("square"));
}

// ---- an operation of a user's own -------------------------------------------------------------------------

namespace {

// y = x³        x̄ += ȳ 3x²
Var cube(Var x, Real factor = 3) {
  return custom(
      "cube", {x},
      [](const Array& x) {
        Array y = x;
        for (std::size_t i = 0; i < y.size(); ++i) y.data()[i] *= y.data()[i] * y.data()[i];
        return y;
      },
      [=](Var g, Var x) { return g * factor * square(x); });
}

}  // namespace

TEST_CASE("custom: value, gradients to second order, and a wrong rule is caught") {
  CHECK(cube(constant(full({}, 2))).item() == 8);
  const std::vector<Array> at = {array({2, 2}, {0.5, -1, 2, 0.1})};
  const GradientCheck right = check_gradient([](const std::vector<Var>& x) { return cube(x[0]); }, at);
  CHECK(right.order1 < 1e-9);
  CHECK(right.order2 < 1e-9);
  CHECK(check_gradient([](const std::vector<Var>& x) { return cube(x[0], 2); }, at).order1 > 0.1);
}

TEST_CASE("custom: no rule, no gradient; a rule of the wrong shape is an error") {
  Step step;
  const Var x = variable(full({2}, 2));
  const auto twice = [](const Array& x, const Array&) { return Array(x * 2); };
  const Var y = custom("twice", {x, x}, twice, nullptr, [](Var g) { return g; });
  CHECK(values_of(backward(sum(y))[x]) == std::vector<Real>{1, 1});
  const Var wrong = custom("wrong", {x, x}, twice, nullptr, [](Var g) { return sum(g); });
  CHECK_THROWS_AS(backward(sum(wrong)), std::logic_error);
  CHECK_THROWS_AS(grad(sum(wrong), {x}), std::logic_error);
  const auto first = [](const Array& x) { return full({1}, x.data()[0]); };
  CHECK_THROWS_AS(backward(sum(custom("first", {x}, first, [](Var g) { return g; }))), std::logic_error);
}
