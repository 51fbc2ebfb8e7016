// The state of a run in a checkpoint, field by field: its name in the JSON, where its value is stored, and
// the range that the value may have. A checkpoint with a right digest may still have been written by anybody.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

namespace tools {

struct StateField {
  std::string name;  // "step", or in an object: "running/images"
  std::variant<std::uint64_t*, double*, std::vector<double>*> value;
  double least, most;                     // also of each number in a list
  std::size_t shortest = 0, longest = 0;  // of a list
};

nlohmann::json to_json(const std::vector<StateField>& fields);

// Sets the values. std::invalid_argument names the first field that is missing, of another type or out of its
// range: "batch is -1, expected a whole number from 0 to 24"; values are then unspecified.
void read_json(const std::vector<StateField>& fields, const nlohmann::json& json);

}  // namespace tools
