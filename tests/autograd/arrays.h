// Arrays in assertions: Catch cannot take them apart, because xtensor's operators catch everything.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/random.h"
#include "autograd/tape.h"

inline std::vector<autograd::Real> values_of(const autograd::Array& a) {
  return {a.data(), a.data() + a.size()};
}

// Equal in shape and in every value.
inline bool same(const autograd::Array& a, const autograd::Array& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.size(), b.data());
}

// max |a − b|; ∞ if a difference is NaN, or the shapes differ.
inline double largest_difference(const autograd::Var& x, const autograd::Var& y) {
  const autograd::Array &a = x.value(), &b = y.value();
  double largest = a.shape() == b.shape() ? 0 : INFINITY;
  for (std::size_t i = 0; largest < INFINITY && i < a.size(); ++i) {
    const double d = std::abs(double(a.data()[i]) - double(b.data()[i]));
    largest = std::isnan(d) ? INFINITY : std::max(largest, d);
  }
  return largest;
}

// Rows of a matrix, in this order.  a: [N,D]  ->  [rows.size(),D]
inline autograd::Array take_rows(const autograd::Array& a, const std::vector<std::size_t>& rows) {
  const std::size_t width = a.shape(1);
  autograd::Array taken = autograd::empty({rows.size(), width});
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(a.data() + rows[i] * width, width, taken.data() + i * width);
  return taken;
}

// The middles of n × n cells of the square from −w to w.   [n²,2]
inline autograd::Array plane(std::size_t n, autograd::Real w) {
  using autograd::Real;
  autograd::Array z = autograd::empty({n * n, 2});
  const auto middle = [=](std::size_t i) { return 2 * w * (Real(i) + Real(0.5)) / Real(n) - w; };
  for (std::size_t r = 0; r < n * n; ++r) z(r, 0) = middle(r / n), z(r, 1) = middle(r % n);
  return z;
}

// Normal numbers, other ones for every `which`.
inline autograd::Array random_array(const autograd::Shape& shape, std::uint32_t which) {
  return autograd::normal(autograd::Stream().at_epoch(which), shape);
}

// The sum over all elements of all arrays of a · b.
inline double dot(const std::vector<autograd::Array>& a, const std::vector<autograd::Array>& b) {
  double total = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    for (std::size_t i = 0; i < a[k].size(); ++i) total += double(a[k].data()[i]) * double(b[k].data()[i]);
  return total;
}
