// Elementwise loops: a formula on one number, run over whole arrays.
//
// A Lane is a SIMD register of Reals; `+ − * / exp log tanh …` on it come from xsimd. The remainder of an
// array goes through a padded register, not through scalar code, so an element's value does not depend on
// where in the array it stands.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "autograd/array.h"
#include "autograd/kernels/threads.h"

namespace autograd {

using Lane = xsimd::batch<Real>;
using LaneMask = xsimd::batch_bool<Real>;

inline Lane where(LaneMask condition, Lane a, Lane b) { return xsimd::select(condition, a, b); }

// f of each element of a register (or of two or three), where no vectorised function is exact.
template <class F, class... Lanes>
Lane each(const F& f, Lane x, Lanes... more) {
  constexpr std::size_t operands = 1 + sizeof...(Lanes);
  std::array<std::array<Real, Lane::size>, operands> v;
  std::size_t k = 0;
  for (const Lane& lane : {x, more...}) lane.store_unaligned(v[k++].data());
  for (std::size_t i = 0; i < Lane::size; ++i) {
    if constexpr (operands == 1)
      v[0][i] = f(v[0][i]);
    else if constexpr (operands == 2)
      v[0][i] = f(v[0][i], v[1][i]);
    else
      v[0][i] = f(v[0][i], v[1][i], v[2][i]);
  }
  return Lane::load_unaligned(v[0].data());
}

// xsimd's is 0 or infinite too early at the ends of its range, by up to half a unit of x. What is rare stands
// apart, which keeps the loops tight.
[[gnu::cold, gnu::noinline]] inline Lane exp_far_out(Lane x, Real far) {
  const Lane size = abs(x);
  const LaneMask at_an_end = size > far && size < Real(1.2) * far;
  return any(at_an_end) ? where(at_an_end, each([](Real x) { return std::exp(x); }, x), xsimd::exp(x))
                        : xsimd::exp(x);
}

inline Lane exp(Lane x) {
  const Real far = sizeof(Real) == 4 ? 87 : 708;
  return any(abs(x) > far) ? exp_far_out(x, far) : xsimd::exp(x);
}

inline Lane expm1(Lane x) {
  return any(x > Real(80)) ? where(x > Real(80), exp(x), xsimd::expm1(x)) : xsimd::expm1(x);
}

// xsimd's is NaN where x² is infinite.
inline Lane erf(Lane x) { return where(x > Real(6), Real(1), where(x < Real(-6), Real(-1), xsimd::erf(x))); }

inline Lane sigmoid(Lane x) { return 1 / (1 + exp(-x)); }

// xsimd's is 0 for 0⁰ and 0⁻¹.
inline Lane pow(Lane a, Lane b) {
  return each([](Real a, Real b) { return std::pow(a, b); }, a, b);
}

// An input of an elementwise loop: an array's data, or one number for all elements.
struct LaneInput {
  LaneInput(const Real* data) : data(data), constant(Real(0)) {}
  LaneInput(Real constant) : data(nullptr), constant(constant) {}

  Lane at(std::size_t i) const { return data ? Lane::load_unaligned(data + i) : constant; }
  Lane tail(std::size_t i, std::size_t count) const {
    if (!data) return constant;
    std::array<Real, Lane::size> padded{};
    std::copy_n(data + i, count, padded.data());
    return Lane::load_unaligned(padded.data());
  }

  const Real* data;
  Lane constant;
};

namespace detail {

// Not inlined, so that it is compiled once for what runs alone and what is shared.
template <class F, std::size_t N, std::size_t... I>
[[gnu::noinline]] void lane_loop(std::size_t i, std::size_t end, Real* out, bool add, const F& f,
                                 const LaneInput (&in)[N], std::index_sequence<I...>) {
  constexpr std::size_t width = Lane::size;
  for (; i + width <= end; i += width) {
    Lane y = f(in[I].at(i)...);
    if (add) y += Lane::load_unaligned(out + i);
    y.store_unaligned(out + i);
  }
  if (const std::size_t rest = end - i) {
    Lane y = f(in[I].tail(i, rest)...);
    if (add) y += LaneInput(out).tail(i, rest);
    std::array<Real, width> padded;
    y.store_unaligned(padded.data());
    std::copy_n(padded.data(), rest, out + i);
  }
}

}  // namespace detail

// out[i] = f(in₁[i], …, in_N[i]), or out[i] += … if `add`, for i < count. Long arrays are shared among
// threads.
template <class F, std::size_t N>
void for_each_lane(std::size_t count, Real* out, bool add, const F& f, const LaneInput (&in)[N]) {
  in_ranges(count, numbers_at_once, [&](std::size_t first, std::size_t last) {
    detail::lane_loop(first, last, out, add, f, in, std::make_index_sequence<N>());
  });
}

// to[i] = from[i], or to[i] += from[i] if `add`. Runs may be short, and nothing here rounds differently in a
// register's lane.
inline void copy_or_add(std::size_t count, const Real* from, Real* to, bool add) {
  if (add)
    for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
  else
    for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
}

}  // namespace autograd
