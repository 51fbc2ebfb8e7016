// The limits, checked at every event of nlohmann's parser.
#include "tools/files/json_text.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "tools/printable.h"

namespace tools {

using nlohmann::json;

json parse_json(const std::string& text, std::size_t most_items) {
  constexpr int most_deep = 32;
  std::vector<std::set<std::string>> keys;  // of every object that is open: the parser keeps the last of two
  std::size_t items = 0;
  const auto check = [&](int depth, json::parse_event_t event, const json& item) {
    if (++items > most_items) throw BadJson("has more than " + std::to_string(most_items) + " items");
    const bool opens =
        event == json::parse_event_t::array_start || event == json::parse_event_t::object_start;
    if (opens && depth >= most_deep)  // the number of brackets around this one
      throw BadJson("is nested more than " + std::to_string(most_deep) + " deep");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(item.get<std::string>()).second)
      throw BadJson("has the key '" + printable_value(item) + "' twice");
    return true;
  };
  // The parser takes a zero byte for the end.
  if (text.find('\0') != std::string::npos) throw BadJson("is not valid JSON");
  try {
    return json::parse(text, check);
  } catch (const json::exception&) {
    throw BadJson("is not valid JSON");
  }
}

std::string printable_value(const json& value) {
  return printable(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace tools
