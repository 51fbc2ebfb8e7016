// A table of measurements as text and as JSON.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/bench.h"
#include "tools/text.h"

namespace tools {

std::string as_text(const BenchTable& table) {
  if (table.empty()) return "";
  std::string out = text("%-22s", "");
  for (const auto& [name, value] : table.front().numbers) out += text(" %14s", name.c_str());
  for (const BenchRow& row : table) {
    out += text("\n%-22s", row.name.c_str());
    for (const auto& [name, value] : row.numbers) out += std::isnan(value) ? text(" %14s", "-") : text(" %14.3f", value);
  }
  return out + "\n";
}

std::string as_json(const BenchTable& table) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const BenchRow& row : table) {
    nlohmann::ordered_json json = {{"name", row.name}};
    for (const auto& [name, value] : row.numbers)
      if (!std::isnan(value)) json[name] = value;
    out.push_back(json);
  }
  return out.dump();
}

}  // namespace tools
