// Sums, means, extremes, products, variances and norms: values, edges and errors. Long reductions are tested
// in ../kernels/block_loops_test.cpp.
#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

// ---- values -----------------------------------------------------------------------------------------------

TEST_CASE("reductions: sums, means and their axes") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(sum(x).item() == 21);
  CHECK(sum(x).shape() == Shape{});
  CHECK(values_of(sum(x, {0}).value()) == std::vector<Real>{5, 7, 9});
  CHECK(values_of(sum(x, {1}).value()) == std::vector<Real>{6, 15});
  CHECK(sum(x, {1}, true).shape() == Shape{2, 1});
  CHECK(sum(x, {0, 1}, true).shape() == Shape{1, 1});
  CHECK(values_of(sum(x, {}).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6});
  CHECK(mean(x).item() == 3.5);
  CHECK(values_of(mean(x, {0}).value()) == std::vector<Real>{2.5, 3.5, 4.5});
}

TEST_CASE("reductions: sums over any axes of four agree with index arithmetic") {
  Evaluation scope;
  const Array x = normal(Stream(), {3, 2, 4, 5});
  for (const Axes& axes : {Axes{0, 2}, Axes{1, 3}, Axes{0, 1, 3}, Axes{2}, Axes{0, 3}, Axes{0, 1, 2, 3}}) {
    Shape kept = x.shape();
    for (const Axis& axis : axes) kept[axis.in(4)] = 1;
    Array expected = zeros(kept);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        for (std::size_t k = 0; k < 4; ++k)
          for (std::size_t l = 0; l < 5; ++l)
            expected(i % kept[0], j % kept[1], k % kept[2], l % kept[3]) += x(i, j, k, l);
    const Array found = sum(constant(x), axes, true).value();
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(found.data()[i] == Approx(expected.data()[i]).epsilon(1e-12).margin(1e-13));
  }
}

TEST_CASE("reductions: sums of more than 1024 numbers, in rows and in columns") {
  Evaluation scope;
  const std::size_t n = 5003;
  Array x = empty({n, 2});
  for (std::size_t i = 0; i < n; ++i) x(i, 0) = Real(i), x(i, 1) = 1;
  const Real triangle = Real(n * (n - 1) / 2);
  CHECK(values_of(sum(constant(x), {0}).value()) == std::vector<Real>{triangle, Real(n)});
  CHECK(sum(constant(x)).item() == triangle + Real(n));
}

TEST_CASE("reductions: extremes, products, variances and norms") {
  Step scope;
  const Var x = constant(array({2, 3}, {3, 1, 2, 4, 6, 5}));
  CHECK(values_of(max(x, {1}).value()) == std::vector<Real>{3, 6});
  CHECK(max(x, {0}, true).shape() == Shape{1, 3});
  CHECK(values_of(min(x, {0}).value()) == std::vector<Real>{3, 1, 2});
  CHECK(prod(x).item() == 720);
  CHECK(values_of(prod(x, {1}).value()) == std::vector<Real>{6, 120});
  CHECK(prod(constant(zeros({0, 2})), {0}).value()(1) == 1);
  CHECK(values_of(var(x, {1}).value()) == std::vector<Real>{Real(2) / 3, Real(2) / 3});
  CHECK(values_of(var(x, {1}, false, 1).value()) == std::vector<Real>{1, 1});
  CHECK(norm(vector({3, -4})).item() == 5);
  CHECK(argmax(x.value(), 1) == std::vector<std::size_t>{0, 1});
  CHECK(argmax(x.value(), 0) == std::vector<std::size_t>{1, 1, 1});
}

TEST_CASE("reductions: over axes that are not neighbours") {
  const Array x = uniform(Stream(), {3, 5, 4, 2});
  Evaluation scope;
  const Array m = max(constant(x), {0, 2}, true).value(), l = logsumexp(constant(x), {2, 0}).value();
  CHECK(m.shape() == Shape{1, 5, 1, 2});
  CHECK(l.shape() == Shape{5, 2});
  for (std::size_t b = 0; b < 5; ++b)
    for (std::size_t d = 0; d < 2; ++d) {
      std::vector<Real> v;
      for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t c = 0; c < 4; ++c) v.push_back(x(a, b, c, d));
      CHECK(m(0, b, 0, d) == *std::max_element(v.begin(), v.end()));
      long double sum = 0;
      for (const Real x : v) sum += std::exp((long double)(x));
      CHECK(l(b, d) == Approx(double(std::log(sum))).epsilon(1e-14));
    }
}

