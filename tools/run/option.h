// An option of the program: its name, where its value lies, and the value's two written forms, on the command
// line and in JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tools {

enum class On { always, resume_may_change, path };  // `path`: likewise, and no part of a checkpoint

struct Option {
  const char* name;  // as on the command line, without the dashes
  std::variant<std::string*, std::uint64_t*, double*, std::vector<std::uint64_t>*, std::optional<double>*>
      value;
  const char* help;
  On on = On::always;
};

// An option's value as it is typed: text, 100, 1e-3, or 20,10,5; empty for a number that is not given.
// Failure(exit_usage) if it is not of the option's type.
void read_text(const Option& option, const std::string& text);
std::string to_text(const Option& option);

// The same in JSON: null for a number that is not given. Throws std::exception if it is not of the option's
// type.
void read_json(const Option& option, const nlohmann::json& json);
nlohmann::json to_json(const Option& option);

}  // namespace tools
