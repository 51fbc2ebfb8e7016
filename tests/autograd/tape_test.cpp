// The tape itself: what a reverse pass adds up, how long things live, what memory does over many steps, and what is refused.
#include "autograd/tape.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "nn/adam.h"
#include "nn/mlp.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

Var scalar(Real value) { return variable(full({}, value)); }

Real number(const Array& a) { return a.data()[0]; }

Real dot(const Array& a, const Array& b) {
  Real total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a.data()[i] * b.data()[i];
  return total;
}

}  // namespace

// ---- the reverse pass -------------------------------------------------------------------------------------------------------

TEST_CASE("tape: the diamond b = a + a, c = b + b has slope 4") {
  Step step;
  const Var a = scalar(3), b = a + a, c = b + b;
  CHECK(c.item() == 12);
  CHECK(number(backward(c)[a]) == 4);
}

TEST_CASE("tape: paths of different lengths meet") {
  Step step;
  const Var x = scalar(2), u = x * x, v = u * x, y = v + x;  // x³ + x
  CHECK(number(backward(y)[x]) == 13);
}

TEST_CASE("tape: calling backward twice gives the same bits, and doubles nothing") {
  Step step;
  const Var x = variable(normal(Stream(), {7, 5})), W = variable(normal(Stream().at_epoch(1), {3, 5}));
  const Var loss = mean(square(tanh(matmul(x, W, false, true))));
  Gradients first = backward(loss);
  const Array gx = first[x], gW = first[W];
  Gradients second = backward(loss);
  CHECK(same(second[x], gx));
  CHECK(same(second[W], gW));
  CHECK(same(first[x], gx));
  for (int i = 0; i < 2; ++i) CHECK(same(backward(loss)[x], gx));  // in one array, twice
}

TEST_CASE("tape: gradients at nodes between the inputs and the loss") {
  Step step;
  const Var x = scalar(3), u = square(x), loss = Real(5) * u;
  Gradients g = backward(loss);
  CHECK(number(g[u]) == 5);
  CHECK(number(g[loss]) == 1);
}

TEST_CASE("tape: the adjoint of a Var of any shape may be given") {
  Step step;
  const Var x = variable(array({3}, {1, 2, 3})), y = square(x);
  CHECK(values_of(backward(y, array({3}, {1, 10, 100}))[x]) == std::vector<Real>{2, 40, 600});
  CHECK(says(message_of<std::invalid_argument>([&] { backward(y, full({1}, 1)); }), {"[backward]", "[1]", "[3]"}));
}

TEST_CASE("tape: an adjoint that is given may change or go when backward is done") {
  Step step;
  const Var a = variable(array({2}, {1, 2})), b = variable(array({2}, {3, 4})), y = a + b, other = y * Real(2);
  auto given = std::make_unique<Array>(array({2}, {10, 20}));
  const Gradients of_sum = backward(y, *given), of_leaf = backward(a, *given), of_square = backward(square(y), *given);
  const Gradients of_checkpoint = backward(checkpoint([=] { return a - b; }), *given);
  *given = array({2}, {7, 8});
  given.reset();
  CHECK(values_of(of_sum[y]) == std::vector<Real>{10, 20});
  CHECK(values_of(of_sum[a]) == std::vector<Real>{10, 20});
  CHECK(values_of(of_sum[b]) == std::vector<Real>{10, 20});
  CHECK(values_of(of_sum[other]) == std::vector<Real>{0, 0});
  CHECK(values_of(of_leaf[a]) == std::vector<Real>{10, 20});
  CHECK(values_of(of_square[b]) == std::vector<Real>{80, 240});
  CHECK(values_of(of_checkpoint[a]) == std::vector<Real>{10, 20});
  CHECK(values_of(of_checkpoint[b]) == std::vector<Real>{-10, -20});
}

// x̄ += ȳ needs no array of its own until something else is added to it.
TEST_CASE("tape: an adjoint that is handed on to several is still each one's own") {
  Step step;
  const auto numbers = [](Real low) { return variable(array({3}, {low, low + 1, low + 2})); };
  const Var a = numbers(1), b = numbers(2), c = numbers(3), w = constant(array({3}, {5, 7, 11}));
  const Var y = a + b, z = c - y;
  const Gradients g = backward(sum(z * w) + sum(square(a)) + sum(y + y));
  CHECK(values_of(g[z]) == std::vector<Real>{5, 7, 11});
  CHECK(values_of(g[c]) == std::vector<Real>{5, 7, 11});
  CHECK(values_of(g[y]) == std::vector<Real>{-3, -5, -9});
  CHECK(values_of(g[b]) == std::vector<Real>{-3, -5, -9});
  CHECK(values_of(g[a]) == std::vector<Real>{-1, -1, -3});
}

