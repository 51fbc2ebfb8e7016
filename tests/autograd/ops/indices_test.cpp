// Elements picked by their indices and put back, against index arithmetic.
#include <cstddef>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("indices: elements move to their places") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(flip(x, 1).value()) == std::vector<Real>{3, 2, 1, 6, 5, 4});
  CHECK(values_of(take(x, {1, 1, 0}).value()) == std::vector<Real>{4, 5, 6, 4, 5, 6, 1, 2, 3});
  CHECK(values_of(scatter_add(vector({1, 2, 3}), {4}, {2, 0, 2}).value()) == std::vector<Real>{2, 0, 4, 0});
  CHECK(values_of(diagonal(constant(array({2, 2}, {1, 2, 3, 4}))).value()) == std::vector<Real>{1, 4});
  CHECK(values_of(diag(vector({1, 2})).value()) == std::vector<Real>{1, 0, 0, 2});
  CHECK(trace(constant(array({2, 2}, {1, 2, 3, 4}))).item() == 5);
}

TEST_CASE("indices: taking and scattering along the last axis and another") {
  const Array x0 = uniform(Stream(), {4, 6, 5});
  for (const std::size_t axis : {1u, 2u}) {
    const std::vector<std::size_t> indices = {3, 0, 0, 4};
    Step step;
    const Var x = variable(x0), y = take(x, indices, axis);
    const Array w = uniform(Stream().at_epoch(1), y.shape());
    const Array g = backward(sum(y * constant(w)))[x];
    Array truth = zeros(x0.shape());
    for (std::size_t a = 0; a < y.shape()[0]; ++a)
      for (std::size_t b = 0; b < y.shape()[1]; ++b)
        for (std::size_t c = 0; c < y.shape()[2]; ++c) {
          const std::size_t i = axis == 1 ? indices[b] : b, j = axis == 2 ? indices[c] : c;
          CHECK(y.value()(a, b, c) == x0(a, i, j));
          truth(a, i, j) += w(a, b, c);
        }
    CHECK(same(g, truth));
  }
}

TEST_CASE("indices: diagonals of stacks") {
  Evaluation scope;
  const Var x = constant(array({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK(values_of(diagonal(x).value()) == std::vector<Real>{1, 4, 5, 8});
  CHECK(diagonal(x).shape() == Shape{2, 2});
  CHECK(values_of(diag(diagonal(x)).value()) == std::vector<Real>{1, 0, 0, 4, 5, 0, 0, 8});
  CHECK(values_of(trace(x).value()) == std::vector<Real>{5, 13});
}

TEST_CASE("indices: what does not fit is named with its shapes") {
  CHECK(says(refusal([&] { take(operand({2, 3}), {2}, 0); }), {"[take]", "index 2", "axis 0", "[2,3]"}));
  CHECK(says(refusal([&] { take(operand({2, 3}), {}, 2); }), {"[take]", "axis 2", "[2,3]"}));
  CHECK(says(refusal([&] { flip(operand({2}), 1); }), {"[flip]", "axis 1", "[2]"}));
  CHECK(says(refusal([&] { scatter_add(operand({2}), {3}, {0}); }),
             {"[scatter_add]", "[2]", "1 indices", "[3]"}));
  CHECK(says(refusal([&] { diagonal(operand({2, 3})); }), {"[diagonal]", "[2,3]"}));
  CHECK(says(refusal([&] { diag(operand({})); }), {"[diag]"}));
  CHECK(says(refusal([&] { trace(operand({2, 3})); }), {"[trace]", "[2,3]"}));
  CHECK(says(refusal([&] { scatter_add(operand({2}), {3}, {0, 3}); }), {"[scatter_add]", "index 3", "[3]"}));
}
