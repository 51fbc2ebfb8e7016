// A run of training from its directory to its report: it saves and resumes, stops on signals, tells its
// progress, writes metrics and draws pictures. The training itself is in train.h; the files are listed in
// run_directory.h.
#pragma once

#include <functional>
#include <string>

#include "tools/run/train.h"

namespace tools {

struct TrainingRunOptions {
  bool resume = false;  // continue the run in config.out
  bool force = false;   // start anew there
  bool quiet = false;   // print warnings only
  bool trace_nan =
      false;             // check every value and adjoint, and show where the first non-finite one comes from
  bool profile = false;  // print where a step's time and memory go, by operation
  std::string init;      // a file of weights to begin with, by name; empty: at random
  std::string graph;     // a file for a step's tape, as a Graphviz graph; empty: none
  // Called when the run has ended, by itself and with all written, with the weights of its result; and when a
  // run is resumed that had ended, and has no report. Or empty.
  std::function<void(const Experiment&, const Progress&)> at_end;
};

// Returns exit_ok, or 128 + the signal that ended it after saving; throws Failure otherwise: 3 when a value
// is not finite, 74 when the last checkpoint could not be written.
int run_training(const Config& config, const TrainingRunOptions& options);

}  // namespace tools
