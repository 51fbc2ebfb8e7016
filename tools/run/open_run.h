// A run that has been trained, opened for a command: the weights of one of its checkpoints, and images.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tools/run/experiment.h"

namespace tools {

// Which run, checkpoint and images; the options that its commands share.
struct RunOptions {
  std::string directory;
  std::string checkpoint = "last";
  std::string data;                              // other images; empty: the run's
  std::optional<double> missing = std::nullopt;  // share to hide; none: as in training, and of `data` none
  std::uint64_t threads = 0;
};

// What a command needs besides the weights.
enum class Needs { images, image_size };

// A checkpoint's experiment, with the averaged weights if the run has an average, and which it is.
struct OpenRun {
  std::unique_ptr<Experiment> experiment;
  std::string checkpoint;  // "r/last.safetensors, after epoch 2 of 20"
};

// Failure 66 or 65 where a file is missing or wrong, or of other data. The checkpoint is compared with the
// run before a model is made, whose size would be believed of the options.
OpenRun open_run(const RunOptions& options, Needs needs);

}  // namespace tools
