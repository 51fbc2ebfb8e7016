// The model that the options name.
#pragma once

#include <memory>

#include "tools/config/config.h"
#include "vae/model.h"

namespace tools {

// C, the numbers that condition the model of D pixels; 0: none.
std::size_t condition_size(const Config& config, std::size_t pixels);

// Of D pixels. Failure(exit_usage) for a combination that the model refuses.
std::unique_ptr<vae::Model> make_model(const Config& config, std::size_t pixels);

}  // namespace tools
