// The memory that training takes, known before it is taken. The weights are counted without being allocated;
// what a step records is measured on a few images, and grows linearly with the batch and with the samples.
#pragma once

#include <string>

#include "tools/config/config.h"
#include "vae/model.h"

namespace tools {

// How many numbers the weights of the model hold.
std::size_t count_weights(const Config& config, std::size_t pixels);

// The bytes of the tape after a step on `images` images of so many pixels, gradients included: of a batch of
// that size, found from smaller steps.
double tape_bytes(const Config& config, std::size_t pixels, std::uint64_t images);

constexpr double most_bytes_of_pass = 300e6;  // of the tape of one pass over data that are only evaluated

// How many rows of z, at least one, can be scored in one pass whose tape takes so many bytes.
std::size_t rows_within(double bytes, const vae::Model& model, std::size_t pixels);

// The bytes of memory that this process may use: the machine's, or fewer if a control group (a container's)
// or a limit of the process (ulimit -v) allows fewer.
double memory_of_machine();

// The least limit of the control groups that the file `groups` names (/proc/self/cgroup), and of those above
// them, in the file system at `root` (/sys/fs/cgroup), of version 1 or 2; infinity if there is none.
double memory_of_control_groups(const std::string& groups, const std::string& root);

// The bytes that training takes, without the data: weights, gradients, the optimizer's arrays, the average of
// the weights, and the tape. Failure(exit_usage) if the machine has not enough for them and the data.
double check_memory(const Config& config, std::size_t pixels, double data_bytes = 0);

}  // namespace tools
