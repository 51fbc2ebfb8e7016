// The options of a run in JSON: config.json, and the part of them that a checkpoint holds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tools/run/config.h"

namespace tools {

nlohmann::json to_json(const Config& config);

// The options that decide the bits of a checkpoint: all but paths, and but the number of epochs unless the
// schedule depends on it.
nlohmann::json checkpoint_options(const Config& config);

// Sets the options in `json`. Failure(exit_bad_data) naming `file` and the option if there is no such option,
// or if the value is not of its type.
void read_json(Config& config, const nlohmann::json& json, const std::string& file);

// Options from a file that a user gives. Failure 65 or 66.
Config read_config(const std::string& file);

// The complete options of a run from its config.json. A value that is out of range is bad data there.
Config read_config_of_run(const std::string& file);

}  // namespace tools
