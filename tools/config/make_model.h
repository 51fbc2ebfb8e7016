// The model that the options name.
#pragma once

#include <memory>

#include "tools/config/config.h"
#include "vae/model.h"

namespace tools {

std::unique_ptr<vae::Model> make_model(const Config& config, std::size_t pixels);

}  // namespace tools
