// Axes in another order.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/blocks.h"
#include "autograd/kernels/transpose.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/simd.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

// An axis of a permuted array: its length, and the distance of neighbours along it in x and in the result.
struct StridedAxis {
  std::size_t n, from, to;
};

// The axes of the result from outer to inner, without those of length 1. Axes that are neighbours in x, too,
// in the same order, are joined.
std::vector<StridedAxis> joined_axes(const Shape& x, const Shape& result,
                                     const std::vector<std::size_t>& axes) {
  std::vector<StridedAxis> joined;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const StridedAxis axis = {result[i], block_along("permute", x, axes[i]).inner,
                              block_along("permute", result, i).inner};
    if (axis.n == 1) continue;
    if (!joined.empty() && joined.back().from == axis.n * axis.from)
      joined.back() = {joined.back().n * axis.n, axis.from, axis.to};
    else
      joined.push_back(axis);
  }
  return joined;
}

// Calls f(offset in x, offset in the result) for all indices along the axes from the k-th on.
template <class F>
void for_each_offset(const std::vector<StridedAxis>& axes, std::size_t k, std::size_t from, std::size_t to,
                     const F& f) {
  if (k == axes.size()) return f(from, to);
  for (std::size_t i = 0; i < axes[k].n; ++i)
    for_each_offset(axes, k + 1, from + i * axes[k].from, to + i * axes[k].to, f);
}

void copy_permuted(std::vector<StridedAxis> axes, const Real* x, Real* out, bool add) {
  if (axes.empty()) return copy_or_add(1, x, out, add);
  const StridedAxis last = axes.back();
  axes.pop_back();
  // Copy whole runs if the last axis of the result is contiguous in x, too.
  if (last.from == 1)
    return for_each_offset(axes, 0, 0, 0, [&](std::size_t from, std::size_t to) {
      copy_or_add(last.n, x + from, out + to, add);
    });
  // Otherwise transpose it with the axis that is contiguous in x, for all indices along the others.
  const auto contiguous =
      std::find_if(axes.begin(), axes.end(), [](const StridedAxis& axis) { return axis.from == 1; });
  const StridedAxis across = *contiguous;
  axes.erase(contiguous);
  for_each_offset(axes, 0, 0, 0, [&](std::size_t from, std::size_t to) {
    transpose(last.n, across.n, x + from, last.from, out + to, across.to, add);
  });
}

auto permute(const Array& x, const Axes& order) {
  // Check that `order` names every axis once.
  std::vector<std::size_t> axes;
  for (const Axis& axis : order) axes.push_back(axis.in(x.dimension()));
  Shape shape = x.shape();
  std::vector<bool> met(shape.size(), false);
  bool permutation = axes.size() == shape.size();
  for (std::size_t i = 0; permutation && i < axes.size(); ++i) {
    permutation = axes[i] < shape.size() && !met[axes[i]];
    if (permutation) met[axes[i]] = true, shape[i] = x.shape(axes[i]);
  }
  if (!permutation) {
    std::string list;
    for (const Axis& axis : order) list += (list.empty() ? "" : ",") + std::to_string(axis.number);
    throw std::invalid_argument("[permute] [" + list + "] is no permutation of the axes of " +
                                to_string(x.shape()));
  }
  return ArrayWork(shape, [&x, joined = joined_axes(x.shape(), shape, axes)](Array& out, bool add) {
    if (out.size() > 0) copy_permuted(joined, x.data(), out.data(), add);
  });
}

}  // namespace

// ---- on the tape ------------------------------------------------------------------------------------------

// y's axis i is x's axis axes[i]          x̄ += ȳ with the axes put back
Var permute(Var x, const Axes& axes) {
  return record(
      "permute", {x}, [&](const auto& x) { return permute(x, axes); },
      [=](const auto& g, const auto&) {
        Axes back = axes;
        for (std::size_t i = 0; i < axes.size(); ++i) back[axes[i].in(axes.size())] = i;
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
