// Linear algebra of positive-definite and triangular matrices: the Cholesky factor, the triangular solve, and
// what is made of them. The rules are those of Giles ("Collected matrix derivative results for forward and
// reverse mode", 2008) and Murray ("Differentiation of the Cholesky decomposition", 2016, arXiv 1602.07527),
// written on Vars alone (`custom`).
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/custom.h"
#include "autograd/kernels/blas.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/ops/broadcast.h"

namespace autograd {

namespace {

// The lower triangle of x: […,N,N], the diagonal times `diagonal`, and zeros above it.
Var lower(Var x, Real diagonal = 1) {
  const std::size_t N = matrix(x.shape()).rows;
  Array mask = zeros({N, N});
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j <= i; ++j) mask(i, j) = i == j ? diagonal : Real(1);
  return x * constant(mask);
}

Array cholesky(const Array& A) {
  const std::size_t N = matrix(A.shape()).rows, count = element_count(leading(A.shape()));
  Array L = A;
  for (std::size_t k = 0; k < count; ++k) {
    // Factorise the k-th matrix.
    Real* const l = L.data() + k * N * N;
    if (const std::size_t minor = cholesky_in_place(N, l))
      throw std::domain_error("[cholesky] matrix " + std::to_string(k) + " of " + to_string(A.shape()) +
                              " is not positive-definite: its leading minor of order " +
                              std::to_string(minor) + " is not positive");
    // Clear what is above the diagonal.
    for (std::size_t i = 0; i < N; ++i) std::fill(l + i * N + i + 1, l + (i + 1) * N, Real(0));
  }
  return L;
}

Array solve_triangular(const Array& L, const Array& b, bool transpose) {
  const auto [N, M] = matrix(b.shape());
  const std::size_t count = element_count(leading(b.shape()));
  Array x = b;
  for (std::size_t k = 0; k < count; ++k)
    solve_lower_in_place(transpose, N, M, L.data() + k * N * N, x.data() + k * N * M);
  return x;
}

}  // namespace

// LLᵀ = A          Ā += ½ (S + Sᵀ),  S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹,  Φ the lower triangle with half the diagonal
Var cholesky(Var A) {
  check_square("cholesky", A.shape());
  return custom(
      "cholesky", {A}, [](const Array& A) { return cholesky(A); },
      [](Var g, Var, Var L) {
        const Var P = lower(matmul(L, g, true, false), Real(0.5));
        const Var S = transpose(solve_triangular(L, transpose(solve_triangular(L, P, true)), true));
        return 0.5 * (S + transpose(S));
      });
}

// x = L⁻¹ b        b̄ += L⁻ᵀ x̄,  L̄ −= lower(b̄ xᵀ)
// x = L⁻ᵀ b        b̄ += L⁻¹ x̄,  L̄ −= lower(x b̄ᵀ)
Var solve_triangular(Var L, Var b, bool transpose) {
  check_square("solve_triangular", L.shape());
  if (b.shape().size() < 2 || matrix(b.shape()).rows != matrix(L.shape()).rows)
    throw std::invalid_argument("[solve_triangular] L is " + to_string(L.shape()) + " but b is " +
                                to_string(b.shape()));
  broadcast_stacks("solve_triangular", L, b);
  return custom(
      "solve_triangular", {L, b},
      [=](const Array& L, const Array& b) { return solve_triangular(L, b, transpose); },
      [=](Var g, Var L, Var, Var x) {
        const Var b_bar = solve_triangular(L, g, !transpose);
        return -lower(transpose ? matmul(x, b_bar, false, true) : matmul(b_bar, x, false, true));
      },
      [=](Var g, Var L, Var) { return solve_triangular(L, g, !transpose); });
}

// log |A| = 2 Σ log Lᵢᵢ
Var logdet(Var A) {
  check_square("logdet", A.shape());
  const Var d = log(diagonal(cholesky(A)));
  return 2 * sum(d, {d.shape().size() - 1});
}

// A⁻¹ = L⁻ᵀ L⁻¹
Var inverse(Var A) {
  check_square("inverse", A.shape());
  const std::size_t N = matrix(A.shape()).rows;
  const Var L = cholesky(A);
  return solve_triangular(L, solve_triangular(L, diag(constant(full({N}, 1)))), true);
}

}  // namespace autograd
