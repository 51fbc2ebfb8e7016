// Linear algebra, against the equations that define it.
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/ops/compare.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

// x xᵀ + I for each of two matrices [3,3]
Array positive_definite() {
  const Var x = constant(random_array({2, 3, 3}, 0));
  return (matmul(x, x, false, true) + diag(constant(full({3}, 1)))).value();
}

}  // namespace

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
  const Array L = cholesky(constant(positive_definite())).value(), b = random_array({2, 3, 2}, 3);
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
              (constant(zeros({2, 3, 3})) + diag(constant(full({3}, 1)))).value());
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

TEST_CASE("linalg: shapes that do not fit are named") {
  CHECK(says(refusal([] { cholesky(operand({2, 3})); }), {"[cholesky]", "[2,3]"}));
  CHECK(says(refusal([] { logdet(operand({3})); }), {"[logdet]", "[3]"}));
  CHECK(says(refusal([] { inverse(operand({2, 3})); }), {"[inverse]", "[2,3]"}));
  CHECK(says(refusal([] {
               solve_triangular(operand({2, 2}), operand({3, 1}));
             }),
             {"[solve_triangular]", "[2,2]", "[3,1]"}));
  CHECK(says(refusal([] {
               solve_triangular(operand({2, 2}), operand({2}));
             }),
             {"[solve_triangular]", "[2,2]", "[2]"}));
  CHECK(says(refusal([] {
               solve_triangular(operand({3, 2, 2}), operand({2, 2, 1}));
             }),
             {"[solve_triangular]", "[3,2,2]", "[2,2,1]"}));
}
