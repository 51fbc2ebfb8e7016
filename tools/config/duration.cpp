// A number and a unit.
#include "tools/config/duration.h"

#include <cmath>
#include <cstdlib>

#include "tools/errors.h"

namespace tools {

double duration(const std::string& option, const std::string& text) {
  char* unit = nullptr;
  const double number = std::strtod(text.c_str(), &unit);
  const std::string u = unit;
  const double seconds = number * (u == "s" ? 1 : u == "m" ? 60 : u == "h" ? 3600 : std::nan(""));
  const bool is_decimal = text.find_first_not_of("0123456789.smh") == std::string::npos;
  if (!is_decimal || !(seconds > 0))
    throw Failure(exit_usage, "--" + option + " " + text + " is no time such as 90s, 30m or 2.5h");
  if (seconds > 1e8) throw Failure(exit_usage, "--" + option + " " + text + " is more than three years");
  return seconds;
}

}  // namespace tools
