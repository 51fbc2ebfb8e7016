// Options to JSON and back.
#include "tools/run/config_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/did_you_mean.h"
#include "tools/errors.h"

namespace tools {

using nlohmann::json;

json to_json(const Config& config) {
  Config c = config;
  json out = json::object();
  for (const Option& option : options(c)) out[option.name] = to_json(option);
  return out;
}

json checkpoint_options(const Config& config) {
  Config c = config;
  json out = to_json(c);
  for (const Option& option : options(c))
    if (option.on_resume == OnResume::may_change) out.erase(option.name);
  if (nn::schedule_named(c.schedule).has_horizon) out["epochs"] = c.epochs;
  return out;
}

void read_json(Config& config, const json& in, const std::string& file) {
  if (!in.is_object()) throw Failure(exit_bad_data, file + ": not a JSON object of options");
  const std::vector<Option> known = options(config);
  for (const auto& [name, value] : in.items()) {
    const auto same = [&name = name](const Option& option) { return name == option.name; };
    const auto option = std::find_if(known.begin(), known.end(), same);
    if (option == known.end()) {
      Names names;
      for (const Option& one : known) names.push_back(one.name);
      throw Failure(exit_bad_data, file + ": there is no option '" + name + "'" + did_you_mean(name, names));
    }
    try {
      read_json(*option, value);
    } catch (const std::exception&) {
      throw Failure(exit_bad_data, file + ": option '" + name + "' cannot be " + value.dump());
    }
  }
}

Config read_config(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw Failure(exit_no_input, file + ": there is no such configuration file");
  if (std::filesystem::file_size(file, error) > 1000000)
    throw Failure(exit_bad_data, file + ": too large for a configuration");
  std::ifstream in(file);
  if (!in) throw Failure(exit_no_input, file + ": cannot be read");
  const json parsed = json::parse(in, nullptr, false);
  if (parsed.is_discarded()) throw Failure(exit_bad_data, file + ": not valid JSON");
  Config config;
  read_json(config, parsed, file);
  return config;
}

}  // namespace tools
