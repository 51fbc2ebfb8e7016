// One datum again and again: what is estimated of each copy scatters by the draws of z alone.
#pragma once

#include "autograd/random.h"
#include "tests/autograd/arrays.h"

// [n,pixels]
inline autograd::Array copies_of_datum(std::size_t pixels, std::size_t n) {
  return take_rows(random_array({1, pixels}, 77), std::vector<std::size_t>(n, 0));
}
