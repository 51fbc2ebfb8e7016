// Reading rows of JSON, tolerantly.
#include "tools/report/metrics.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/files/json_text.h"
#include "tools/files/regular_file.h"

namespace tools {

using nlohmann::json;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// NaN for what is no number, and for one with which nothing could be computed.
double number_in(const json& value) {
  if (!value.is_number()) return unknown;
  const double v = value.get<double>();
  return std::abs(v) < 1e30 ? v : unknown;
}

MetricsRow row_in(const json& object) {
  const auto of = [&](const char* key) { return object.contains(key) ? number_in(object[key]) : unknown; };
  MetricsRow row = {of("epoch"),         of("elbo"),          of("reconstruction"), of("kl"),
                    of("gradient_norm"), of("learning_rate"), of("images_per_s"),   {}};
  if (object.contains("kl_per_level") && object["kl_per_level"].is_array())
    for (const json& kl : object["kl_per_level"]) row.kl_per_level.push_back(number_in(kl));
  return row;
}

}  // namespace

double MetricsRow::kl_of_level(std::size_t t) const {
  return t < kl_per_level.size() ? kl_per_level[t] : unknown;
}

Metrics read_metrics(const std::string& file) {
  Metrics metrics;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return metrics;
  std::istringstream lines(content_of(file, 50'000'000));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() != '{') continue;  // no exception for each of millions of lines
    try {
      const json object = parse_json(line, 1000);
      const json split = object.contains("split") ? object["split"] : json();
      if (split == "train") metrics.train.push_back(row_in(object));
      if (split == "validation") metrics.validation.push_back(row_in(object));
      if (split == "test") metrics.test.push_back(row_in(object));
    } catch (const BadJson&) {
    }
  }
  return metrics;
}

}  // namespace tools
