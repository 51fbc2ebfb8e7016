// What the lessons and the court measure with: averages with their standard errors.
#pragma once

#include <string>
#include <vector>

#include "autograd/array.h"

namespace tools {

struct Average {
  double mean = 0, error = 0;  // its standard error; NaN of one value
};

Average average(const std::vector<double>& values);
Average average(const autograd::Array& values);

// "−1.234 ± 0.005"
std::string as_text(const Average& a);

// |mean − truth| within five standard errors, which a true value misses with probability 6e-7.
bool agrees(const Average& a, double truth);

}  // namespace tools
