// The progress of a long job on stderr. On a terminal it is one line, redrawn at most ten times a second,
// with the time left; elsewhere only the lines that stay are printed.
#pragma once

#include <cstdint>
#include <string>

#include "tools/run/stopwatch.h"

namespace tools {

class ProgressLine {
 public:
  // So many units of work are done already (in a resumed run).
  ProgressLine(std::uint64_t done, bool quiet);
  ~ProgressLine();

  // Whether it is time to redraw: the message for `show` need not be made otherwise.
  bool due() const;
  // With the time that is left until `total` units are done; without, if that is 0: not known.
  void show(std::uint64_t done, std::uint64_t total, const std::string& message);
  void line(const std::string& message);     // a line that stays
  void warning(const std::string& message);  // the same, printed even if quiet

  static std::string duration(double seconds);  // "1:05"

 private:
  std::uint64_t first_;
  bool quiet_, terminal_;
  bool drawn_ = false;
  Stopwatch stopwatch_;
  double shown_ = -1;  // when it was last drawn, in seconds
};

}  // namespace tools
