// Averages.
#include "tools/lessons/measured.h"

#include <cmath>

#include "tools/text.h"

namespace tools {

using autograd::Array;

Average average(const std::vector<double>& values) {
  const double n = double(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1) / n)};
}

Average average(const Array& values) {
  return average(std::vector<double>(values.data(), values.data() + values.size()));
}

std::string as_text(const Average& a) { return text("%.5f ± %.5f", a.mean, a.error); }

bool agrees(const Average& a, double truth) { return std::abs(a.mean - truth) <= 5 * a.error + 1e-9; }

}  // namespace tools
