// A checkpoint: the weights under PyTorch's names, the state of the descent (optimizer, average of the
// weights), and where the run stood, in one safetensors file. With it a run continues bit for bit (same
// binary, BLAS kernel and threads): noise, order and learning rate follow from seed, epoch, step and datum,
// so nothing else needs saving. Nothing in it depends on paths or on the time.
#pragma once

#include "tools/run/experiment.h"
#include "tools/run/run_directory.h"

namespace tools {

struct Progress {
  std::uint64_t epoch = 0;       // epochs finished
  std::uint64_t batch = 0;       // batches done of the next one
  std::uint64_t step = 0;        // steps in all, those skipped too
  Totals running;                // over those batches
  DescentTotals descended;       // likewise
  std::uint64_t best_epoch = 0;  // 0: none yet
  double best_elbo = 0;          // its validation bound
};

std::string checkpoint_bytes(const Experiment& experiment, const Progress& progress);

// Puts weights, state of the descent and progress in place. Failure 66 or 65 with the file and, where it
// applies, the tensor and both shapes.
Progress load_checkpoint(const std::filesystem::path& file, Experiment& experiment);

// last.safetensors, or previous.safetensors, with a warning on stderr, if that is damaged or missing.
std::filesystem::path newest_checkpoint(const RunDirectory& run);

}  // namespace tools
