// Products with Jacobians and Hessians, and the matrices: closed forms, each against the others, and against
// differences.
#include "autograd/derivatives.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

using Arrays = std::vector<Array>;
using Vars = const std::vector<Var>&;

// Equal in shape, and in every value but for rounding.
bool close(const Array& a, const Array& b, double tolerance = 1e-12) {
  if (a.shape() != b.shape()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a.data()[i] - b.data()[i]) <= tolerance * (1 + std::abs(b.data()[i])))) return false;
  return true;
}

// Two layers.  x: [4,3], W₁: [5,3], b₁: [5], W₂: [2,5], b₂: [2]  ->  [4,2]
Var network(Vars v) { return softplus(affine(tanh(affine(v[0], v[1], v[2])), v[3], v[4])); }
Var loss(Vars v) { return mean(square(network(v))); }

const std::vector<Shape> network_shapes = {{4, 3}, {5, 3}, {5}, {2, 5}, {2}};

Arrays network_arrays(std::uint32_t seed) {
  Arrays arrays;
  for (const Shape& shape : network_shapes) arrays.push_back(random_array(shape, seed++));
  return arrays;
}

// at + t·v
Arrays moved(Arrays at, const Arrays& v, double t) {
  for (std::size_t k = 0; k < at.size(); ++k)
    for (std::size_t i = 0; i < at[k].size(); ++i) at[k].data()[i] += t * v[k].data()[i];
  return at;
}

Array output(const Function& f, const Arrays& at) {
  Evaluation scope;
  std::vector<Var> xs;
  for (const Array& a : at) xs.push_back(constant(a));
  return f(xs).value();
}

// Σ (1−a)² + 100 (b−a²)²: Rosenbrock 1960, of x = (a, b)
Var rosenbrock(Vars x) {
  const Var a = slice(x[0], 0, 0, 1), b = slice(x[0], 0, 1, 2);
  return sum(square(Real(1) - a) + Real(100) * square(b - square(a)));
}

}  // namespace

// ---- closed forms -----------------------------------------------------------------------------------------

TEST_CASE("derivatives: of a linear map are its matrix and the products with it") {
  const Array A = array({2, 3}, {1, 2, 3, 4, 5, 6}), x = random_array({3, 1}, 1);
  const Function f = [&](Vars x) { return matmul(constant(A), x[0]); };
  CHECK(same(jacobian(f, {x})[0], A));
  CHECK(same(vjp(f, {x}, array({2, 1}, {1, -1}))[0], array({3, 1}, {-3, -3, -3})));
  CHECK(same(jvp(f, {x}, {array({3, 1}, {1, 0, -1})}), array({2, 1}, {-2, -2})));
}

TEST_CASE("derivatives: of a sum of softplus are the sigmoid and, on the diagonal, its slope") {
  const Array x = random_array({4}, 1), v = random_array({4}, 2);
  const Function f = [](Vars x) { return sum(softplus(x[0])); };
  Array slope = zeros({4}), curvature = zeros({4, 4}), along = zeros({4});
  for (std::size_t i = 0; i < 4; ++i) {
    slope(i) = 1 / (1 + std::exp(-x(i)));
    curvature(i, i) = slope(i) * (1 - slope(i));
    along(i) = curvature(i, i) * v(i);
  }
  CHECK(close(vjp(f, {x}, full({}, 1))[0], slope));
  CHECK(close(jvp(f, {x}, {v}), full({}, dot({slope}, {v}))));
  CHECK(close(hessian(f, x), curvature));
  CHECK(close(hvp(f, {x}, {v})[0], along));
}

TEST_CASE("derivatives: the Hessian of Rosenbrock's function") {
  for (const auto& [a, b] : {std::pair(1.0, 1.0), std::pair(-1.2, 1.0), std::pair(0.3, -0.7)})
    CHECK(close(hessian(rosenbrock, array({2}, {a, b})),
                array({2, 2}, {1200 * a * a - 400 * b + 2, -400 * a, -400 * a, 200})));
}

TEST_CASE("derivatives: the Hessian of x'Ax is A + A'") {
  const Array A = random_array({3, 3}, 1);
  const Function f = [&](Vars x) {
    return matmul(matmul(x[0], constant(A), true), x[0]);
  };  // [1,1] is one element too
  Array expected = zeros({3, 3});
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) expected(i, j) = A(i, j) + A(j, i);
  CHECK(close(hessian(f, random_array({3, 1}, 2)), expected));
}

TEST_CASE("derivatives: of several inputs are blocks, flattened in row-major order") {
  const Arrays at = {array({2, 2}, {1, 2, 3, 4}), array({2}, {5, 6})};
  const Function f = [](Vars x) { return x[0] * x[1]; };  // y_ij = x_ij w_j
  const Arrays J = jacobian(f, at);
  CHECK(same(J[0], array({4, 4}, {5, 0, 0, 0, 0, 6, 0, 0, 0, 0, 5, 0, 0, 0, 0, 6})));
  CHECK(same(J[1], array({4, 2}, {1, 0, 0, 2, 3, 0, 0, 4})));
  const Function g = [](Vars x) { return sum(x[0] * x[1]); };  // ∂²/∂x_ij ∂w_j = 1
  const Arrays Hv = hvp(g, at, {array({2, 2}, {1, 2, 3, 4}), array({2}, {7, 8})});
  CHECK(same(Hv[0], array({2, 2}, {7, 8, 7, 8})));
  CHECK(same(Hv[1], array({2}, {4, 6})));
}

