// Durations as they are shown. (The line itself is drawn on a terminal only.)
#include "tools/run/progress_line.h"

#include "tests/catch.h"

TEST_CASE("progress line: durations in minutes and seconds, and in hours", "[progress_line]") {
  CHECK(tools::ProgressLine::duration(0) == "0:00");
  CHECK(tools::ProgressLine::duration(64.6) == "1:05");
  CHECK(tools::ProgressLine::duration(3599.6) == "1:00:00");
  CHECK(tools::ProgressLine::duration(36000 + 61) == "10:01:01");
}

TEST_CASE("progress line: without a terminal nothing is due", "[progress_line]") {
  CHECK_FALSE(tools::ProgressLine(0, true).due());
}
