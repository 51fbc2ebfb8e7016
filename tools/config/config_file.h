// The options of a run in JSON: config.json, and the part of them that a checkpoint holds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tools/config/config.h"

namespace tools {

nlohmann::json to_json(const Config& config);

// The options that decide the bits of a checkpoint: all but paths, and but the number of epochs unless the
// schedule depends on it.
nlohmann::json checkpoint_options(const Config& config);

// Sets the options in `json`. Failure(exit_bad_data) naming `file` and the option if there is no such option,
// or if the value is not of its type.
void read_json(Config& config, const nlohmann::json& json, const std::string& file);

// The options in a file, over the defaults. Failure 65, 66 or 74 naming it.
Config read_config(const std::string& file);

}  // namespace tools
