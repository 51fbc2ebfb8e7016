// The gradient checker catches wrong rules: each op below is tanh or a product with one mistake in it. And it
// passes right ones.
#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/custom.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

using Vars = const std::vector<Var>&;

template <class R>
Function tanh_with(const R& rule) {
  return [rule](Vars x) {
    return elementwise(
        "tanh", {x[0]}, [](auto x) { return tanh(x); }, rule);
  };
}

// The second factor's rule is given; the first's is right.
template <class R>
Function product_with(const R& rule) {
  return [rule](Vars x) {
    return elementwise(
        "mul", {x[0], x[1]}, [](auto a, auto b) { return a * b; }, [](auto g, auto, auto b) { return g * b; },
        rule);
  };
}

Lane hidden(Lane x) { return x; }
Var hidden(Var x) { return stop_gradient(x); }

const std::vector<Array> one = {array({2, 3}, {-1.2, 0.3, 0.8, -0.4, 1.5, 0.1})};
const std::vector<Array> two = {one[0], array({2, 3}, {0.5, -1.1, 0.7, 2, -0.3, 1.4})};

}  // namespace

TEST_CASE("gradcheck: right rules pass to both orders") {
  const GradientCheck unary =
      check_gradient(tanh_with([](auto g, auto, auto y) { return g * (Real(1) - y * y); }), one);
  CHECK(unary.order1 < 1e-9);
  CHECK(unary.order2 < 1e-9);
  const GradientCheck binary = check_gradient(product_with([](auto g, auto a, auto) { return g * a; }), two);
  CHECK(binary.order1 < 1e-9);
  CHECK(binary.order2 < 1e-9);
}

TEST_CASE("gradcheck: a sign is caught") {
  CHECK(check_gradient(tanh_with([](auto g, auto, auto y) { return g * (y * y - Real(1)); }), one).order1 >
        0.1);
  CHECK(check_gradient(product_with([](auto g, auto a, auto) { return -(g * a); }), two).order1 > 0.1);
}

TEST_CASE("gradcheck: a missing term is caught") {
  CHECK(check_gradient(tanh_with([](auto g, auto, auto) { return g; }), one).order1 > 0.1);
  CHECK(check_gradient(product_with(nullptr), two).order1 > 0.1);
}

TEST_CASE("gradcheck: an error of a hundred-thousandth is caught") {
  CHECK(check_gradient(product_with([](auto g, auto a, auto) { return Real(1.00001) * g * a; }), two).order1 >
        1e-6);
}

TEST_CASE(
    "gradcheck: half a slope is caught however small the function is, in any input and at either order") {
  const auto scaled = [](Real size, Real share) {
    return [=](Vars x) {
      return size * tanh_with([=](auto g, auto, auto y) { return share * g * (Real(1) - y * y); })({x[0]}) +
             x[1];
    };
  };
  const auto small_alone = [](Real size, Real share) {
    return [=](Vars x) {
      return size * tanh_with([=](auto g, auto, auto y) { return share * g * (Real(1) - y * y); })(x);
    };
  };
  for (const std::size_t directions : {0, 3})
    for (const Real size : {1e-4, 1e-8, 1e-30}) {
      INFO(size << ", " << directions << " directions");
      const GradientCheck half = check_gradient(small_alone(size, 0.5), one, 1e-3, directions);
      CHECK_FALSE(half.ok());
      CHECK(half.order1 > 0.1);
      CHECK(half.order2 > 0.1);
      CHECK(check_gradient(small_alone(size, 1), one, 1e-3, directions).ok());
    }
  // Beside an input whose slope is 1, the rounding of the sum hides what is smaller than about 1e-11.
  CHECK_FALSE(check_gradient(scaled(1e-8, 0.5), two).ok());
  CHECK(check_gradient(scaled(1e-8, 1), two).ok());
  CHECK(check_gradient(scaled(1e-15, 1), two).ok());
}

TEST_CASE("gradcheck: a gradient that is truly 0 passes, also of a large function") {
  const auto flat = [](Vars x) { return Real(1e6) + x[0] - stop_gradient(x[0]) + Real(0) * x[0]; };
  const auto cancels = [](Vars x) { return Real(1e3) * (square(sin(x[0])) + square(cos(x[0]))); };
  for (const std::size_t directions : {0, 3}) {
    CHECK(check_gradient(cancels, one, 1e-3, directions).ok());
    CHECK_FALSE(check_gradient(flat, one, 1e-3, directions).ok());  // it says 1
  }
}

