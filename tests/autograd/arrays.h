// Arrays in assertions: Catch cannot take them apart, because xtensor's operators catch everything.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/array.h"

inline std::vector<autograd::Real> values_of(const autograd::Array& a) { return {a.data(), a.data() + a.size()}; }

// Equal in shape and in every value.
inline bool same(const autograd::Array& a, const autograd::Array& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.size(), b.data());
}
