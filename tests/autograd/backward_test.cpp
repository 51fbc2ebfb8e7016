// The reverse pass: what it adds up, what is handed on, what it costs, and who gets a gradient. How long
// things live on the tape is in tape_test.cpp.
#include "autograd/backward.h"

#include <chrono>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <vector>

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

Real dot(const Array& a, const Array& b) {
  Real total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a.data()[i] * b.data()[i];
  return total;
}

// x + n/1000000, by n operations
Var chain(Var x, int n) {
  for (int i = 0; i < n; ++i) x = x + Real(1e-6);
  return x;
}

}  // namespace

// ---- the reverse pass -------------------------------------------------------------------------------------

TEST_CASE("backward: the diamond b = a + a, c = b + b has slope 4") {
  Step step;
  const Var a = scalar(3), b = a + a, c = b + b;
  CHECK(c.item() == 12);
  CHECK(number(backward(c)[a]) == 4);
}

TEST_CASE("backward: paths of different lengths meet") {
  Step step;
  const Var x = scalar(2), u = x * x, v = u * x, y = v + x;  // x³ + x
  CHECK(number(backward(y)[x]) == 13);
}

TEST_CASE("backward: calling backward twice gives the same bits, and doubles nothing") {
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

TEST_CASE("backward: gradients at nodes between the inputs and the loss") {
  Step step;
  const Var x = scalar(3), u = square(x), loss = Real(5) * u;
  Gradients g = backward(loss);
  CHECK(number(g[u]) == 5);
  CHECK(number(g[loss]) == 1);
}

TEST_CASE("backward: the adjoint of a Var of any shape may be given") {
  Step step;
  const Var x = variable(array({3}, {1, 2, 3})), y = square(x);
  CHECK(values_of(backward(y, array({3}, {1, 10, 100}))[x]) == std::vector<Real>{2, 40, 600});
  CHECK(says(message_of<std::invalid_argument>([&] { backward(y, full({1}, 1)); }),
             {"[backward]", "[1]", "[3]"}));
}

TEST_CASE("backward: an adjoint that is given may change or go when backward is done") {
  Step step;
  const Var a = variable(array({2}, {1, 2})), b = variable(array({2}, {3, 4})), y = a + b,
            other = y * Real(2);
  auto given = std::make_unique<Array>(array({2}, {10, 20}));
  const Gradients of_sum = backward(y, *given), of_leaf = backward(a, *given),
                  of_square = backward(square(y), *given);
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
TEST_CASE("backward: an adjoint that is handed on to several is still each one's own") {
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

TEST_CASE("backward: an adjoint handed on from within a checkpoint outlives it") {
  Step step;
  const Var a = variable(array({2}, {1, 2})), b = variable(array({2}, {3, 4})),
            v = constant(array({2}, {5, 6}));
  const auto checked_sum = [](Var x, Var y) { return checkpoint([=] { return x + y; }); };
  const Gradients g = backward(sum(checked_sum(b, b) * v) + sum(checked_sum(a, a * Real(2))));
  CHECK(values_of(g[a]) == std::vector<Real>{3, 3});
  CHECK(values_of(g[b]) == std::vector<Real>{10, 12});
  const Gradients h = backward(sum(checked_sum(a, v)) + sum(checked_sum(b, v) * v));
  CHECK(values_of(h[a]) == std::vector<Real>{1, 1});
  CHECK(values_of(h[b]) == std::vector<Real>{5, 6});
}

// For linear f, f(v) = Jv, so uᵀ f(v) = (Jᵀu)ᵀ v, with Jᵀu from backward.
TEST_CASE("backward: adjoint identity of linear operations") {
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

TEST_CASE("backward: a million operations in a chain, without recursion") {
  Tape tape;
  Step step;
  const Var x = scalar(1), y = chain(x, 1000000);
  CHECK(y.item() == Approx(2));
  CHECK(number(backward(y)[x]) == 1);
}

// Once 23 ms each, and now a thousandth of that.
TEST_CASE("backward: after a deep graph, small ones cost what they did") {
  Tape tape;
  {
    Step step;
    backward(chain(scalar(1), 300000));
  }
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    Step step;
    const Var x = scalar(2);
    CHECK(number(backward(square(x))[x]) == 4);
  }
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() < 0.1);
}

TEST_CASE("backward: derivatives of derivatives of x^4") {
  Step step;
  const Var x = scalar(2), y = square(square(x));
  const Var first = grad(y, {x})[0], second = grad(first, {x})[0], third = grad(second, {x})[0];
  CHECK(first.item() == 32);
  CHECK(second.item() == 48);
  CHECK(third.item() == 48);
  CHECK(number(backward(third)[x]) == 24);
}

TEST_CASE("backward: the derivatives of tanh to third order, from its equation y' = 1 - y^2") {
  Step step;
  const Var x = scalar(0.3), y = tanh(x);
  const Real t = std::tanh(0.3), s = 1 - t * t;
  const Var first = grad(y, {x})[0], second = grad(first, {x})[0];
  CHECK(first.item() == Approx(s));
  CHECK(second.item() == Approx(-2 * t * s));
  CHECK(number(backward(second)[x]) == Approx(s * (6 * t * t - 2)));
}

TEST_CASE("backward: the Hessian of x'Ax is A + A'") {
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

TEST_CASE("backward: grad with respect to several, to the result itself, and to what it does not depend on") {
  Step step;
  const Var x = scalar(3), y = scalar(5), z = scalar(7), f = x * y;
  const std::vector<Var> g = grad(f, {x, y, f, z});
  CHECK(g[0].item() == 5);
  CHECK(g[1].item() == 3);
  CHECK(g[2].item() == 1);
  CHECK(g[3].item() == 0);
}

// ---- who gets a gradient ----------------------------------------------------------------------------------

TEST_CASE("backward: a constant gets no gradient, and neither does what stop_gradient hides") {
  Step step;
  const Var x = scalar(3), c = constant(full({}, 4)), hidden = square(x);
  Gradients g = backward(x * c + stop_gradient(hidden) * Real(2));
  CHECK(number(g[x]) == 4);
  CHECK(number(g[c]) == 0);
  CHECK(number(g[hidden]) == 0);
}

TEST_CASE("backward: gradients of what the loss does not reach are zeros of its shape") {
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

TEST_CASE("backward: a parameter used twice is one leaf, and its gradients add up") {
  Step step;
  const Parameter w(full({2}, 3));
  const Var a = w, b = w;
  Gradients g = backward(sum(a * b + w));
  CHECK(same(g[w], full({2}, 7)));
  CHECK(same(g[a], full({2}, 7)));
}

TEST_CASE("backward: a parameter used before, on and after an inner tape gets its full gradient on each") {
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

TEST_CASE("backward: parameters of a copied layer are parameters of their own") {
  Step step;
  const Parameter w(full({2}, 3)), copy = w;
  Gradients g = backward(sum(Var(w) * Var(copy)));
  CHECK(same(g[w], full({2}, 3)));
  CHECK(same(g[copy], full({2}, 3)));
}
