// Training: stochastic gradient ascent on the bound, over θ and φ together (Kingma & Welling 2013, algorithm
// 1). Only the algorithm: what a run saves, resumes and tells is in training_run.h. Next: weight_update.h,
// what happens to the gradient.
#pragma once

#include <functional>

#include "tools/run/bound_totals.h"
#include "tools/run/experiment.h"

namespace tools {

// Where training stands. A checkpoint holds it beside the weights.
struct Progress {
  std::uint64_t epoch = 0;       // epochs finished
  std::uint64_t batch = 0;       // batches done of the next one
  std::uint64_t step = 0;        // steps in all, including skipped ones
  BoundTotals bound;             // over those batches
  UpdateTotals updates;          // likewise
  std::uint64_t best_epoch = 0;  // 0: none yet
  double best_elbo = 0;          // its validation bound
  double seconds = 0;            // of --time, that are used
  double seconds_of_epochs = 0;  // those of finished epochs

  // Whether the weights are those of that epoch.
  bool is_best() const;
};

// The epochs that the run is to have: --epochs, or those that end nearest to the end of --time, judged by the
// epochs so far; infinite in the first.
double planned_epochs(const Config& config, const Progress& progress);

// One step of ascent on the bound of these images. Failure(exit_not_finite), with the weights unchanged, if
// the bound or its gradient is not finite.
UpdateResult train_step(Experiment& experiment, const ImageIndices& images, Progress& progress);

// Takes the steps that are left of the current epoch. Calls `after_step` after each; if that returns false,
// stops and returns false.
bool train_epoch(Experiment& experiment, Progress& progress,
                 const std::function<bool(const UpdateResult&)>& after_step);

}  // namespace tools
