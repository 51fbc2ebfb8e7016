// The eigendecomposition: LAPACK's, in the order of principal components.
#include "autograd/ops/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/kernels/blas.h"

namespace autograd {

SymmetricEigen symmetric_eigen(const Array& A) {
  if (A.dimension() != 2 || A.shape(0) != A.shape(1))
    throw std::invalid_argument("[symmetric_eigen] " + to_string(A.shape()) + " is not a square matrix");
  if (!std::all_of(A.data(), A.data() + A.size(), [](Real a) { return std::isfinite(a); }))
    throw std::domain_error("[symmetric_eigen] an element of the matrix is not finite");

  const std::size_t N = A.shape(0);
  Array rows = A, ascending = empty({N});
  symmetric_eigen_in_place(N, rows.data(), ascending.data());

  // Its row i is the eigenvector of the i-th smallest value.
  SymmetricEigen eigen = {empty({N}), empty({N, N})};
  for (std::size_t i = 0; i < N; ++i) {
    eigen.values(i) = ascending(N - 1 - i);
    for (std::size_t j = 0; j < N; ++j) eigen.vectors(j, i) = rows(N - 1 - i, j);
  }
  return eigen;
}

}  // namespace autograd
