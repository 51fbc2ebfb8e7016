// A checkpoint: the weights under PyTorch's names, the state of the weight update (the optimizer's arrays,
// the average of the weights), and the progress, in one safetensors file. From it a run continues bit for bit
// (same binary, BLAS kernel and threads): noise, order and learning rate follow from seed, epoch, step and
// datum, so nothing else needs saving. Nothing in it depends on paths or on the time.
#pragma once

#include <utility>

#include "tools/run/run_directory.h"
#include "tools/run/train.h"

namespace tools {

std::string checkpoint_bytes(const Experiment& experiment, const Progress& progress);

// Sets the weights and the state of their update, and returns the progress. Failure 66 or 65 with the file
// and, where it applies, the tensor and both shapes.
Progress load_checkpoint(const std::filesystem::path& file, Experiment& experiment);

// The height and width of the images that it was trained on; 0 where an older version has not written them.
std::pair<std::size_t, std::size_t> image_size(const std::filesystem::path& file);

// last.safetensors; if that is damaged or missing, previous.safetensors, with a warning on stderr.
std::filesystem::path newest_checkpoint(const RunDirectory& run);

}  // namespace tools