TEST_CASE("gradcheck: a rule that is right but hides what it depends on is caught at the second order") {
  const GradientCheck check = check_gradient(
      tanh_with([](auto g, auto, auto y) { return g * (Real(1) - hidden(y) * hidden(y)); }), one);
  CHECK(check.order1 < 1e-9);
  CHECK(check.order2 > 0.1);
}

TEST_CASE("gradcheck: NaN and infinity are caught") {
  const std::vector<Array> zero = {zeros({2})};
  CHECK(std::isinf(check_gradient([](Vars x) { return sqrt(x[0] - Real(1)); }, zero).order1));
  CHECK(std::isinf(check_gradient(tanh_with([](auto g, auto x) { return g / (x - x); }), zero).order1));
}

TEST_CASE("gradcheck: the worst element is that which is furthest beyond its order's limit") {
  // An error that changes with x is larger in the second order. Here it is too large in the first alone.
  const std::vector<Array> flat = {array({4}, {1.3, 1.4, 1.5, 1.6})};
  const GradientCheck check =
      check_gradient(tanh_with([](auto g, auto x, auto y) {
                       return g * (Real(1) - y * y) * (Real(1) + Real(2e-5) * (Real(1.3) - x));
                     }),
                     flat);
  CHECK_FALSE(check.ok());
  CHECK(check.order1 < check.order2);
  CHECK(check.order2 < 1e-4);
  CHECK(check.worst.find("order 1:") == 0);
}

TEST_CASE("gradcheck: NaN in either order is not ok") {
  CHECK(GradientCheck{}.ok());
  CHECK_FALSE(GradientCheck{NAN, 0, ""}.ok());
  CHECK_FALSE(GradientCheck{0, NAN, ""}.ok());
}

TEST_CASE("gradcheck: what a function does not depend on has slope 0") {
  CHECK(check_gradient([](Vars x) { return x[0] > Real(5); }, one).ok());
  CHECK(check_gradient([](Vars) { return constant(full({2}, 3)); }, one).ok());
  CHECK_FALSE(check_gradient([](Vars x) { return stop_gradient(x[0]); }, one).ok());
}

TEST_CASE("gradcheck: the worst element is named") {
  // Right but for the elements above 1: of these, only element 4.
  const auto rule = [](auto g, auto x, auto y) { return where(x > Real(1), g, g * (Real(1) - y * y)); };
  const GradientCheck check = check_gradient(tanh_with(rule), one);
  CHECK(check.worst.find("order 1: input 0, element 4: analytic") == 0);
}

TEST_CASE("gradcheck: outputs that cancel in their sum do not hide an error") {
  // Σ softmax = 1 has no gradient; the checker weights the outputs differently.
  const auto softmax = [](Vars x) { return exp(x[0] - logsumexp(x[0], {1}, true)); };
  const auto blocked = [](Vars x) { return exp(x[0] - stop_gradient(logsumexp(x[0], {1}, true))); };
  CHECK(check_gradient(softmax, one).order1 < 1e-9);
  CHECK(check_gradient(blocked, one).order1 > 0.1);
}

TEST_CASE("gradcheck: a function that draws numbers is checked on common ones") {
  const auto f = [](Vars x) { return tanh(x[0] * constant(normal(Stream(), x[0].shape()))); };
  CHECK(check_gradient(f, one).order1 < 1e-9);
}

TEST_CASE("gradcheck: several inputs, a parameter's shape, and none at all") {
  const auto f = [](Vars x) { return affine(x[0], x[1], x[2]); };
  const GradientCheck check = check_gradient(f, {one[0], full({4, 3}, 0.5), zeros({4})});
  CHECK(check.order1 < 1e-9);
  CHECK(check_gradient([](Vars x) { return exp(x[0]); }, {zeros({0, 3})}).order1 == 0);
}

// ---- along random directions ------------------------------------------------------------------------------

namespace {

// The function 0 of n numbers, whose gradient is said to be e.
Function zero_with_gradient(const std::vector<Real>& e) {
  return [e](Vars x) {
    const Var y = sum(constant(array({e.size()}, e)) * x[0]);
    return y - stop_gradient(y);
  };
}

// How far off this is found to be: the largest |r vᵀe| of the directions, r the output's fixed weight.
double seen(const std::vector<Real>& e, std::size_t directions = 1) {
  return check_gradient(zero_with_gradient(e), {zeros({e.size()})}, 1e-3, directions).order1;
}

}  // namespace