TEST_CASE("tape: an adjoint handed on from within a checkpoint outlives it") {
  Step step;
  const Var a = variable(array({2}, {1, 2})), b = variable(array({2}, {3, 4})), v = constant(array({2}, {5, 6}));
  const auto checked_sum = [](Var x, Var y) { return checkpoint([=] { return x + y; }); };
  const Gradients g = backward(sum(checked_sum(b, b) * v) + sum(checked_sum(a, a * Real(2))));
  CHECK(values_of(g[a]) == std::vector<Real>{3, 3});
  CHECK(values_of(g[b]) == std::vector<Real>{10, 12});
  const Gradients h = backward(sum(checked_sum(a, v)) + sum(checked_sum(b, v) * v));
  CHECK(values_of(h[a]) == std::vector<Real>{1, 1});
  CHECK(values_of(h[b]) == std::vector<Real>{5, 6});
}

// For linear f, f(v) = Jv, so uᵀ f(v) = (Jᵀu)ᵀ v, with Jᵀu from backward.
TEST_CASE("tape: adjoint identity of linear operations") {
  Step step;
  const Var x = variable(normal(Stream(), {4, 3})), W = variable(normal(Stream().at_epoch(1), {2, 3}));
  const Var b = variable(normal(Stream().at_epoch(2), {2})), none = constant(zeros({2}));
  const Array u = normal(Stream().at_epoch(3), {4, 2});
  Gradients g = backward(sum(affine(x, W, b) * constant(u)));
  CHECK(dot(g[x], x.value()) == Approx(dot(u, affine(x, W, none).value())).epsilon(1e-13));
  CHECK(dot(g[W], W.value()) == Approx(dot(u, affine(x, W, none).value())).epsilon(1e-13));
  CHECK(dot(g[b], b.value()) == Approx(dot(u, affine(constant(zeros({4, 3})), W, b).value())).epsilon(1e-13));
  Gradients h = backward(sum(matmul(x, W, false, true) * constant(u)));
  CHECK(dot(h[x], x.value()) == Approx(dot(u, matmul(x, W, false, true).value())).epsilon(1e-13));
  CHECK(same(h[x], g[x]));
}

TEST_CASE("tape: a million operations in a chain, without recursion") {
  Tape tape;
  Step step;
  const Var x = scalar(1);
  Var y = x;
  for (int i = 0; i < 1000000; ++i) y = y + Real(1e-6);
  CHECK(y.item() == Approx(2));
  CHECK(number(backward(y)[x]) == 1);
}

// Once 23 ms each, and now a thousandth of that.
TEST_CASE("tape: after a deep graph, small ones cost what they did") {
  Tape tape;
  {
    Step step;
    const Var x = scalar(1);
    Var y = x;
    for (int i = 0; i < 300000; ++i) y = y + Real(1e-6);
    backward(y);
  }
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    Step step;
    const Var x = scalar(2);
    CHECK(number(backward(square(x))[x]) == 4);
  }
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() < 0.1);
}

TEST_CASE("tape: derivatives of derivatives of x^4") {
  Step step;
  const Var x = scalar(2), y = square(square(x));
  const Var first = grad(y, {x})[0], second = grad(first, {x})[0], third = grad(second, {x})[0];
  CHECK(first.item() == 32);
  CHECK(second.item() == 48);
  CHECK(third.item() == 48);
  CHECK(number(backward(third)[x]) == 24);
}

TEST_CASE("tape: the derivatives of tanh to third order, from its equation y' = 1 - y^2") {
  Step step;
  const Var x = scalar(0.3), y = tanh(x);
  const Real t = std::tanh(0.3), s = 1 - t * t;
  const Var first = grad(y, {x})[0], second = grad(first, {x})[0];
  CHECK(first.item() == Approx(s));
  CHECK(second.item() == Approx(-2 * t * s));
  CHECK(number(backward(second)[x]) == Approx(s * (6 * t * t - 2)));
}

