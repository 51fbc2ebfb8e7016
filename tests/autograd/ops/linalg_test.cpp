// Linear algebra: against loops, and against what defines it.
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

Array random(const Shape& shape, std::uint32_t which) { return normal(Stream().at_epoch(which), shape); }

void check_close(const Array& found, const Array& expected) {
  REQUIRE(found.shape() == expected.shape());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found.data()[i] == Approx(expected.data()[i]).epsilon(1e-11).margin(1e-11));
}

// x xᵀ + I for each of two matrices [3,3]
Array positive_definite() {
  const Var x = constant(random({2, 3, 3}, 0));
  return (matmul(x, x, false, true) + diag(constant(full({3}, 1)))).value();
}

std::string said(void (*f)()) { return message_of<std::invalid_argument>(f); }
Var c(const Shape& shape) { return constant(full(shape, 1)); }

}  // namespace

TEST_CASE("linalg: products of stacks are the products of their matrices, the leading axes broadcasting") {
  Evaluation scope;
  const Array a = random({2, 1, 3, 4}, 1), b = random({5, 4, 2}, 2),
              y = matmul(constant(a), constant(b)).value();
  REQUIRE(y.shape() == Shape{2, 5, 3, 2});
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t t = 0; t < 5; ++t)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 2; ++j) {
          double expected = 0;
          for (std::size_t k = 0; k < 4; ++k) expected += a(s, 0, i, k) * b(t, k, j);
          CHECK(y(s, t, i, j) == Approx(expected).epsilon(1e-13));
        }
}

TEST_CASE("linalg: transposing a stack's matrices, and one matrix for a whole stack") {
  Evaluation scope;
  const Array a = random({2, 4, 3}, 1), b = random({2, 4}, 2);
  const Array y = matmul(constant(a), constant(b), true, true).value();
  REQUIRE(y.shape() == Shape{2, 3, 2});
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 2; ++j) {
        double expected = 0;
        for (std::size_t k = 0; k < 4; ++k) expected += a(s, k, i) * b(j, k);
        CHECK(y(s, i, j) == Approx(expected).epsilon(1e-13));
      }
  const Array turned = permute(constant(a), {0, 2, 1}).value();
  check_close(matmul(constant(turned), constant(b), false, true).value(), y);
  CHECK(matmul(c({3, 2, 0}), c({0, 4})).shape() == Shape{3, 2, 4});
  CHECK(values_of(matmul(c({2, 1, 0}), c({0, 1})).value()) == std::vector<Real>{0, 0});
}

TEST_CASE("linalg: products refuse what does not fit") {
  CHECK(says(said([] { matmul(c({2, 3, 4}), c({3, 4, 5})); }), {"[matmul]", "[2,3,4]", "[3,4,5]"}));
  CHECK(says(said([] { matmul(c({2, 3, 4}), c({5, 4})); }), {"[matmul]", "[2,3,4]", "inner sizes differ"}));
  CHECK(says(said([] { matmul(c({2, 3, 4}), c({4})); }), {"[matmul]", "two axes"}));
}

TEST_CASE("linalg: the Cholesky factor is lower, its diagonal positive, and L L' = A") {
  Evaluation scope;
  const Array A = positive_definite();
  const Var L = cholesky(constant(A));
  check_close(matmul(L, L, false, true).value(), A);
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(L.value()(s, i, i) > 0);
      for (std::size_t j = i + 1; j < 3; ++j) CHECK(L.value()(s, i, j) == 0);
    }
  CHECK(values_of(cholesky(constant(array({2, 2}, {4, 99, 2, 10}))).value()) ==
        std::vector<Real>{2, 0, 1, 3});
}

TEST_CASE("linalg: what is not positive-definite is named") {
  const auto says_so = [](const Array& A) {
    return message_of<std::domain_error>([&] { cholesky(constant(A)); });
  };
  CHECK(says(says_so(array({2, 2, 2}, {1, 0, 0, 1, 1, 2, 2, 1})),
             {"[cholesky] matrix 1 of [2,2,2]", "order 2"}));
  CHECK(says(says_so(array({1, 1}, {std::nan("")})), {"[cholesky] matrix 0", "order 1"}));
  CHECK(says(says_so(array({1, 1}, {0})), {"order 1"}));
}

TEST_CASE("linalg: triangular solves undo the product, and read the lower triangle only") {
  Evaluation scope;
  const Array L = cholesky(constant(positive_definite())).value(), b = random({2, 3, 2}, 3);
  Array noisy = L;
  noisy(0, 0, 2) = 1e6;
  for (const bool transpose : {false, true}) {
    const Var x = solve_triangular(constant(noisy), constant(b), transpose);
    check_close(matmul(constant(L), x, transpose).value(), b);
  }
}

TEST_CASE("linalg: log-determinant and inverse, against the formulas for [2,2] and the product with A") {
  Evaluation scope;
  const Var A = constant(array({2, 2}, {5, 2, 2, 3}));
  CHECK(logdet(A).item() == Approx(std::log(11.0)).epsilon(1e-14));
  check_close(inverse(A).value(), array({2, 2}, {3.0 / 11, -2.0 / 11, -2.0 / 11, 5.0 / 11}));
  const Array B = positive_definite();
  check_close(matmul(inverse(constant(B)), constant(B)).value(),
              (constant(zeros({2, 3, 3})) + diag(c({3}))).value());
  CHECK(logdet(constant(B)).shape() == Shape{2});
}

TEST_CASE("linalg: the adjoint of log |A| is its inverse, and that of the trace of A^-1 is -A^-2") {
  Step step;
  const Array B = positive_definite();
  const Var A = variable(B), X = inverse(A);
  check_close(backward(sum(logdet(A)))[A], X.value());
  const Array expected = (-matmul(X, X)).value();
  check_close(backward(sum(trace(X)))[A], expected);
}

TEST_CASE("linalg: diagonals of stacks") {
  Evaluation scope;
  const Var x = constant(array({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK(values_of(diagonal(x).value()) == std::vector<Real>{1, 4, 5, 8});
  CHECK(diagonal(x).shape() == Shape{2, 2});
  CHECK(values_of(diag(diagonal(x)).value()) == std::vector<Real>{1, 0, 0, 4, 5, 0, 0, 8});
  CHECK(values_of(trace(x).value()) == std::vector<Real>{5, 13});
}

TEST_CASE("linalg: shapes that do not fit are named") {
  CHECK(says(said([] { cholesky(c({2, 3})); }), {"[cholesky]", "[2,3]"}));
  CHECK(says(said([] { logdet(c({3})); }), {"[logdet]", "[3]"}));
  CHECK(says(said([] { inverse(c({2, 3})); }), {"[inverse]", "[2,3]"}));
  CHECK(says(said([] { solve_triangular(c({2, 2}), c({3, 1})); }), {"[solve_triangular]", "[2,2]", "[3,1]"}));
  CHECK(says(said([] { solve_triangular(c({2, 2}), c({2})); }), {"[solve_triangular]", "[2,2]", "[2]"}));
  CHECK(says(said([] {
               solve_triangular(c({3, 2, 2}), c({2, 2, 1}));
             }),
             {"[solve_triangular]", "[3,2,2]", "[2,2,1]"}));
}
