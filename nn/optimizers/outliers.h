// Skips steps whose gradient is far larger than usual, which happens in very deep VAEs (Child 2020, arXiv
// 2011.10650, skips a step whose norm is above a fixed limit).
//
// Here the limit is a multiple of the median of the last norms. With a fixed limit, a run whose norms have
// risen above it skips every step; then the weights do not change, nor do the norms, and it never recovers.
// Norms of skipped steps count here, too: after half a window of them they are the median, and steps are
// taken again.
#pragma once

#include <cstddef>
#include <vector>

namespace nn {

class OutlierGate {
 public:
  static constexpr std::size_t window = 100;  // norms that the median is taken of
  static constexpr std::size_t enough = 20;   // with fewer, no step is skipped

  explicit OutlierGate(double factor) : factor_(factor) {}

  // factor · median of the last norms; infinite while there are too few.
  double limit() const;

  // Whether to skip a step with this norm: true above the limit. Adds the norm to the window.
  bool skips(double norm);

  std::vector<double> norms;  // the window, oldest first; to be saved

 private:
  double factor_;
};

}  // namespace nn
