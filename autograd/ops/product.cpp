// Matrix products, of two matrices or of two stacks of them, and the affine map.
#include <algorithm>
#include <stdexcept>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/blas.h"
#include "autograd/kernels/blocks.h"
#include "autograd/kernels/simd.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

Product matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  const auto fail = [&](const char* reason) {
    const auto name = [](const Array& m, bool t) { return to_string(m.shape()) + (t ? "ᵀ" : ""); };
    throw std::invalid_argument("[matmul] " + name(a, transpose_a) + " by " + name(b, transpose_b) + ": " +
                                reason);
  };
  if (a.dimension() < 2 || b.dimension() < 2) fail("both must have two axes or more");
  const auto [rows, inner] = matrix(a.shape(), transpose_a);
  const auto [inner_b, columns] = matrix(b.shape(), transpose_b);
  if (inner != inner_b) fail("inner sizes differ");
  Shape to = leading(a.shape());
  if (to != leading(b.shape())) fail("the leading axes differ");
  to.push_back(rows), to.push_back(columns);
  return {a, b, transpose_a, transpose_b, to};
}

void Product::into(Array& out, bool add) const {
  const auto [M, K] = matrix(a.shape(), transpose_a);
  const std::size_t N = to.back(), count = element_count(leading(to));
  for (std::size_t i = 0; i < count; ++i)
    gemm(transpose_a, transpose_b, M, N, K, a.data() + i * M * K, b.data() + i * K * N,
         out.data() + i * M * N, add);
}

Affine affine(const Array& x, const Array& W, const Array& b) {
  const bool matrices = x.dimension() == 2 && W.dimension() == 2;
  if (!matrices || x.shape(1) != W.shape(1))
    throw std::invalid_argument("[affine] x is " + to_string(x.shape()) + " but W is " +
                                to_string(W.shape()) +
                                (matrices ? ": inner sizes differ" : ": both must have two axes"));
  if (b.dimension() != 1 || b.shape(0) != W.shape(0))
    throw std::invalid_argument("[affine] b is " + to_string(b.shape()) + " but W is " +
                                to_string(W.shape()));
  return {x, W, b, {x.shape(0), W.shape(0)}};
}

void Affine::into(Array& out, bool add) const {
  broadcast_to(b, to).into(out, add);
  gemm(false, true, to[0], to[1], x.shape(1), x.data(), W.data(), out.data(), true);
}

// ---- on the tape ------------------------------------------------------------------------------------------

// C = op(A) op(B)        Ā += C̄ op(B)ᵀ,  B̄ += op(A)ᵀ C̄        (transposed where the operand is)
Var matmul(Var a, Var b, bool ta, bool tb) {
  const std::size_t rank_a = a.shape().size(), rank_b = b.shape().size();
  if (rank_a > 2 && rank_b == 2 && !ta &&
      a.shape().back() == matrix(b.shape(), tb).rows) {  // one matrix for the whole stack: one product
    Shape rows = a.shape(), to = a.shape();
    rows.pop_back();
    to.back() = matrix(b.shape(), tb).columns;
    return reshape(matmul(reshape(a, {element_count(rows), a.shape().back()}), b, false, tb), to);
  }
  if (std::min(rank_a, rank_b) >= 2 && std::max(rank_a, rank_b) > 2) spread_stacks("matmul", a, b);
  return record(
      "matmul", {a, b},  //
      [=](const auto& a, const auto& b) { return matmul(a, b, ta, tb); },
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
      "affine", {x, W, b},  //
      [](const auto& x, const auto& W, const auto& b) { return affine(x, W, b); },
      [](const auto& g, const auto&, const auto& W, const auto&) { return matmul(g, W, false, false); },
      [](const auto& g, const auto& x, const auto&, const auto&) { return matmul(g, x, true, false); },
      [](const auto& g, const auto&, const auto&, const auto& b) { return sum_to(g, b.shape()); });
}

}  // namespace autograd
