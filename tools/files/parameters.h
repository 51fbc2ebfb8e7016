// Saving and loading the parameters of a model of your own, by name, in a safetensors file (safetensors.h),
// which Python reads and `elbo` writes.
//
//     save_parameters("weights.safetensors", model.parameters());
//
// Failures are Failure, a std::runtime_error that names the file and the reason.
#pragma once

#include <filesystem>

#include "nn/parameters.h"

namespace tools {

// Replaces the file, whole or not at all (atomic_file.h).
void save_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters);

// The file must hold exactly these names, in these shapes; if not, nothing changes.
void load_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters);

}  // namespace tools
