// Looking into a training step: its time and memory by operation, and its tape. Steps are tried, not taken:
// nothing changes.
#pragma once

#include <string>

#include "tools/run/experiment.h"

namespace tools {

// Prints where a step's time and memory go, on stdout.
void print_profile(const Experiment& experiment);

// Writes a step's tape into this file, as a graph for Graphviz.
void write_graph(const Experiment& experiment, const std::string& file);

}  // namespace tools