TEST_CASE("reductions: an axis of length 1 does not part the axes that are reduced") {
  Evaluation scope;
  const Var x = constant(array({3, 1, 2}, {3, 1, 2, 4, 6, 5}));
  CHECK(max(x).item() == 6);
  CHECK(prod(x).item() == 720);
  CHECK(values_of(min(x, {0, 2}).value()) == std::vector<Real>{1});
  CHECK(logsumexp(x, {0, 1, 2}).item() ==
        Approx(std::log(std::exp(1) + std::exp(2) + std::exp(3) + std::exp(4) + std::exp(5) + std::exp(6))));
}

// ---- edges ------------------------------------------------------------------------------------------------

TEST_CASE("reductions: an empty sum is 0; the mean of no elements is an error, but not no means of some") {
  Evaluation scope;
  CHECK(sum(constant(zeros({0, 3}))).item() == 0);
  CHECK(values_of(sum(constant(zeros({0, 3})), {0}).value()) == std::vector<Real>{0, 0, 0});
  CHECK(sum(constant(zeros({0, 3})), {1}).shape() == Shape{0});
  CHECK(says(message_of<std::invalid_argument>([] { mean(constant(zeros({0, 3}))); }), {"[mean]", "[0,3]"}));
  CHECK_THROWS_AS(mean(constant(zeros({2, 0})), {1}), std::invalid_argument);
  CHECK(mean(constant(zeros({0, 3})), {1}).shape() == Shape{0});  // no means of three elements each
}

TEST_CASE("reductions: of no rows, reduced row by row, nothing remains") {
  Evaluation scope;
  const Var x = constant(zeros({0, 3}));
  CHECK(var(x, {1}).shape() == Shape{0});
  CHECK(mean(x, {1}).shape() == Shape{0});
  CHECK(max(x, {1}).shape() == Shape{0});
}

TEST_CASE("reductions: slopes of prod with zeros, of max with ties, of norm at 0") {
  Step scope;
  const auto slopes = [](const std::function<Var(Var)>& f, const std::vector<Real>& at) {
    const Var x = variable(array({at.size()}, at));
    return values_of(backward(f(x))[x]);
  };
  CHECK(slopes([](Var x) { return prod(x); }, {0, 2, 3}) == std::vector<Real>{6, 0, 0});
  CHECK(slopes([](Var x) { return prod(x); }, {0, 2, 0}) == std::vector<Real>{0, 0, 0});
  CHECK(slopes([](Var x) { return max(x); }, {3, 2, 3}) == std::vector<Real>{0.5, 0, 0.5});
  CHECK(slopes([](Var x) { return min(x); }, {3, 2, 3}) == std::vector<Real>{0, 1, 0});
  CHECK(slopes([](Var x) { return norm(x); }, {0, 0}) == std::vector<Real>{0, 0});
}

TEST_CASE("reductions: norms of numbers whose squares overflow or vanish, in rows and in columns") {
  for (const Real unit : {1e200, 1e-200, 1e-310}) {
    Step scope;
    const Var x = variable(array({2, 2}, {3 * unit, 4 * unit, 0, 1}));
    const Var by_rows = norm(x, {1}), by_columns = norm(transpose(x), {0});
    INFO(unit);
    for (const Var& y : {by_rows, by_columns}) {
      CHECK(y.value()(0) / unit == Approx(5).epsilon(1e-15));
      CHECK(y.value()(1) == 1);
      const Gradients g = backward(sum(y));
      CHECK(g[x](0, 0) == Approx(0.6).epsilon(1e-15));
      CHECK(g[x](0, 1) == Approx(0.8).epsilon(1e-15));
      CHECK(g[x](1, 1) == 1);
    }
  }
  Evaluation scope;
  CHECK(norm(vector({inf, 1})).item() == inf);
  CHECK(std::isnan(norm(vector({not_a_number, 1e300})).item()));
  CHECK(norm(vector({5e-324})).item() == 5e-324);
}