TEST_CASE("gradcheck: along directions right rules pass, and every mistake above is caught") {
  const auto check = [](const Function& f, const std::vector<Array>& at) {
    return check_gradient(f, at, 1e-3, 2);
  };
  const auto g_a = [](auto g, auto a, auto) { return g * a; };
  CHECK(check(product_with(g_a), two).order1 < 1e-9);
  CHECK(check(product_with(g_a), two).order2 < 1e-9);
  CHECK(check(product_with([](auto g, auto a, auto) { return -(g * a); }), two).order1 > 0.1);
  CHECK(check(product_with(nullptr), two).order1 > 0.1);
  CHECK(check(product_with([](auto g, auto a, auto) { return Real(1.00001) * g * a; }), two).order1 > 1e-6);

  const GradientCheck hides =
      check(tanh_with([](auto g, auto, auto y) { return g * (Real(1) - hidden(y) * hidden(y)); }), one);
  CHECK(hides.order1 < 1e-9);
  CHECK(hides.order2 > 0.1);
  CHECK(hides.worst.find("order 2: direction") == 0);
  CHECK(std::isinf(check([](Vars x) { return sqrt(x[0] - Real(1)); }, {zeros({2})}).order1));
}

TEST_CASE("gradcheck: directions move all inputs together, and put them back") {
  Parameter w(array({2}, {1, 2})), b(array({}, {3}));
  const auto f = [&] { return w * w * b; };
  CHECK(check_gradient(f, {&w, &b}, 1e-3, 3).ok());
  CHECK(w.value() == array({2}, {1, 2}));
  CHECK(b.value() == array({}, {3}));
  const auto b_hidden = [&] { return w * w * stop_gradient(b); };
  CHECK(check_gradient(b_hidden, {&w}, 1e-3, 3).ok());
  CHECK_FALSE(check_gradient(b_hidden, {&w, &b}, 1e-3, 1).ok());
  CHECK(check_gradient([](Vars x) { return exp(x[0]); }, {zeros({0, 3})}, 1e-3, 2).order1 == 0);
}

TEST_CASE("gradcheck: an error orthogonal to the directions is not seen by them, but by another") {
  // The direction's entries follow from what it sees of unit errors: |v₀|, |v₁| and |v₀ + v₁|.
  const double v0 = seen({1, 0}), v1 = seen({0, 1});
  const double sign = seen({1, 1}) > std::max(v0, v1) ? 1 : -1;
  const std::vector<Real> orthogonal = {Real(sign * v1), Real(-v0)};
  CHECK(seen(orthogonal) < 1e-12);
  CHECK(seen(orthogonal, 2) > 0.1);
}

// A direction v ~ N(0, I) misses an error e, |vᵀe| ≤ τ, with probability erf(τ / √2‖e‖), and k directions
// with the k-th power of it. Here the directions are fixed and the errors are random, which is the same.
TEST_CASE("gradcheck: directions miss an error as often as a normal variable is small") {
  const std::size_t errors = 1000, n = 500;
  std::vector<double> one_direction, two_directions;
  for (std::size_t i = 0; i < errors; ++i) {
    const Array e = normal(Stream().at_epoch(std::uint32_t(i)), {n});  // ‖e‖ ≈ √n
    std::vector<Real> scaled;
    for (const Real x : e) scaled.push_back(1e-3 * x / std::sqrt(double(n)));
    one_direction.push_back(seen(scaled, 1));
    two_directions.push_back(seen(scaled, 2));
  }

  double squares = 0;
  for (const double x : one_direction) squares += x * x;
  const double tau = 0.5 * std::sqrt(squares / double(errors)), p = std::erf(0.5 / std::sqrt(2.0));
  const auto missed = [&](const std::vector<double>& all) {
    return double(std::count_if(all.begin(), all.end(), [&](double x) { return x <= tau; })) / double(errors);
  };
  CHECK(missed(one_direction) == Approx(p).margin(0.06));  // four standard errors
  CHECK(missed(two_directions) == Approx(p * p).margin(0.045));
  // ‖e‖ = 10⁻³ is a thousand times what is ok: two directions miss it with probability 6·10⁻⁷.
  CHECK(*std::min_element(two_directions.begin(), two_directions.end()) > GradientCheck::limit1);
}
