// Lengths of time as they are typed: 90s, 30m, 2.5h.
#pragma once

#include <string>

namespace tools {

// In seconds. Failure(exit_usage) naming the option unless it is a positive number with one of these units.
double duration(const std::string& option, const std::string& text);

}  // namespace tools