TEST_CASE("tape: the Hessian of x'Ax is A + A'") {
  Step step;
  const Array A = normal(Stream(), {3, 3});
  const Var x = variable(normal(Stream().at_epoch(1), {1, 3}));
  const Var y = sum(matmul(matmul(x, constant(A)), x, false, true));
  const Var slope = grad(y, {x})[0];
  for (std::size_t i = 0; i < 3; ++i) {
    Gradients row = backward(sum(slice(slope, 1, i, i + 1)));
    for (std::size_t j = 0; j < 3; ++j) CHECK(row[x](0, j) == Approx(A(i, j) + A(j, i)));
  }
}

TEST_CASE("tape: grad with respect to several, to the result itself, and to what it does not depend on") {
  Step step;
  const Var x = scalar(3), y = scalar(5), z = scalar(7), f = x * y;
  const std::vector<Var> g = grad(f, {x, y, f, z});
  CHECK(g[0].item() == 5);
  CHECK(g[1].item() == 3);
  CHECK(g[2].item() == 1);
  CHECK(g[3].item() == 0);
}

// ---- who gets a gradient ----------------------------------------------------------------------------------------------------

TEST_CASE("tape: a constant gets no gradient, and neither does what stop_gradient hides") {
  Step step;
  const Var x = scalar(3), c = constant(full({}, 4)), hidden = square(x);
  Gradients g = backward(x * c + stop_gradient(hidden) * Real(2));
  CHECK(number(g[x]) == 4);
  CHECK(number(g[c]) == 0);
  CHECK(number(g[hidden]) == 0);
}

TEST_CASE("tape: gradients of what the loss does not reach are zeros of its shape") {
  Step step;
  const Parameter used(full({2}, 1)), unused(full({3, 2}, 1)), elsewhere(full({4}, 1));
  const Var other = sum(Var(elsewhere)), late = variable(zeros({5}));
  Gradients g = backward(sum(Var(used)));
  CHECK(same(g[used], full({2}, 1)));
  CHECK(same(g[unused], zeros({3, 2})));
  CHECK(same(g[elsewhere], zeros({4})));
  CHECK(same(g[other], zeros({})));
  CHECK(same(g[late], zeros({5})));
}

TEST_CASE("tape: a parameter used twice is one leaf, and its gradients add up") {
  Step step;
  const Parameter w(full({2}, 3));
  const Var a = w, b = w;
  Gradients g = backward(sum(a * b + w));
  CHECK(same(g[w], full({2}, 7)));
  CHECK(same(g[a], full({2}, 7)));
}

TEST_CASE("tape: a parameter used before, on and after an inner tape gets its full gradient on each") {
  Step step;
  const Parameter w(full({}, 3));
  const Var before = w;
  {
    Tape inner;
    CHECK(number(backward(square(Var(w)))[w]) == 6);
  }
  const Var after = w;
  CHECK(number(backward(before + after)[w]) == 2);
}

TEST_CASE("tape: parameters of a copied layer are parameters of their own") {
  Step step;
  const Parameter w(full({2}, 3)), copy = w;
  Gradients g = backward(sum(Var(w) * Var(copy)));
  CHECK(same(g[w], full({2}, 3)));
  CHECK(same(g[copy], full({2}, 3)));
}

// ---- lifetimes --------------------------------------------------------------------------------------------------------------

TEST_CASE("tape: a Var whose step was rewound throws, also when its slot is in use again") {
  Var stale;
  {
    Step step;
    stale = scalar(1);
  }
  CHECK_THROWS_AS(stale.value(), std::logic_error);
  Step step;
  const Var fresh = scalar(2);
  CHECK_THROWS_AS(stale.value(), std::logic_error);
  CHECK_THROWS_AS(stale + fresh, std::logic_error);
  CHECK_THROWS_AS(backward(stale), std::logic_error);
  CHECK_THROWS_AS(Var().value(), std::logic_error);
}

