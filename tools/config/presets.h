// Trainings that are known to be good, by name: `elbo train --preset NAME`. Each is a file of options in
// presets/, which `--config` reads too; the program holds them all.
#pragma once

#include <string>
#include <vector>

#include "tools/config/config.h"

namespace tools {

struct Preset {
  const char* name;  // of its file
  const char* help;  // what is trained, how long it takes, and what may be expected
  const char* json;
};

const std::vector<Preset>& presets();
const Names& preset_names();

// Its options, over the defaults. Failure(exit_usage) lists the names.
Config preset_named(const std::string& name);

}  // namespace tools