// ---- each against the others ------------------------------------------------------------------------------

TEST_CASE("derivatives: the adjoint identity u'(Jv) = (J'u)'v of a network") {
  for (std::uint32_t seed = 0; seed < 50; seed += 10) {
    const Arrays at = network_arrays(seed), v = network_arrays(seed + 100);
    const Array u = random_array({4, 2}, seed + 200);
    CHECK(dot({u}, {jvp(network, at, v)}) == Approx(dot(vjp(network, at, u), v)).epsilon(1e-12));
  }
}

TEST_CASE("derivatives: the rows of a Jacobian are products with unit vectors, its columns too") {
  const Arrays at = network_arrays(0), J = jacobian(network, at);
  REQUIRE(J.size() == at.size());
  for (std::size_t i = 0; i < 8; ++i) {
    Array e = zeros({4, 2});
    e.data()[i] = 1;
    const Arrays row = vjp(network, at, e);
    for (std::size_t k = 0; k < at.size(); ++k) {
      REQUIRE(J[k].shape() == Shape{8, at[k].size()});
      for (std::size_t j = 0; j < at[k].size(); ++j) CHECK(J[k](i, j) == row[k].data()[j]);
    }
  }
  for (std::size_t j = 0; j < 12; ++j) {
    Arrays e;
    for (const Array& a : at) e.push_back(zeros(a.shape()));
    e[0].data()[j] = 1;
    const Array column = jvp(network, at, e);
    for (std::size_t i = 0; i < 8; ++i) CHECK(J[0](i, j) == Approx(column.data()[i]).margin(1e-14));
  }
}

TEST_CASE("derivatives: the Hessian of a network's loss is symmetric, and its products are hvp") {
  const Arrays at = network_arrays(0);
  for (std::size_t k = 0; k < at.size(); ++k) {
    const Function f = [&](Vars x) {
      std::vector<Var> all;
      for (const Array& a : at) all.push_back(constant(a));
      all[k] = x[0];
      return loss(all);
    };
    const Array H = hessian(f, at[k]), v = random_array(at[k].shape(), 50), Hv = hvp(f, {at[k]}, {v})[0];
    const std::size_t n = at[k].size();
    REQUIRE(H.shape() == Shape{n, n});
    for (std::size_t i = 0; i < n; ++i) {
      double product = 0;
      for (std::size_t j = 0; j < n; ++j) {
        CHECK(H(i, j) == Approx(H(j, i)).margin(1e-13));
        product += H(i, j) * v.data()[j];
      }
      CHECK(Hv.data()[i] == Approx(product).margin(1e-13));
    }
  }
}

TEST_CASE("derivatives: of a gradient, by its recorded Vars, is a product with the Hessian") {
  const Array x = random_array({6}, 1), v = random_array({6}, 2);
  const Function f = [](Vars x) { return logsumexp(x[0] * square(x[0]), {0}); };
  const Function gradient = [&](Vars x) { return grad(f(x), x)[0]; };
  const Array Hv = hvp(f, {x}, {v})[0];
  CHECK(close(jvp(gradient, {x}, {v}), Hv));
  CHECK(close(vjp(gradient, {x}, v)[0], Hv));
}

// ---- against differences: (f(x + hv) − f(x − hv)) / 2h = Jv + O(h²) ---------------------------------------

TEST_CASE("derivatives: products against central differences, of the value and of the gradient") {
  const double h = 1e-5;
  for (std::uint32_t seed = 0; seed < 30; seed += 10) {
    const Arrays at = network_arrays(seed), v = network_arrays(seed + 100);
    const Array above = output(network, moved(at, v, h)), below = output(network, moved(at, v, -h)),
                Jv = jvp(network, at, v);
    REQUIRE(Jv.shape() == Shape{4, 2});
    for (std::size_t i = 0; i < 8; ++i)
      CHECK(Jv.data()[i] == Approx((above.data()[i] - below.data()[i]) / (2 * h)).epsilon(1e-7).margin(1e-8));

    const Arrays up = vjp(loss, moved(at, v, h), full({}, 1)),
                 down = vjp(loss, moved(at, v, -h), full({}, 1));
    const Arrays Hv = hvp(loss, at, v);
    for (std::size_t k = 0; k < at.size(); ++k)
      for (std::size_t i = 0; i < at[k].size(); ++i)
        CHECK(Hv[k].data()[i] ==
              Approx((up[k].data()[i] - down[k].data()[i]) / (2 * h)).epsilon(1e-7).margin(1e-8));
  }
}

// ---- edges ------------------------------------------------------------------------------------------------

