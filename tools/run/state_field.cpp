// Fields to JSON and back.
#include "tools/run/state_field.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tools/files/json_text.h"

namespace tools {

using nlohmann::json;

namespace {

json::json_pointer place(const StateField& field) { return json::json_pointer("/" + field.name); }

// Each returns whether the JSON is a value of this type in the range of the field.
bool read_value(double* value, const json& j, const StateField& field) {
  if (!j.is_number()) return false;
  *value = j.get<double>();
  return *value >= field.least && *value <= field.most;
}
bool read_value(std::uint64_t* value, const json& j, const StateField& field) {
  if (!j.is_number_unsigned()) return false;
  *value = j.get<std::uint64_t>();
  return double(*value) >= field.least && double(*value) <= field.most;
}
bool read_value(std::vector<double>* value, const json& j, const StateField& field) {
  if (!j.is_array() || j.size() < field.shortest || j.size() > field.longest) return false;
  value->assign(j.size(), 0);
  for (std::size_t i = 0; i < j.size(); ++i)
    if (!read_value(&(*value)[i], j[i], field)) return false;
  return true;
}

std::string expected(const StateField& field) {
  const auto range = [](const json& least, const json& most) {
    return least == most ? " " + least.dump() : " from " + least.dump() + " to " + most.dump();
  };
  const std::string values = range(field.least, field.most);
  if (std::holds_alternative<double*>(field.value)) return "a number" + values;
  if (std::holds_alternative<std::uint64_t*>(field.value))
    return "a whole number" + range(std::uint64_t(field.least), std::uint64_t(field.most));
  return "a list of " + std::to_string(field.shortest) + " to " + std::to_string(field.longest) + " numbers" +
         values;
}

}  // namespace

json to_json(const std::vector<StateField>& fields) {
  json all = json::object();
  for (const StateField& field : fields)
    std::visit([&](const auto* value) { all[place(field)] = *value; }, field.value);
  return all;
}

void read_json(const std::vector<StateField>& fields, const json& all) {
  for (const StateField& field : fields) {
    const json value = all.contains(place(field)) ? all[place(field)] : json();
    if (!std::visit([&](auto* stored) { return read_value(stored, value, field); }, field.value))
      throw std::invalid_argument(field.name + " is " + printable_value(value) + ", expected " +
                                  expected(field));
  }
}

}  // namespace tools
