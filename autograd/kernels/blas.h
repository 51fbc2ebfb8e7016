// The only place in the libraries that calls BLAS and LAPACK. Matrices are dense, row-major, and given by
// their first element. Nothing here checks shapes: ../ops/product.cpp and ../ops/linalg.cpp do.
#pragma once

#include "autograd/array.h"

namespace autograd {

// C = op(A) op(B), or C += op(A) op(B) if `add`.  op(A): [M,K]  op(B): [K,N]  C: [M,N]
void gemm(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K, const Real* A,
          const Real* B, Real* C, bool add);

// The same, with c added to every row.  c: [N]
void gemm(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K, const Real* A,
          const Real* B, Real* C, bool add, const Real* c);

// A ← its lower Cholesky factor; only the lower triangle is read and written.  A: [N,N]
// Returns the order of the first leading minor that is not positive, 0 if all are.
std::size_t cholesky_in_place(std::size_t N, Real* A);

// B ← L⁻¹B, or L⁻ᵀB if `transpose`; only the lower triangle of L is read.  L: [N,N]  B: [N,M]
void solve_lower_in_place(bool transpose, std::size_t N, std::size_t M, const Real* L, Real* B);

// A ← the eigenvectors of A as rows, values ← its eigenvalues, ascending; only the lower triangle of A is
// read. std::runtime_error if the iteration does not converge.  A: [N,N]  values: [N]
void symmetric_eigen_in_place(std::size_t N, Real* A, Real* values);

}  // namespace autograd