TEST_CASE("tape: no gradient is given of a Var that is gone or was never there, nor a recorded one of another tape's") {
  Var stale;
  {
    Step step;
    scalar(1), stale = scalar(2);
  }
  Tape outer;
  const Var foreign = scalar(7);
  Tape tape;
  const Var unreached = constant(full({}, 4)), x = scalar(3), y = square(x);  // `unreached` has the place that Var() names
  for (const Var& bad : {stale, Var(), foreign}) CHECK_THROWS_AS(grad(y, {x, bad}), std::logic_error);
  for (const Var& bad : {stale, Var()}) CHECK_THROWS_AS(backward(y)[bad], std::logic_error);
  CHECK(grad(y, {x, unreached})[1].item() == 0);
  Tape another;
  CHECK_THROWS_AS(grad(square(scalar(3)), {Var()}), std::logic_error);  // here that place is reached
}

TEST_CASE("tape: backward through a condition that was changed after its use throws, though no gradient flows there") {
  Step step;
  Parameter w(full({2}, 1));
  const Var x = variable(full({2}, 3)), loss = sum(where(Var(w), x, Real(0)));
  w.update()(0) = -1;
  CHECK_THROWS_AS(backward(loss), std::logic_error);
  CHECK_THROWS_AS(grad(loss, {x}), std::logic_error);
}

TEST_CASE("tape: backward through a parameter that was changed after its use throws") {
  Step step;
  Parameter w(full({2, 3}, 1));
  const Var u = w, loss = sum(square(u));
  w.update()(0, 0) = 5;
  CHECK(says(message_of<std::logic_error>([&] { backward(loss); }), {"[backward]", "[2,3]", "changed"}));
  CHECK_THROWS_AS(grad(loss, {u}), std::logic_error);
  CHECK(backward(sum(square(Var(w))))[w](0, 0) == 10);
}

TEST_CASE("tape: assigning to a parameter is a change too") {
  Step step;
  Parameter w(full({}, 1));
  const Var loss = square(Var(w));
  w = Parameter(full({}, 2));
  CHECK_THROWS_AS(backward(loss), std::logic_error);
}

TEST_CASE("tape: gradients outlive their step and their tape") {
  const Parameter w(full({3}, 2));
  const auto gradients = [&] {
    Tape tape;
    Step step;
    return std::make_unique<Gradients>(backward(sum(square(Var(w)))));
  }();
  CHECK(same((*gradients)[w], full({3}, 4)));
}

TEST_CASE("tape: a tape of one's own is current until its block ends") {
  Step step;
  const Var x = scalar(3), y = square(x);
  {
    Tape tape;
    CHECK(&Tape::current() == &tape);
    const Var inside = scalar(5);
    CHECK(number(backward(square(inside))[inside]) == 10);
    CHECK(tape.size() == 2);
  }
  CHECK(number(backward(y)[x]) == 6);
}

TEST_CASE("tape: a parameter has a leaf of its own on every tape, also on one in the place of another") {
  const Parameter w(full({}, 3));
  for (int round = 0; round < 2; ++round) {
    Tape tape;
    Step step;
    const Var x = round == 0 ? Var(w) : scalar(5), y = round == 0 ? scalar(5) : Var(w);
    CHECK(number(backward(x * y)[w]) == 5);
  }
}

TEST_CASE("tape: Vars of two tapes are not taken for each other") {
  Step step;
  const Var outer = scalar(3);
  Tape tape;
  const Var inner = scalar(5);
  CHECK(number(backward(inner * inner)[outer]) == 0);
  CHECK_THROWS_AS(inner * outer, std::logic_error);
  CHECK_THROWS_AS(outer * outer, std::logic_error);
  CHECK_THROWS_AS(grad(outer, {outer, inner}), std::logic_error);
}

TEST_CASE("tape: an evaluation records nothing") {
  Evaluation scope;
  const Parameter w(full({}, 3));
  const Var y = square(Var(w));
  CHECK(y.item() == 9);
  CHECK_FALSE(Tape::current().recording());
  CHECK_FALSE(Tape::current().node(y).needs_gradient);
  CHECK_THROWS_AS(backward(y), std::logic_error);
}

TEST_CASE("tape: after an evaluation inside a step, the step goes on recording") {
  Step step;
  const Parameter w(full({}, 3));
  const std::size_t before = Tape::current().size();
  {
    Evaluation scope;
    square(Var(w));
  }
  CHECK(Tape::current().size() == before);
  CHECK(number(backward(square(Var(w)))[w]) == 6);
}

TEST_CASE("tape: a step inside an evaluation records, also for a parameter that was evaluated before") {
  Evaluation scope;
  const Parameter w(full({}, 3)), v(full({}, 2));
  CHECK(Var(w).item() == 3);
  Step step;
  CHECK(number(backward(Var(w) * Var(v))[w]) == 2);
}

