// Axes of arrays.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

namespace autograd {

// An axis of an array, counted from 0, or from the end if it is negative: −1 is the last.
struct Axis {
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
  Axis(Integer number) : number(std::ptrdiff_t(number)) {}

  // Counted from 0, of an array with so many axes. An axis that does not exist stays as it is.
  std::size_t in(std::size_t rank) const {
    const std::ptrdiff_t from_start = number < 0 ? number + std::ptrdiff_t(rank) : number;
    return std::size_t(from_start < 0 ? number : from_start);
  }

  std::ptrdiff_t number;
};
using Axes = std::vector<Axis>;

}  // namespace autograd
