// Axes in another order.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/kernels/simd.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

Permuted permute(const Array& x, const std::vector<std::size_t>& axes) {
  Shape to = x.shape();
  std::vector<bool> met(to.size(), false);
  bool permutation = axes.size() == to.size();
  for (std::size_t i = 0; permutation && i < axes.size(); ++i) {
    permutation = axes[i] < to.size() && !met[axes[i]];
    if (permutation) met[axes[i]] = true, to[i] = x.shape(axes[i]);
  }
  if (!permutation) {
    std::string list;
    for (const std::size_t axis : axes) list += (list.empty() ? "" : ",") + as_signed(axis);
    throw std::invalid_argument("[permute] [" + list + "] is no permutation of the axes of " +
                                to_string(x.shape()));
  }
  return {x, to, axes};
}

namespace {

// An axis of a permuted array: its length, and how far apart neighbours along it are in x and in the result.
struct Walk {
  std::size_t n, from, to;
};

// The axes of the result, without those of length 1, and with neighbours joined that were neighbours in x.
std::vector<Walk> walks(const Shape& x, const Shape& result, const std::vector<std::size_t>& axes) {
  std::vector<Walk> joined;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Walk axis = {result[i], block_along("permute", x, axes[i]).inner,
                       block_along("permute", result, i).inner};
    if (axis.n == 1) continue;
    if (!joined.empty() && joined.back().from == axis.n * axis.from)
      joined.back() = {joined.back().n * axis.n, axis.from, axis.to};
    else
      joined.push_back(axis);
  }
  return joined;
}

// f(offset in x, offset in the result) for every place along these axes
template <class F>
void for_each_place(const std::vector<Walk>& axes, std::size_t k, std::size_t from, std::size_t to,
                    const F& f) {
  if (k == axes.size()) return f(from, to);
  for (std::size_t i = 0; i < axes[k].n; ++i)
    for_each_place(axes, k + 1, from + i * axes[k].from, to + i * axes[k].to, f);
}

// out[i c.to + j] = x[i + j r.from]: c are neighbours in x, r in the result. By tiles, so that what is read
// stays in the cache.
void transpose(const Walk& c, const Walk& r, const Real* x, Real* out, bool add) {
  constexpr std::size_t tile = 16;
  for (std::size_t j0 = 0; j0 < r.n; j0 += tile)
    for (std::size_t i0 = 0; i0 < c.n; i0 += tile)
      for (std::size_t i = i0; i < std::min(c.n, i0 + tile); ++i)
        for (std::size_t j = j0; j < std::min(r.n, j0 + tile); ++j)
          out[i * c.to + j] = x[i + j * r.from] + (add ? out[i * c.to + j] : Real(0));
}

}  // namespace

void Permuted::into(Array& out, bool add) const {
  if (out.size() == 0) return;
  std::vector<Walk> rest = walks(x.shape(), to, axes);
  if (rest.empty()) return copy_or_add(1, x.data(), out.data(), add);
  const Walk last = rest.back();
  rest.pop_back();
  if (last.from == 1)  // whole runs move
    return for_each_place(rest, 0, 0, 0, [&](std::size_t from, std::size_t at) {
      copy_or_add(last.n, x.data() + from, out.data() + at, add);
    });
  const auto adjacent = std::find_if(rest.begin(), rest.end(), [](const Walk& w) { return w.from == 1; });
  const Walk across = *adjacent;
  rest.erase(adjacent);
  for_each_place(rest, 0, 0, 0, [&](std::size_t from, std::size_t at) {
    transpose(across, last, x.data() + from, out.data() + at, add);
  });
}

// ---- on the tape ------------------------------------------------------------------------------------------

// y's axis i is x's axis axes[i]          x̄ += ȳ with the axes put back
Var permute(Var x, const Axes& axes) {
  return record(
      "permute", {x},  //
      [&](const auto& x) { return permute(x, axes); },
      [=](const auto& g, const auto&) {
        Axes back(axes.size());
        for (std::size_t i = 0; i < axes.size(); ++i) back[axes[i]] = i;
        return permute(g, back);
      });
}

Var transpose(Var x) {
  const std::size_t rank = x.shape().size();
  if (rank < 2) throw std::invalid_argument("[transpose] " + to_string(x.shape()) + " is not […,M,N]");
  Axes axes = all_axes(x.shape());
  std::swap(axes[rank - 2], axes[rank - 1]);
  return permute(x, axes);
}

}  // namespace autograd