TEST_CASE("derivatives: no inputs, inputs and outputs without elements") {
  const Function none = [](Vars) { return constant(full({2}, 3)); },
                 twice = [](Vars x) { return Real(2) * x[0]; };
  CHECK(vjp(none, {}, full({2}, 1)).empty());
  CHECK(same(jvp(none, {}, {}), zeros({2})));
  CHECK(jacobian(none, {}).empty());
  CHECK(hvp([](Vars) { return constant(full({}, 3)); }, {}, {}).empty());

  const Array nothing = zeros({0, 3});
  CHECK(same(vjp(twice, {nothing}, nothing)[0], nothing));
  CHECK(same(jvp(twice, {nothing}, {nothing}), nothing));
  CHECK(same(jacobian(twice, {nothing})[0], zeros({0, 0})));
  CHECK(same(jacobian([](Vars x) { return sum(x[0]); }, {nothing})[0], zeros({1, 0})));
  CHECK(same(jacobian([](Vars x) { return slice(x[0], 0, 0, 0); }, {full({3}, 1)})[0], zeros({0, 3})));
  CHECK(same(hessian([](Vars x) { return sum(x[0]); }, nothing), zeros({0, 0})));
}

TEST_CASE("derivatives: with respect to what f does not depend on are zero") {
  const Arrays at = {full({2}, 3), full({3}, 5)};
  const Function f = [](Vars x) { return square(x[0]); }, g = [](Vars x) { return sum(square(x[0])); };
  CHECK(same(vjp(f, at, full({2}, 1))[1], zeros({3})));
  CHECK(same(jacobian(f, at)[1], zeros({2, 3})));
  CHECK(same(jvp(f, at, {zeros({2}), full({3}, 1)}), zeros({2})));
  CHECK(same(hvp(g, at, {zeros({2}), full({3}, 1)})[0], zeros({2})));
  CHECK(same(hvp(g, at, {full({2}, 1), full({3}, 1)})[1], zeros({3})));
  CHECK(same(hessian([](Vars x) { return stop_gradient(sum(square(x[0]))); }, at[0]), zeros({2, 2})));
}

TEST_CASE("derivatives: of the identity, where the value is an input itself") {
  const Function identity = [](Vars x) { return x[0]; };
  CHECK(same(jacobian(identity, {full({2}, 3)})[0], array({2, 2}, {1, 0, 0, 1})));
  CHECK(same(jvp(identity, {full({2}, 3)}, {array({2}, {5, 7})}), array({2}, {5, 7})));
  CHECK(same(hessian(identity, full({1}, 3)), zeros({1, 1})));
}

TEST_CASE("derivatives: leave the tape as it was, also when they throw, and work inside an evaluation") {
  Tape tape;
  const Parameter w(full({2}, 3));
  const Function f = [&](Vars x) { return sum(square(x[0]) * w); };
  const Array x = full({2}, 5);
  const auto all = [&] {
    CHECK(same(vjp(f, {x}, full({}, 1))[0], full({2}, 30)));
    CHECK(same(jvp(f, {x}, {x}), full({}, 300)));
    CHECK(same(hvp(f, {x}, {x})[0], full({2}, 30)));
    CHECK(same(jacobian(f, {x})[0], full({1, 2}, 30)));
    CHECK(same(hessian(f, x), array({2, 2}, {6, 0, 0, 6})));
    CHECK_THROWS_AS(vjp(f, {x}, x), std::invalid_argument);
    CHECK(tape.size() == 0);
  };
  all();
  CHECK(tape.recording());
  Evaluation scope;
  all();
  CHECK_FALSE(tape.recording());
}

TEST_CASE("derivatives: all rows of a Jacobian take no more of the tape than one") {
  Tape tape;
  const Function f = [](Vars x) { return tanh(x[0]); };
  const Array x = random_array({100}, 1);
  vjp(f, {x}, x);
  const std::size_t one = tape.bytes();
  CHECK(one > 0);
  jacobian(f, {x});
  CHECK(tape.bytes() == one);
}

TEST_CASE("derivatives: shapes that do not fit are named") {
  const Function f = [](Vars x) { return x[0] * x[1]; }, g = [](Vars x) { return square(x[0]); };
  const Arrays at = {zeros({2, 3}), zeros({3})};
  const auto message = [](const auto& call) { return message_of<std::invalid_argument>(call); };
  CHECK(message([&] { vjp(f, at, zeros({3})); }) == "[vjp] u has shape [3] but f gives [2,3]");
  CHECK(message([&] { jvp(f, at, {zeros({3})}); }) == "[jvp] 1 directions are given for 2 inputs");
  CHECK(message([&] {
          jvp(f, at, {zeros({2, 3}), zeros({2})});
        }) == "[jvp] input 1 has shape [3] but its direction [2]");
  CHECK(message([&] { hvp(f, at, {}); }) == "[hvp] 0 directions are given for 2 inputs");
  CHECK(message([&] {
          hvp(f, at, {zeros({6}), zeros({3})});
        }) == "[hvp] input 0 has shape [2,3] but its direction [6]");
  CHECK(message([&] { hvp(f, at, at); }) == "[hvp] f gives shape [2,3], not one element");
  CHECK(message([&] { hessian(g, zeros({3})); }) == "[hessian] f gives shape [3], not one element");
}
