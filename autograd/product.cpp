// Matrix products, on BLAS: the one place that calls it, because xt::blas::gemm checks no shapes.
#include <stdexcept>
#include <xtensor-blas/xblas.hpp>

#include "autograd/lanes.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/work.h"

namespace autograd {

namespace {

// out = op(a) op(b) + (add ? out : 0)
void gemm(const Array& a, const Array& b, bool transpose_a, bool transpose_b, Array& out, bool add) {
  if (out.size() == 0) return;
  if (a.size() == 0) {  // an empty inner dimension: every sum is empty
    if (!add) out.fill(0);
    return;
  }
  xt::blas::gemm(a, b, out, transpose_a, transpose_b, Real(1), Real(add ? 1 : 0));
}

}  // namespace

Product matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  const auto fail = [&](const char* reason) {
    const auto name = [](const Array& m, bool t) { return to_string(m.shape()) + (t ? "ᵀ" : ""); };
    throw std::invalid_argument("[matmul] " + name(a, transpose_a) + " by " + name(b, transpose_b) + ": " + reason);
  };
  if (a.dimension() != 2 || b.dimension() != 2) fail("both must have two axes");
  const std::size_t rows = a.shape(transpose_a ? 1 : 0), inner = a.shape(transpose_a ? 0 : 1);
  const std::size_t columns = b.shape(transpose_b ? 0 : 1), inner_b = b.shape(transpose_b ? 1 : 0);
  if (inner != inner_b) fail("inner sizes differ");
  return {a, b, transpose_a, transpose_b, {rows, columns}};
}

void Product::into(Array& out, bool add) const { gemm(a, b, transpose_a, transpose_b, out, add); }

Affine affine(const Array& x, const Array& W, const Array& b) {
  const bool matrices = x.dimension() == 2 && W.dimension() == 2;
  if (!matrices || x.shape(1) != W.shape(1))
    throw std::invalid_argument("[affine] x is " + to_string(x.shape()) + " but W is " + to_string(W.shape()) +
                                (matrices ? ": inner sizes differ" : ": both must have two axes"));
  if (b.dimension() != 1 || b.shape(0) != W.shape(0))
    throw std::invalid_argument("[affine] b is " + to_string(b.shape()) + " but W is " + to_string(W.shape()));
  return {x, W, b, {x.shape(0), W.shape(0)}};
}

void Affine::into(Array& out, bool add) const {
  broadcast_to(b, to).into(out, add);
  gemm(x, W, false, true, out, true);
}

// C = op(A) op(B)        Ā += C̄ op(B)ᵀ,  B̄ += op(A)ᵀ C̄        (transposed where the operand is)
Var matmul(Var a, Var b, bool ta, bool tb) {
  return record(
      "matmul", {a, b},  //
      [=](const auto& a, const auto& b) { return matmul(a, b, ta, tb); },
      [=](const auto& g, const auto&, const auto& b) { return ta ? matmul(b, g, tb, true) : matmul(g, b, false, !tb); },
      [=](const auto& g, const auto& a, const auto&) { return tb ? matmul(g, a, true, ta) : matmul(a, g, !ta, false); });
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
