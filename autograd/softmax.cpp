// log Σ eˣ and its relatives. Each subtracts the largest element first, so that nothing overflows.
//
// On arrays a rule is one kernel; on Vars it is the same equation of recorded operations.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "autograd/folds.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// m = max x, 0 where it is infinite, and s = Σ eˣ⁻ᵐ
struct ShiftedSum {
  std::vector<Real> m, s;

  ShiftedSum(const Block& b, const Array& x) : m(b.outer * b.inner), s(m.size()) {
    fold(b, x.data(), m.data(), -std::numeric_limits<Real>::infinity(), larger);
    for (Real& v : m) v = std::isinf(v) ? 0 : v;
    sum_along(b, s.data(), [](auto x, auto m) { return exp(x - m); }, {x.data()}, {m.data()});
  }
};

// ---- log Σ eˣ ---------------------------------------------------------------------------------------------------------------

// y = m + log Σ eˣ⁻ᵐ
auto logsumexp_to(const Array& x, const Shape& shape) {
  return written(shape, [&x, b = block_between("logsumexp", shape, x.shape())](Array& out, bool add) {
    const ShiftedSum of(b, x);
    for_each_lane(out.size(), out.data(), add, [](auto m, auto s) { return m + log(s); }, {of.m.data(), of.s.data()});
  });
}

// ȳ eˣ⁻ʸ
auto logsumexp_slope(const Array& g, const Array& x, const Array& y) {
  return written(x.shape(), [&, b = block_between("logsumexp", y.shape(), x.shape())](Array& out, bool add) {
    for_each_along(b, out.data(), add, [](auto x, auto g, auto y) { return g * exp(x - y); }, {x.data()}, {g.data(), y.data()});
  });
}
Var logsumexp_slope(Var g, Var x, Var y) { return g * exp(x - y); }

// y = log Σ eˣ       x̄ += ȳ eˣ⁻ʸ
Var logsumexp_to(Var x, const Shape& shape) {
  return record(
      "logsumexp", {x},  //
      [&](const auto& x) { return logsumexp_to(x, shape); },
      [](const auto& g, const auto& x, const auto& y) { return logsumexp_slope(g, x, y); });
}

// ---- softmax ----------------------------------------------------------------------------------------------------------------

// y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ
auto softmax(const Array& x, std::size_t axis) {
  return written(x.shape(), [&x, b = block_along("softmax", x.shape(), axis)](Array& out, bool add) {
    const ShiftedSum of(b, x);
    const auto value = [](auto x, auto m, auto s) { return exp(x - m) / s; };
    for_each_along(b, out.data(), add, value, {x.data()}, {of.m.data(), of.s.data()});
  });
}

// y (ȳ − Σ ȳ y)
auto softmax_slope(const Array& g, const Array& y, std::size_t axis) {
  return written(y.shape(), [&, b = block_along("softmax", y.shape(), axis)](Array& out, bool add) {
    std::vector<Real> s(b.outer * b.inner);
    sum_along(b, s.data(), [](auto g, auto y, auto) { return g * y; }, {g.data(), y.data()}, {s.data()});
    for_each_along(b, out.data(), add, [](auto g, auto y, auto s) { return y * (g - s); }, {g.data(), y.data()}, {s.data()});
  });
}
Var softmax_slope(Var g, Var y, std::size_t axis) { return y * (g - sum(g * y, {axis}, true)); }

// ---- log softmax ------------------------------------------------------------------------------------------------------------

// y = x − m − log Σ eˣ⁻ᵐ
auto log_softmax(const Array& x, std::size_t axis) {
  return written(x.shape(), [&x, b = block_along("log_softmax", x.shape(), axis)](Array& out, bool add) {
    ShiftedSum of(b, x);
    for (Real& s : of.s) s = std::log(s);
    const auto value = [](auto x, auto m, auto log_s) { return x - m - log_s; };
    for_each_along(b, out.data(), add, value, {x.data()}, {of.m.data(), of.s.data()});
  });
}

// ȳ − eʸ Σ ȳ
auto log_softmax_slope(const Array& g, const Array& y, std::size_t axis) {
  return written(y.shape(), [&, b = block_along("log_softmax", y.shape(), axis)](Array& out, bool add) {
    std::vector<Real> s(b.outer * b.inner);
    sum_block(b, g.data(), s.data(), false);
    for_each_along(b, out.data(), add, [](auto g, auto y, auto s) { return g - exp(y) * s; }, {g.data(), y.data()}, {s.data()});
  });
}
Var log_softmax_slope(Var g, Var y, std::size_t axis) { return g - exp(y) * sum(g, {axis}, true); }

}  // namespace

Var logsumexp(Var x, const Axes& axes, bool keep) { return reduce("logsumexp", x, axes, keep, logsumexp_to); }

// y = eˣ / Σ eˣ      x̄ += y (ȳ − Σ ȳ y)
Var softmax(Var x, std::size_t axis) {
  return record(
      "softmax", {x},  //
      [=](const auto& x) { return softmax(x, axis); },
      [=](const auto& g, const auto&, const auto& y) { return softmax_slope(g, y, axis); });
}

// y = log softmax x  x̄ += ȳ − eʸ Σ ȳ
Var log_softmax(Var x, std::size_t axis) {
  return record(
      "log_softmax", {x},  //
      [=](const auto& x) { return log_softmax(x, axis); },
      [=](const auto& g, const auto&, const auto& y) { return log_softmax_slope(g, y, axis); });
}

}  // namespace autograd
