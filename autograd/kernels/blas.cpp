// BLAS and LAPACK by xtensor-blas's typed interface, which chooses the routine for float or double.
#include "autograd/kernels/blas.h"

#include <algorithm>
#include <stdexcept>
#include <vector>
#include <xtensor-blas/xblas.hpp>
#include <xtensor-blas/xlapack.hpp>

namespace autograd {

namespace {

using Index = xt::blas_index_t;

cxxblas::Transpose transposed(bool yes) { return yes ? cxxblas::Trans : cxxblas::NoTrans; }

// The distance between rows; BLAS does not accept 0.
Index stride(std::size_t columns) { return Index(std::max<std::size_t>(1, columns)); }

}  // namespace

void gemm(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K, const Real* A,
          const Real* B, Real* C, bool add) {
  if (K == 0 && !add) std::fill_n(C, M * N, Real(0));  // every sum is empty
  if (M == 0 || N == 0 || K == 0) return;
  cxxblas::gemm<Index>(cxxblas::RowMajor, transposed(transpose_a), transposed(transpose_b), Index(M),
                       Index(N), Index(K), Real(1), A, stride(transpose_a ? M : K), B,
                       stride(transpose_b ? K : N), Real(add ? 1 : 0), C, stride(N));
}

std::size_t cholesky_in_place(std::size_t N, Real* A) {
  if (N == 0) return 0;
  // LAPACK is column-major: its upper triangle is our lower one.
  const Index info = cxxlapack::potrf<Index>('U', Index(N), A, stride(N));
  if (info > 0) return std::size_t(info);
  for (std::size_t i = 0; i < N; ++i)
    if (!(A[i * N + i] > 0)) return i + 1;  // NaN, which potrf may not report
  return 0;
}

void solve_lower_in_place(bool transpose, std::size_t N, std::size_t M, const Real* L, Real* B) {
  if (N == 0 || M == 0) return;
  cxxblas::trsm<Index>(cxxblas::RowMajor, cxxblas::Left, cxxblas::Lower, transposed(transpose),
                       cxxblas::NonUnit, Index(N), Index(M), Real(1), L, stride(N), B, stride(M));
}

void symmetric_eigen_in_place(std::size_t N, Real* A, Real* values) {
  if (N == 0) return;
  // LAPACK is column-major: its upper triangle is our lower one, and its columns are our rows.
  std::vector<Real> work(std::max<std::size_t>(3 * N, 64));
  const Index info =
      cxxlapack::syev<Index>('V', 'U', Index(N), A, stride(N), values, work.data(), Index(work.size()));
  if (info != 0) throw std::runtime_error("[symmetric_eigen] the iteration does not converge");
}

}  // namespace autograd
