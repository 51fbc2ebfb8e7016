// A checkpoint: the weights under PyTorch's names, the state of the weight update (the optimizer's arrays,
// the average of the weights), and the progress, in one safetensors file. From it a run continues bit for bit
// (same binary and BLAS kernel): noise, order and learning rate follow from seed, epoch, step and
// datum, so nothing else needs saving. Nothing in it depends on paths or on the time.
#pragma once

#include <functional>
#include <utility>

#include "tools/run/run_directory.h"
#include "tools/run/train.h"

namespace tools {

std::string checkpoint_bytes(const Experiment& experiment, const Progress& progress);

// Failure 66 or 65 unless the file is a checkpoint of a run with these options and, where their digest is
// known, these data. No array is read, and no model is needed, whose size would be believed of the options.
void check_checkpoint(const std::filesystem::path& file, const Config& config,
                      const std::string& data_digest = "");

// Sets the weights and the state of their update, and returns the progress. Failure 66 or 65 with the file
// and, where it applies, the tensor and both shapes; the weights are then unchanged.
Progress load_checkpoint(const std::filesystem::path& file, Experiment& experiment);

// Begins with the weights of a safetensors file instead, by their names: all of the model's must be there, in
// their shapes. What else it holds, such as the state of an optimizer, is not used. Failure 66 or 65.
void begin_with_weights(const std::filesystem::path& file, Experiment& experiment);

// The height and width of the images that it was trained on; 0 where an older version has not written them.
std::pair<std::size_t, std::size_t> image_size(const std::filesystem::path& file);

// Calls `use` with last.safetensors and, if that fails because the file is damaged or missing, with
// previous.safetensors. Returns the one that was used; `warning` then says why it is not the last. If both
// fail, so does this, with the reason of the last.
std::filesystem::path with_newest_checkpoint(const RunDirectory& run,
                                             const std::function<void(const std::filesystem::path&)>& use,
                                             std::string& warning);

}  // namespace tools
