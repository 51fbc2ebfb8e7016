// Broadcasting, and its adjoint, sums to a smaller shape.
#include <cstddef>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("broadcast: operands pair element with element as in NumPy") {
  Evaluation scope;
  const Var a = constant(array({2, 3}, {1, 2, 3, 4, 5, 6})), row = constant(array({3}, {10, 20, 30}));
  const Var column = constant(array({2, 1}, {100, 200}));
  CHECK(values_of((a + row).value()) == std::vector<Real>{11, 22, 33, 14, 25, 36});
  CHECK(values_of((a + column).value()) == std::vector<Real>{101, 102, 103, 204, 205, 206});
  CHECK(values_of((column - row).value()) == std::vector<Real>{90, 80, 70, 190, 180, 170});
  CHECK((constant(zeros({4, 1, 3, 1})) + constant(zeros({2, 1, 5}))).shape() == Shape{4, 2, 3, 5});
  CHECK((constant(zeros({0, 3})) + row).shape() == Shape{0, 3});
  CHECK((constant(zeros({0, 1})) + row).shape() == Shape{0, 3});
  CHECK((constant(zeros({1})) + constant(zeros({0}))).shape() == Shape{0});
}

TEST_CASE("broadcast: four axes agree with index arithmetic") {
  Evaluation scope;
  const Array a = normal(Stream(), {4, 1, 3, 1}), b = normal(Stream().at_epoch(1), {2, 1, 5});
  const Array c = (constant(a) * constant(b)).value();
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 2; ++j)
      for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t l = 0; l < 5; ++l) CHECK(c(i, j, k, l) == a(i, 0, k, 0) * b(j, 0, l));
}

TEST_CASE("broadcast: repeating and summing") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(sum_to(x, {1, 3}).value()) == std::vector<Real>{5, 7, 9});
  CHECK(values_of(broadcast_to(constant(array({2, 1}, {7, 8})), {2, 2}).value()) ==
        std::vector<Real>{7, 7, 8, 8});
}

// As many numbers as threads share, along rows and along columns; written into a new array, and added to an
// adjoint.
TEST_CASE("broadcast: a row, a column and one number repeated") {
  const std::size_t rows = 130, columns = 300;
  const Array row = normal(Stream(), {columns}), column = normal(Stream(), {rows, 1}),
              one = normal(Stream(), {});
  const auto at = [&](const Array& x, std::size_t i, std::size_t j) {
    return x.dimension() == 0 ? x() : x.dimension() == 1 ? x(j) : x(i, 0);
  };
  for (const Array& x : {row, column, one}) {
    Step step;
    const Var u = variable(zeros({rows, columns})), s = sum_to(u, x.shape());
    const Array y = broadcast_to(constant(x), {rows, columns}).value();
    const Array g = backward(s, x)[u], twice = backward(s + sum_to(u, x.shape()), x)[u];
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        const Real v = at(x, i, j);
        wrong += y(i, j) != v || g(i, j) != v || twice(i, j) != 2 * v;
      }
    INFO(to_string(x.shape()));
    CHECK(wrong == 0);
  }
}

TEST_CASE("broadcast: shapes that do not fit are named") {
  CHECK(says(refusal([&] { broadcast_to(operand({2, 3}), {2, 4}); }), {"[broadcast_to]", "[2,3]", "[2,4]"}));
  CHECK(says(refusal([&] { broadcast_to(operand({2, 3}), {3}); }), {"[broadcast_to]", "[2,3]", "[3]"}));
  CHECK(says(refusal([&] { sum_to(operand({2, 3}), {2, 2}); }), {"[sum_to]", "[2,3]", "[2,2]"}));
}
