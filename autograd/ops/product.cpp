// Matrix products, of two matrices or of two stacks of them, and the affine map.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/blas.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/ops/broadcast.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

// op(a) op(b), of matrices or of stacks with the same leading axes.  op(a): […,M,K]  op(b): […,K,N]
auto matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  // Check that they fit.
  const auto fail = [&](const char* reason) {
    const auto name = [](const Array& m, bool t) { return to_string(m.shape()) + (t ? "ᵀ" : ""); };
    throw std::invalid_argument("[matmul] " + name(a, transpose_a) + " by " + name(b, transpose_b) + ": " +
                                reason);
  };
  if (a.dimension() < 2 || b.dimension() < 2) fail("both must have two axes or more");
  const std::size_t M = matrix(a.shape(), transpose_a).rows, K = matrix(a.shape(), transpose_a).columns,
                    N = matrix(b.shape(), transpose_b).columns;
  if (K != matrix(b.shape(), transpose_b).rows) fail("inner sizes differ");
  Shape shape = leading(a.shape());
  if (shape != leading(b.shape())) fail("the leading axes differ");

  // Multiply matrix by matrix.
  const std::size_t count = element_count(shape);
  shape.push_back(M), shape.push_back(N);
  return ArrayWork(shape, [=, &a, &b](Array& out, bool add) {
    for (std::size_t i = 0; i < count; ++i)
      gemm(transpose_a, transpose_b, M, N, K, a.data() + i * M * K, b.data() + i * K * N,
           out.data() + i * M * N, add);
  });
}

// x Wᵀ + b.  x: [B,D]  W: [H,D]  b: [H]  ->  [B,H]
auto affine(const Array& x, const Array& W, const Array& b) {
  const bool matrices = x.dimension() == 2 && W.dimension() == 2;
  if (!matrices || x.shape(1) != W.shape(1))
    throw std::invalid_argument("[affine] x is " + to_string(x.shape()) + " but W is " +
                                to_string(W.shape()) +
                                (matrices ? ": inner sizes differ" : ": both must have two axes"));
  if (b.dimension() != 1 || b.shape(0) != W.shape(0))
    throw std::invalid_argument("[affine] b is " + to_string(b.shape()) + " but W is " +
                                to_string(W.shape()));
  const std::size_t B = x.shape(0), D = x.shape(1), H = W.shape(0);
  return ArrayWork({B, H}, [=, &x, &W, &b](Array& out, bool add) {
    gemm(false, true, B, H, D, x.data(), W.data(), out.data(), add, b.data());
  });
}

}  // namespace

// ---- on the tape ------------------------------------------------------------------------------------------

// C = op(A) op(B)        Ā += C̄ op(B)ᵀ,  B̄ += op(A)ᵀ C̄        (transposed where the operand is)
Var matmul(Var a, Var b, bool ta, bool tb) {
  // Multiply a whole stack by one matrix in one product.
  const std::size_t rank_a = a.shape().size(), rank_b = b.shape().size();
  if (rank_a > 2 && rank_b == 2 && !ta && a.shape().back() == matrix(b.shape(), tb).rows) {
    Shape rows = a.shape(), to = a.shape();
    rows.pop_back();
    to.back() = matrix(b.shape(), tb).columns;
    return reshape(matmul(reshape(a, {element_count(rows), a.shape().back()}), b, false, tb), to);
  }
  // Or give both stacks the same leading axes.
  if (std::min(rank_a, rank_b) >= 2 && std::max(rank_a, rank_b) > 2) broadcast_stacks("matmul", a, b);
  return record(
      "matmul", {a, b}, [=](const auto& a, const auto& b) { return matmul(a, b, ta, tb); },
      [=](const auto& g, const auto&, const auto& b) {
        return ta ? matmul(b, g, tb, true) : matmul(g, b, false, !tb);
      },
      [=](const auto& g, const auto& a, const auto&) {
        return tb ? matmul(g, a, true, ta) : matmul(a, g, !ta, false);
      });
}

// y = x Wᵀ + b           x̄ += ȳ W,  W̄ += ȳᵀ x,  b̄ += Σ_rows ȳ
Var affine(Var x, Var W, Var b) {
  return record(
      "affine", {x, W, b}, [](const auto& x, const auto& W, const auto& b) { return affine(x, W, b); },
      [](const auto& g, const auto&, const auto& W, const auto&) { return matmul(g, W, false, false); },
      [](const auto& g, const auto& x, const auto&, const auto&) { return matmul(g, x, true, false); },
      [](const auto& g, const auto&, const auto&, const auto& b) { return sum_to(g, b.shape()); });
}

}  // namespace autograd
