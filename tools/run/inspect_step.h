// Looking into a training step: its time and memory by operation, and its tape. Steps are tried, not taken:
// nothing changes.
#pragma once

#include <string>

#include "tools/run/experiment.h"
#include "tools/run/run_directory.h"

namespace tools {

// The loss of the first batch: minus the mean of what training ascends. Recorded, of which `backward` has the
// gradient.
autograd::Var trial_loss(const Experiment& experiment);

// Prints where a step's time and memory go, on stdout.
void print_profile(const Experiment& experiment);

// Failure 2, 73 or 74 if a graph cannot be written into this file, before the directory of the run is made.
// It may lie in that, but must not be a file of the run. `prints`: standard output has the result of the run.
void check_graph(const std::string& file, const RunDirectory& run, bool prints);

// Writes a step's tape into this file, as a graph for Graphviz.
void write_graph(const Experiment& experiment, const std::string& file);

}  // namespace tools
