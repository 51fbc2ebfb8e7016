// From the options that were typed or read to those of a run: what was left open is filled in, every value is
// checked, and a resumed run keeps its own. Errors are Failures of one line, with exit_usage unless it says
// otherwise.
#pragma once

#include <set>
#include <string>

#include "tools/config/config.h"

namespace tools {

// Fills in what was left open and checks every value.
Config resolved(Config config);

// The options in a run's config.json. A wrong value is bad data there: Failure 65 or 66.
Config read_config_of_run(const std::string& file);

// The options `given` of which those not typed come from the file `name`, where they are `file`. What is
// wrong with those alone is bad data there: Failure 65.
Config resolved_over(const Config& given, const Config& file, const std::string& name);

// --out, or runs/DATA-MODEL.
std::string out_directory(const Config& config);

// In the following, `typed` names the options on the command line, whose values are in `given`.

// Options typed over a configuration file: if they choose another kind of something than the
// file, such as another optimizer or decoder, its settings in the file are dropped, and so is its --time if
// --epochs were typed.
void drop_settings_of_file(Config& given, const Config& file, const std::set<std::string>& typed);

// Fails if an option was typed that has no meaning in this run, such as --momentum with adam.
void check_applicable(const Config& resolved, const Config& given, const std::set<std::string>& typed);

// The options of the run `stored` when it is resumed with those typed. Fails if one contradicts it.
Config resumed(const Config& stored, const Config& given, const std::set<std::string>& typed);

}  // namespace tools
