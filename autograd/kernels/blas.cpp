// BLAS and LAPACK by xtensor-blas's typed interface, which chooses the routine for float or double.
#include "autograd/kernels/blas.h"

#include <algorithm>
#include <stdexcept>
#include <vector>
#include <xtensor-blas/xblas.hpp>
#include <xtensor-blas/xlapack.hpp>

#include "autograd/simd.h"
#include "autograd/threads.h"

namespace autograd {

namespace {

using Index = xt::blas_index_t;

cxxblas::Transpose transposed(bool yes) { return yes ? cxxblas::Trans : cxxblas::NoTrans; }

// The distance between rows; BLAS does not accept 0.
Index stride(std::size_t columns) { return Index(std::max<std::size_t>(1, columns)); }

// ---- how a product is shared ------------------------------------------------------------------------------

// C is cut into panels of rows, or of columns if there are few rows. Each is a product of its own on one
// thread. For each BLAS copies one factor whole, so panels are few. How C is cut follows from the shapes
// alone, and so the bits do not depend on the number of threads.
struct Panels {
  bool of_columns;
  std::size_t length, size, count;  // of the side that is cut; of a panel; of them
};

Panels panels_of(std::size_t M, std::size_t N, std::size_t K) {
  const bool of_columns = M < N && M <= K;
  const double flop = 2 * double(M) * double(N) * double(K);
  const double wanted = flop < 4e5 ? 1 : flop < 2e6 ? 2 : std::clamp(flop / 2e8, 4.0, 16.0);
  const std::size_t length = of_columns ? N : M, tile = of_columns ? 16 : 4;  // of registers
  const std::size_t tiles = (length + tile - 1) / tile;
  const std::size_t size = (tiles + std::size_t(wanted) - 1) / std::size_t(wanted) * tile;
  return {of_columns, length, size, (length + size - 1) / size};
}

constexpr double flop_per_microsecond = 5e4;  // of one thread

}  // namespace

void gemm(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K, const Real* A,
          const Real* B, Real* C, bool add) {
  gemm(transpose_a, transpose_b, M, N, K, A, B, C, add, nullptr);
}

void gemm(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K, const Real* A,
          const Real* B, Real* C, bool add, const Real* c) {
  if (K == 0 && !add && !c) std::fill_n(C, M * N, Real(0));  // every sum is empty
  if (M == 0 || N == 0 || (K == 0 && !c)) return;
  const Panels panels = panels_of(M, N, K);
  const double microseconds = 2 * double(M) * double(N) * double(K) / flop_per_microsecond;
  parallel_for(panels.count, microseconds, [&](std::size_t i, std::size_t) {
    const std::size_t first = i * panels.size, size = std::min(panels.size, panels.length - first);
    const std::size_t row = panels.of_columns ? 0 : first, rows = panels.of_columns ? M : size,
                      column = panels.of_columns ? first : 0, columns = panels.of_columns ? size : N;
    Real* const panel = C + row * N + column;
    // Begin with c here, so that the product meets it in the cache.
    for (std::size_t r = 0; c && r < rows; ++r) copy_or_add(columns, c + column, panel + r * N, add);
    cxxblas::gemm<Index>(cxxblas::RowMajor, transposed(transpose_a), transposed(transpose_b), Index(rows),
                         Index(columns), Index(K), Real(1), A + (transpose_a ? row : row * K),
                         stride(transpose_a ? M : K), B + (transpose_b ? column * K : column),
                         stride(transpose_b ? K : N), Real(add || c ? 1 : 0), panel, stride(N));
  });
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
