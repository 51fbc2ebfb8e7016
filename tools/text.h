// A line of text formatted as by printf, for numbers with a fixed number of digits; a number of things.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <string>

namespace tools {

// At most 511 bytes; the compiler checks the arguments against the format.
[[gnu::format(printf, 1, 2)]] inline std::string text(const char* format, ...) {
  char line[512];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return line;
}

// "1 thread", "2 threads"
inline std::string counted(std::size_t n, const char* noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

}  // namespace tools
