// A table of measurements as text and as JSON.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/bench/bench.h"
#include "tools/text.h"

namespace tools {

std::string as_text(const BenchTable& table) {
  if (table.empty()) return "";
  std::string out = text("%-22s", "");
  const auto width = [](const std::string& name) { return int(std::max<std::size_t>(14, name.size())); };
  for (const auto& [name, value] : table.front().numbers) out += text(" %*s", width(name), name.c_str());
  for (const BenchRow& row : table) {
    out += text("\n%-22s", row.name.c_str());
    for (const auto& [name, value] : row.numbers)
      out += std::isnan(value) ? text(" %*s", width(name), "-") : text(" %*.3f", width(name), value);
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
