// Elementwise loops: a formula on one number, run over whole arrays by SIMD registers.
//
// A Lane is a register of Reals. Arithmetic, comparisons, sqrt, sin, tanh, log1p, … on it are xsimd's; exp,
// expm1, log, erf and pow are defined here, because xsimd's are wrong for some arguments. The remainder of an
// array goes through a padded register, not through scalar code, so that the value of an element does not
// depend on its place in the array.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "autograd/array.h"
#include "autograd/threads.h"

namespace autograd {

using Lane = xsimd::batch<Real>;
using LaneMask = xsimd::batch_bool<Real>;

inline Lane where(LaneMask condition, Lane a, Lane b) { return xsimd::select(condition, a, b); }

// f of each element of a register, or of two or three registers, where no vectorised function is exact.
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

// xsimd::exp(x) becomes 0 or ∞ too early, by up to ½ in x. The rare case is a function of its own, so that
// loops stay short.
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

// xsimd::expm1 has the same fault; above 80 it is exp(x), to the last digit.
inline Lane expm1(Lane x) {
  return any(x > Real(80)) ? where(x > Real(80), exp(x), xsimd::expm1(x)) : xsimd::expm1(x);
}

// xsimd::log is wrong for denormal numbers, in double by up to 33.
[[gnu::cold, gnu::noinline]] inline Lane log_of_denormal(Lane x) {
  return each([](Real x) { return std::log(x); }, x);
}

inline Lane log(Lane x) {
  const LaneMask denormal = x < std::numeric_limits<Real>::min();
  return any(denormal) ? where(denormal, log_of_denormal(x), xsimd::log(x)) : xsimd::log(x);
}

// xsimd::erf is NaN where x² overflows; beyond ±6, erf rounds to ±1.
inline Lane erf(Lane x) { return where(x > Real(6), Real(1), where(x < Real(-6), Real(-1), xsimd::erf(x))); }

// 1 / (1 + e⁻ˣ), for x < 0 as eˣ / (1 + eˣ), because e⁻ˣ may overflow
inline Lane sigmoid(Lane x) {
  const Lane e = exp(-abs(x));
  return where(x > 0, 1, e) / (1 + e);
}

// log(1 + e^−a), of a ≥ 0, as 2 artanh s = 2 Σₙ s²ⁿ⁺¹ / (2n + 1) with s = t / (2 + t) ≤ ⅓ and t = e^−a: in a
// third of the time of log1p, and within 3 units of the last place
inline Lane log1p_exp_minus(Lane a) {
  constexpr int last = sizeof(Real) == 4 ? 6 : 15;  // the next term is less than half an ulp
  const Lane t = exp(-a), s = t / (2 + t), s_squared = s * s;
  Lane sum = Real(1) / (2 * last + 1);
  for (int n = last - 1; n >= 0; --n) sum = fma(sum, s_squared, Lane(Real(1) / Real(2 * n + 1)));
  return 2 * s * sum;
}

// xsimd::pow is 0 for 0⁰ and for 0⁻¹.
inline Lane pow(Lane a, Lane b) {
  return each([](Real a, Real b) { return std::pow(a, b); }, a, b);
}

// An input of an elementwise loop: the data of an array, or one number for all elements.
struct LaneInput {
  LaneInput(const Real* data) : data(data), constant(Real(0)) {}
  LaneInput(Real constant) : data(nullptr), constant(constant) {}

  Lane at(std::size_t i) const { return data ? Lane::load_unaligned(data + i) : constant; }
  Lane tail(std::size_t i, std::size_t count) const {
    if (!data) return constant;
    std::array<Real, Lane::size> padded;
    padded.fill(data[i]);  // not 0, of which logarithms take longer
    std::copy_n(data + i, count, padded.data());
    return Lane::load_unaligned(padded.data());
  }

  const Real* data;
  Lane constant;
};

namespace detail {

// Not inlined, so that it is compiled once for short arrays, which run at once, and for ranges of long ones.
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

// out[i] = f(in₁[i], …, in_N[i]), or += if `add`, for i < count. Threads share long arrays.
template <class F, std::size_t N>
void for_each_lane(std::size_t count, Real* out, bool add, const F& f, const LaneInput (&in)[N]) {
  in_ranges(count, numbers_at_once, [&](std::size_t first, std::size_t last) {
    detail::lane_loop(first, last, out, add, f, in, std::make_index_sequence<N>());
  });
}

// to[i] = from[i], or += if `add`. Runs may be short, so the loop is left to the compiler; an addition rounds
// the same in a register and outside. Threads share long runs.
inline void copy_or_add(std::size_t count, const Real* from, Real* to, bool add) {
  in_ranges(count, numbers_at_once, [&](std::size_t first, std::size_t last) {
    if (add)
      for (std::size_t i = first; i < last; ++i) to[i] += from[i];
    else
      for (std::size_t i = first; i < last; ++i) to[i] = from[i];
  });
}

}  // namespace autograd
