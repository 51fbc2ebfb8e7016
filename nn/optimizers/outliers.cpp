// The median of a window of norms.
#include "nn/optimizers/outliers.h"

#include <algorithm>
#include <limits>

namespace nn {

double OutlierGate::limit() const {
  if (norms.size() < enough) return std::numeric_limits<double>::infinity();
  std::vector<double> sorted = norms;
  const auto middle = sorted.begin() + std::ptrdiff_t(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return factor_ * *middle;
}

bool OutlierGate::skips(double norm) {
  const bool outlier = norm > limit();
  if (norms.size() == window) norms.erase(norms.begin());
  norms.push_back(norm);
  return outlier;
}

}  // namespace nn
