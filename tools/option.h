// An option of the program: its name, where its value is stored, and the two written forms of the value, on
// the command line and in JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tools {

using Names = std::vector<std::string>;

// Whether --resume may change an option. One that may change is no part of a checkpoint.
enum class OnResume { must_match, may_change };

struct Option {
  std::string name;  // as on the command line, without the dashes
  std::variant<std::string*, std::uint64_t*, double*, std::vector<std::uint64_t>*, std::optional<double>*>
      value;
  std::string help;
  const Names* choices = nullptr;  // the names that a text may have; nullptr: any text
  OnResume on_resume = OnResume::must_match;
};

// "--kl", "-n"
std::string typed_name(const Option& option);

// An option's value as it is typed: text, 100, 1e-3, or 20,10,5; empty for a number that is not given.
// Failure(exit_usage) if it is not of the option's type.
void read_text(const Option& option, const std::string& text);
std::string to_text(const Option& option);

// The same in JSON, where a number that is not given is null. std::exception if it is not of the option's
// type.
void read_json(const Option& option, const nlohmann::json& json);
nlohmann::json to_json(const Option& option);

// The index of a value among the names that the option may have. Failure(exit_usage) "--kl 'x' is not one of
// analytic, monte-carlo".
std::size_t chosen(const std::string& option, const std::string& value, const Names& names);

// "analytic, monte-carlo", for help texts.
std::string listed(const Names& names);

}  // namespace tools
