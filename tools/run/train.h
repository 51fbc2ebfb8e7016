// Training: stochastic gradient ascent on the bound, over θ and φ together (Kingma & Welling 2013, algorithm
// 1).
#pragma once

#include "tools/run/config.h"

namespace tools {

struct TrainOptions {
  bool resume = false;  // continue the run in config.out
  bool force = false;   // start anew there
  bool quiet = false;   // warnings only
  bool trace_nan =
      false;  // look at every value and adjoint, and say where the first comes from that is not finite
  bool profile = false;  // print where a step's time and memory go, by operation
  std::string graph;     // write a step's tape into this file, as a Graphviz graph
};

// Leaves the files of run_directory.h. Returns exit_ok, or 128 + the signal that ended it after saving;
// throws Failure otherwise: 3 when the loss is not finite, 74 when the last checkpoint could not be written.
int train(const Config& config, const TrainOptions& options);

}  // namespace tools