// ---- memory -----------------------------------------------------------------------------------------------------------------

TEST_CASE("tape: a thousand evaluations take no more memory than the first") {
  Tape tape;
  const Parameter w(normal(Stream(), {20, 10}));
  std::size_t first = 0;
  for (int round = 0; round < 1000; ++round) {
    Evaluation scope;
    sum(tanh(matmul(constant(full({5, 10}, 1)), w, false, true)));
    if (round == 0) first = tape.bytes();
  }
  CHECK(first > 0);
  CHECK(tape.bytes() == first);
  CHECK(tape.size() == 0);
}

TEST_CASE("tape: a thousand training steps take no more memory than ten") {
  Tape tape;
  nn::MLP mlp({4, 8, 2}, nn::activations().front(), Stream());
  nn::NamedParameters parameters;
  mlp.visit("mlp", [&](const std::string& name, Parameter& p) { parameters.emplace_back(name, &p); });
  nn::Adam adam(parameters);
  std::size_t after_ten = 0;
  for (std::uint32_t t = 1; t <= 1000; ++t) {
    {
      Step step;
      const Var x = constant(normal(Stream().at_epoch(t), {6, 4}));
      Gradients g = backward(mean(square(mlp(x))));
      adam.step(g);
    }
    if (t == 10) after_ten = tape.bytes();
  }
  CHECK(after_ten > 0);
  CHECK(tape.bytes() == after_ten);
}

TEST_CASE("tape: gradients that are kept cost memory of their own only as long as they are") {
  Tape tape;
  const Parameter w(full({100}, 1));
  const auto round = [&] {
    Step step;
    const Var loss = sum(square(Var(w)));
    Gradients a = backward(loss), b = backward(loss), c = backward(loss);
  };
  round();
  const std::size_t first = tape.bytes();
  for (int i = 0; i < 100; ++i) round();
  CHECK(tape.bytes() == first);
}

// ---- reports and refusals ---------------------------------------------------------------------------------------------------

TEST_CASE("tape: the first infinite value is named with its operation and the shapes") {
  Tape tape;
  const Var x = variable(full({2, 3}, 0));
  const Var y = x + Real(1);
  CHECK(tape.first_non_finite().empty());
  const Var z = log(x * y);
  z - z;  // NaN, but later
  CHECK(tape.first_non_finite() == "log [2,3] of mul [2,3]");
  CHECK(tape.describe(3) == "log [2,3] of mul [2,3]");
  CHECK(says(tape.describe(1), {"add [2,3] of variable [2,3], 1"}));
}

TEST_CASE("tape: a NaN is found wherever it stands, and only there") {
  for (const std::size_t at : {0u, 5u, 16u, 36u}) {
    Array a = full({37}, 1e300);
    CHECK(all_finite(a));
    a(at) = std::numeric_limits<Real>::quiet_NaN();
    CHECK_FALSE(all_finite(a));
    a(at) = -std::numeric_limits<Real>::infinity();
    CHECK_FALSE(all_finite(a));
  }
  CHECK(all_finite(zeros({0})));
}

TEST_CASE("tape: a loss must be one number, and depend on something") {
  Step step;
  const Var x = variable(full({2}, 1));
  CHECK(says(message_of<std::invalid_argument>([&] { backward(x); }), {"[backward]", "[2]"}));
  CHECK(says(message_of<std::invalid_argument>([&] { grad(x, {x}); }), {"[grad]", "[2]"}));
  CHECK_THROWS_AS(backward(constant(full({}, 1))), std::logic_error);
  CHECK(same(backward(sum(x, {0}, true))[x], full({2}, 1)));
}

TEST_CASE("tape: rows and item") {
  Step step;
  CHECK(variable(zeros({4, 3})).rows() == 4);
  CHECK_THROWS_AS(scalar(1).rows(), std::invalid_argument);
  CHECK(variable(full({1, 1}, 7)).item() == 7);
  CHECK(says(message_of<std::invalid_argument>([] { variable(zeros({2})).item(); }), {"[item]", "[2]"}));
}

TEST_CASE("array: a list of values must have as many as the shape") {
  CHECK(says(message_of<std::invalid_argument>([] { array({2, 2}, {1, 2, 3}); }), {"[2,2]", "3"}));
}
