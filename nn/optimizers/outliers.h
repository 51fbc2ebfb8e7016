// Steps that are better not taken: those whose gradient has a norm out of all proportion, which very deep
// VAEs meet (Child 2020, arXiv 2011.10650, skips a step whose norm is above a fixed limit).
//
// The limit follows the run: a multiple of the median of the last norms. A fixed one is a trap: once a run's
// norms have risen above it, every step is skipped, the weights stay, and so do the norms, for ever. Here the
// norms of skipped steps join the window too: after half a window of them they are the median, and steps are
// taken again.
#pragma once

#include <cstddef>
#include <vector>

namespace nn {

class OutlierGate {
 public:
  static constexpr std::size_t window = 100, enough = 20;  // norms

  explicit OutlierGate(double factor) : factor_(factor) {}

  // factor · median of the last norms; infinite while there are not enough.
  double limit() const;

  // True for a norm above the limit. The norm joins the window in any case.
  bool skips(double norm);

  std::vector<double> norms;  // the window, oldest first: to be saved

 private:
  double factor_;
};

}  // namespace nn
