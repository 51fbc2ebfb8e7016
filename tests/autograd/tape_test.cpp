// The tape itself: how long things live, what memory does over many steps, and what is refused.
#include <cmath>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

Var scalar(Real value) { return variable(full({}, value)); }

Real number(const Array& a) { return a.data()[0]; }

}  // namespace

// ---- lifetimes --------------------------------------------------------------------------------------------

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

TEST_CASE(
    "tape: no gradient is given of a Var that is gone or was never there, nor a recorded one of another "
    "tape's") {
  Var stale;
  {
    Step step;
    scalar(1), stale = scalar(2);
  }
  Tape outer;
  const Var foreign = scalar(7);
  Tape tape;
  const Var unreached = constant(full({}, 4)), x = scalar(3),
            y = square(x);  // `unreached` has the place that Var() names
  for (const Var& bad : {stale, Var(), foreign}) CHECK_THROWS_AS(grad(y, {x, bad}), std::logic_error);
  for (const Var& bad : {stale, Var()}) CHECK_THROWS_AS(backward(y)[bad], std::logic_error);
  CHECK(grad(y, {x, unreached})[1].item() == 0);
  Tape another;
  CHECK_THROWS_AS(grad(square(scalar(3)), {Var()}), std::logic_error);  // here that place is reached
}

TEST_CASE(
    "tape: backward through a condition that was changed after its use throws, though no gradient flows "
    "there") {
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

// ---- memory -----------------------------------------------------------------------------------------------

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
  Parameter W(normal(Stream(), {8, 4})), b(zeros({8})), V(normal(Stream().at_level(1), {2, 8})),
      c(zeros({2}));
  std::size_t after_ten = 0;
  for (std::uint32_t t = 1; t <= 1000; ++t) {
    {
      Step step;
      const Var x = constant(normal(Stream().at_epoch(t), {6, 4}));
      const Gradients g = backward(mean(square(affine(tanh(affine(x, W, b)), V, c))));
      for (Parameter* p : {&W, &b, &V, &c})
        for (std::size_t i = 0; i < p->value().size(); ++i) p->update().data()[i] -= 0.1 * g[*p].data()[i];
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

// ---- reports and refusals ---------------------------------------------------------------------------------

TEST_CASE("tape: the first infinite value is named with its operation and the shapes") {
  Tape tape;
  const Var x = variable(full({2, 3}, 0));
  const Var y = x + Real(1);
  CHECK(first_non_finite(tape).empty());
  const Var z = log(x * y);
  z - z;  // NaN, but later
  CHECK(first_non_finite(tape) == "log [2,3] of mul [2,3]");
  CHECK(describe(tape, 3) == "log [2,3] of mul [2,3]");
  CHECK(says(describe(tape, 1), {"add [2,3] of variable [2,3], 1"}));
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

TEST_CASE("tape: a Var is printed with its operation, its shape and its values") {
  Step step;
  std::ostringstream text;
  text << tanh(variable(zeros({1, 2})));
  CHECK(text.str() == "tanh [1,2] {{0, 0}}");
}

TEST_CASE("tape: += and its relatives record what they say") {
  Step step;
  const Var x = variable(full({}, 3));
  Var y = x;
  y += 2, y *= x, y -= x, y /= 4;  // ((x + 2) x - x) / 4
  CHECK(y.item() == 3);
  CHECK(number(backward(y)[x]) == Real(1.75));  // (2x + 1) / 4
}
