// Options to JSON and back.
#include "tools/config/config_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/files/json_text.h"
#include "tools/files/regular_file.h"

namespace tools {

using nlohmann::json;

namespace {

constexpr std::uint64_t most_config_bytes = 1'000'000;
constexpr std::size_t most_config_items = 10'000;

}  // namespace

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
  if (nn::schedule_named(c.schedule).has_horizon && c.time.empty()) out["epochs"] = c.epochs;
  if (nn::schedule_named(c.schedule).has_horizon && !c.time.empty()) out["time"] = c.time;
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
      throw Failure(exit_bad_data,
                    file + ": there is no option '" + printable(name) + "'" + did_you_mean(name, names));
    }
    try {
      read_json(*option, value);
    } catch (const std::exception&) {
      throw Failure(exit_bad_data, file + ": option '" + name + "' cannot be " + printable_value(value));
    }
  }
}

Config read_config(const std::string& file) {
  const std::string text = content_of(file, most_config_bytes);
  try {
    Config config;
    read_json(config, parse_json(text, most_config_items), file);
    return config;
  } catch (const BadJson& bad) {
    throw Failure(exit_bad_data, file + ": " + bad.what());
  }
}

}  // namespace tools
