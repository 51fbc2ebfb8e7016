// Arrays that should be equal up to rounding.
#pragma once

#include <algorithm>
#include <cmath>

#include "autograd/array.h"
#include "tests/catch.h"

// The largest difference of two elements.
inline double difference(const autograd::Array& a, const autograd::Array& b) {
  REQUIRE(a.shape() == b.shape());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(double(a.data()[i]) - double(b.data()[i])));
  return largest;
}

inline void check_close(const autograd::Array& found, const autograd::Array& expected) {
  REQUIRE(found.shape() == expected.shape());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found.data()[i] == Approx(expected.data()[i]).epsilon(1e-11).margin(1e-11));
}