// The mean is 2⁵³ + 1, which rounds to 2⁵³.
TEST_CASE("reductions: a variance whose mean is rounded, with its slopes") {
  const Real big = 9007199254740992;
  Step scope;
  const Var x = variable(array({2}, {big, big + 2}));
  const Var y = var(x);
  CHECK(y.item() == 1);
  CHECK(values_of(backward(y)[x]) == std::vector<Real>{-1, 1});
  CHECK(values_of(grad(y, {x})[0].value()) == std::vector<Real>{-1, 1});
}

TEST_CASE("reductions: NaN is never chosen away") {
  Evaluation scope;
  CHECK(std::isnan(max(vector({1, not_a_number, 2})).item()));
  CHECK(std::isnan(min(vector({not_a_number, 1})).item()));
  CHECK(argmax(array({3}, {1, not_a_number, 2}), 0) == std::vector<std::size_t>{1});
}

// ---- axes from the end ------------------------------------------------------------------------------------

TEST_CASE("reductions: a negative axis counts from the end") {
  Evaluation scope;
  const Var x = constant(normal(Stream(), {2, 3, 4}));
  const auto equal = [&](auto reduction) {
    return same(reduction(x, Axes{-1}).value(), reduction(x, Axes{2}).value()) &&
           same(reduction(x, Axes{-3, 2}).value(), reduction(x, Axes{0, 2}).value());
  };
  CHECK(equal([](Var x, const Axes& axes) { return sum(x, axes); }));
  CHECK(equal([](Var x, const Axes& axes) { return mean(x, axes, true); }));
  CHECK(equal([](Var x, const Axes& axes) { return max(x, axes); }));
  CHECK(equal([](Var x, const Axes& axes) { return min(x, axes, true); }));
  CHECK(equal([](Var x, const Axes& axes) { return prod(x, axes); }));
  CHECK(equal([](Var x, const Axes& axes) { return var(x, axes); }));
  CHECK(equal([](Var x, const Axes& axes) { return norm(x, axes); }));
  CHECK(equal([](Var x, const Axes& axes) { return logsumexp(x, axes); }));
  CHECK(sum(x, {-1}).shape() == Shape{2, 3});
  CHECK(argmax(x.value(), -1) == argmax(x.value(), 2));
}

// ---- errors -----------------------------------------------------------------------------------------------

TEST_CASE("reductions: what does not fit is named with its shapes") {
  CHECK(says(refusal([&] { sum(operand({2, 3}), {2}); }), {"[sum]", "axis 2", "[2,3]"}));
  CHECK(says(refusal([&] { sum(operand({2, 3}), {1, 1}); }), {"[sum]", "axis 1", "twice"}));
  CHECK(says(refusal([&] { sum(operand({2, 3}), {1, -1}); }), {"[sum]", "axis 1", "twice"}));
  CHECK(says(refusal([&] { sum(operand({2, 3}), {-3}); }), {"[sum]", "axis -3", "[2,3]"}));
  CHECK(says(refusal([&] { max(operand({2, 0}), {-1}); }), {"[max]", "[2,0]"}));
  CHECK(says(refusal([&] { max(operand({2, 0}), {1}); }), {"[max]", "[2,0]"}));
  CHECK(says(refusal([&] { prod(operand({2}), {1}); }), {"[prod]", "axis 1", "[2]"}));
  CHECK(says(refusal([&] { var(operand({2, 1}), {1}, false, 1); }), {"[var]", "1 elements", "ddof 1"}));
  CHECK(says(refusal([&] { argmax(zeros({2, 0}), 1); }), {"[argmax]", "[2,0]"}));
  CHECK(says(refusal([&] { mean(operand({2, 3}), {2}); }), {"[mean]", "axis 2", "[2,3]"}));
  CHECK(says(refusal([&] { var(operand({0, 3}), {0}); }), {"[var]", "0 elements", "[0,3]"}));
  CHECK(says(refusal([&] { var(operand({2, 3}), {2}); }), {"[var]", "axis 2", "[2,3]"}));
}
