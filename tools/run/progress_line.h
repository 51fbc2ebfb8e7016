// How far a long job is: on a terminal one line on stderr, redrawn at most ten times a second, with the time
// left; elsewhere a plain line per epoch.
#pragma once

#include <cstdint>
#include <string>

#include "tools/run/stopwatch.h"

namespace tools {

class ProgressLine {
 public:
  // Of `total` units of work, `done` were done before (a resumed run).
  ProgressLine(std::uint64_t done, std::uint64_t total, bool quiet);
  ~ProgressLine();

  // True if it is time to redraw, so that what is shown need only be computed then.
  bool due() const;
  void show(std::uint64_t done, const std::string& message);
  void line(const std::string& message);     // a line that stays
  void warning(const std::string& message);  // likewise, and shown even if quiet

  static std::string duration(double seconds);  // "1:05"

 private:
  std::uint64_t first_, total_;
  bool quiet_, terminal_;
  bool drawn_ = false;
  Stopwatch stopwatch_;
  double shown_ = -1;  // when, in seconds; at first long enough ago
};

}  // namespace tools
