// The eigendecomposition, against the equations that define it.
#include "autograd/ops/symmetric_eigen.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/ops/compare.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("symmetric_eigen: A = V diag(values) V', V is orthogonal, and the values descend") {
  Evaluation scope;
  for (const std::size_t N : {1u, 2u, 7u, 40u}) {
    const Var x = constant(random_array({N, N}, 3));
    const Array A = (x + transpose(x)).value();  // positive and negative eigenvalues
    const SymmetricEigen eigen = symmetric_eigen(A);
    const Var V = constant(eigen.vectors), values = constant(eigen.values);
    check_close(matmul(V * values, V, false, true).value(), A);
    check_close(matmul(V, V, true).value(), diag(constant(full({N}, 1))).value());
    for (std::size_t i = 1; i < N; ++i) CHECK(eigen.values(i - 1) >= eigen.values(i));
  }
}

TEST_CASE("symmetric_eigen: the lower triangle is read, and what has no eigenvalues is refused") {
  // 2 and 4, of {{3, 1}, {1, 3}}
  CHECK(symmetric_eigen(array({2, 2}, {3, 99, 1, 3})).values(0) == Approx(4));
  CHECK(symmetric_eigen(array({2, 2}, {3, 99, 1, 3})).values(1) == Approx(2));
  CHECK(symmetric_eigen(zeros({0, 0})).values.size() == 0);
  CHECK_THROWS_AS(symmetric_eigen(zeros({2, 3})), std::invalid_argument);
  CHECK_THROWS_AS(symmetric_eigen(zeros({2})), std::invalid_argument);
  CHECK_THROWS_AS(symmetric_eigen(array({1, 1}, {std::nan("")})), std::domain_error);
}
