// log Σ eˣ and its relatives. Each subtracts the largest element first, so that nothing overflows. If that is
// infinite, the elements that equal it share the weight.
//
// On arrays a rule is one kernel; on Vars it is the same equation of recorded operations.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/ops.h"
#include "autograd/ops/reductions.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// eˣ⁻ᵐ for m = max x: 1 for the largest, also where it is infinite
const auto shifted_exp = [](auto x, auto m) { return where(x >= m, 1, exp(x - m)); };

// m = max x and s = Σ eˣ⁻ᵐ = 1 + rest along a block of x; of no elements, m = −∞ and s = 0.
struct ShiftedSum {
  std::vector<Real> m, s, rest;

  ShiftedSum(const Block& b, const Array& x) : m(b.outer * b.inner), s(m.size()), rest(m.size()) {
    fold(b, x.data(), m.data(), -std::numeric_limits<Real>::infinity(), larger);
    sum_along(b, s.data(), shifted_exp, {x.data()}, {m.data()});
    for (std::size_t k = 0; k < m.size(); ++k) rest[k] = s[k] - 1;

    // Where the others are small beside the largest, sum them alone.
    const auto is_small = [](Real rest) { return rest >= 0 && rest < Real(0.01); };
    if (std::none_of(rest.begin(), rest.end(), is_small)) return;
    std::vector<Real> others(m.size());
    const auto other = [](auto x, auto m) { return where(x >= m, 0, exp(x - m)); };
    sum_along(b, others.data(), other, {x.data()}, {m.data()});
    for (std::size_t k = 0; k < m.size(); ++k)
      if (is_small(rest[k])) rest[k] = others[k], s[k] = 1 + others[k];
  }
};

// ---- softmax ----------------------------------------------------------------------------------------------
// `shape` is that of x with length 1 along the axes whose weights add up to 1.

// y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ
auto softmax_along(const Array& x, const Shape& shape) {
  const Block b = block_between("softmax", shape, x.shape());
  return ArrayWork(x.shape(), [&x, b](Array& out, bool add) {
    const ShiftedSum of(b, x);
    const auto value = [](auto x, auto m, auto s) { return shifted_exp(x, m) / s; };
    for_each_along(b, out.data(), add, value, {x.data()}, {of.m.data(), of.s.data()});
  });
}

// y (ȳ − Σ ȳ y)
auto softmax_slope(const Array& g, const Array& y, const Shape& shape) {
  const Block b = block_between("softmax", shape, y.shape());
  return ArrayWork(y.shape(), [&g, &y, b](Array& out, bool add) {
    std::vector<Real> s(b.outer * b.inner);
    const auto term = [](auto g, auto y, auto) { return g * y; };
    sum_along(b, s.data(), term, {g.data(), y.data()}, {s.data()});
    for_each_along(b, out.data(), add, [](auto g, auto y, auto s) { return y * (g - s); },
                   {g.data(), y.data()}, {s.data()});
  });
}
Var softmax_slope(Var g, Var y, const Shape& shape) { return y * (g - sum_to(g * y, shape)); }

// y = eˣ / Σ eˣ      x̄ += y (ȳ − Σ ȳ y)
Var softmax_along(Var x, const Shape& shape) {
  return record(
      "softmax", {x}, [&](const auto& x) { return softmax_along(x, shape); },
      [=](const auto& g, const auto&, const auto& y) { return softmax_slope(g, y, shape); });
}

// ---- log Σ eˣ ---------------------------------------------------------------------------------------------

// y = m + log Σ eˣ⁻ᵐ
auto logsumexp_to(const Array& x, const Shape& shape) {
  const Block b = block_between("logsumexp", shape, x.shape());
  return ArrayWork(shape, [&x, b](Array& out, bool add) {
    const ShiftedSum of(b, x);
    for_each_lane(out.size(), out.data(), add, [](auto m, auto rest) { return m + log1p(rest); },
                  {of.m.data(), of.rest.data()});
  });
}

// ȳ softmax x. Not ȳ eˣ⁻ʸ: where |y| is large, x − y has lost its digits.
auto logsumexp_slope(const Array& g, const Array& x) {
  const Block b = block_between("logsumexp", g.shape(), x.shape());
  return ArrayWork(x.shape(), [&g, &x, b](Array& out, bool add) {
    const ShiftedSum of(b, x);
    const auto term = [](auto x, auto g, auto m, auto s) { return g * (shifted_exp(x, m) / s); };
    for_each_along(b, out.data(), add, term, {x.data()}, {g.data(), of.m.data(), of.s.data()});
  });
}
Var logsumexp_slope(Var g, Var x) { return g * softmax_along(x, g.shape()); }

// y = log Σ eˣ       x̄ += ȳ softmax x
Var logsumexp_to(Var x, const Shape& shape) {
  return record(
      "logsumexp", {x}, [&](const auto& x) { return logsumexp_to(x, shape); },
      [](const auto& g, const auto& x) { return logsumexp_slope(g, x); });
}

// ---- log softmax ------------------------------------------------------------------------------------------

// y = x − m − log Σ eˣ⁻ᵐ
auto log_softmax_along(const Array& x, const Shape& shape) {
  const Block b = block_between("log_softmax", shape, x.shape());
  return ArrayWork(x.shape(), [&x, b](Array& out, bool add) {
    ShiftedSum of(b, x);
    for (Real& rest : of.rest) rest = std::log1p(rest);
    const auto value = [](auto x, auto m, auto log_s) { return where(x >= m, 0, x - m) - log_s; };
    for_each_along(b, out.data(), add, value, {x.data()}, {of.m.data(), of.rest.data()});
  });
}

// ȳ − eʸ Σ ȳ
auto log_softmax_slope(const Array& g, const Array& y, const Shape& shape) {
  const Block b = block_between("log_softmax", shape, y.shape());
  return ArrayWork(y.shape(), [&g, &y, b](Array& out, bool add) {
    std::vector<Real> s(b.outer * b.inner);
    sum_block(b, g.data(), s.data(), false);
    for_each_along(b, out.data(), add, [](auto g, auto y, auto s) { return g - exp(y) * s; },
                   {g.data(), y.data()}, {s.data()});
  });
}
Var log_softmax_slope(Var g, Var y, const Shape& shape) { return g - exp(y) * sum_to(g, shape); }

// y = log softmax x  x̄ += ȳ − eʸ Σ ȳ
Var log_softmax_along(Var x, const Shape& shape) {
  return record(
      "log_softmax", {x}, [&](const auto& x) { return log_softmax_along(x, shape); },
      [=](const auto& g, const auto&, const auto& y) { return log_softmax_slope(g, y, shape); });
}

}  // namespace

Var logsumexp(Var x, const Axes& axes, bool keep) { return reduce("logsumexp", x, axes, keep, logsumexp_to); }

Var softmax(Var x, std::size_t axis) {
  return softmax_along(x, reduced_shape("softmax", x.shape(), {axis}, true));
}

Var log_softmax(Var x, std::size_t axis) {
  return log_softmax_along(x, reduced_shape("log_softmax", x.shape(), {axis}, true));
}

}  // namespace autograd
