// Drawing by escape sequences.
#include "tools/run/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tools/printable.h"
#include "tools/text.h"

namespace tools {

namespace {

const char* const erase_line = "\r\033[K";

// Cut to the width of the terminal, because a line that wraps could not be erased. The text is ASCII, so that
// a byte is a column.
std::string fitted(const std::string& message) {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return message.substr(0, known ? size.ws_col - 1 : 79);
}

}  // namespace

ProgressLine::ProgressLine(std::uint64_t done, bool quiet)
    : first_(done),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) && std::getenv("TERM") && std::strcmp(std::getenv("TERM"), "dumb")) {}

ProgressLine::~ProgressLine() {
  if (drawn_) std::fputs(erase_line, stderr);
}

bool ProgressLine::due() const { return !quiet_ && terminal_ && stopwatch_.seconds() - shown_ > 0.1; }

void ProgressLine::show(std::uint64_t done, std::uint64_t total, const std::string& message) {
  shown_ = stopwatch_.seconds();
  std::string left;
  if (done > first_ && total >= done)
    left = "   " + duration(shown_ * double(total - done) / double(done - first_)) + " left";
  std::fprintf(stderr, "%s%s", erase_line, fitted(message + left).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::line(const std::string& message) {
  if (quiet_) return;
  std::fprintf(stderr, "%s%s\n", drawn_ ? erase_line : "", printable(message, 1000).c_str());
  drawn_ = false;
}

void ProgressLine::warning(const std::string& message) {
  std::fprintf(stderr, "%selbo: warning: %s\n", drawn_ ? erase_line : "", message.c_str());
  drawn_ = false;
}

std::string ProgressLine::duration(double seconds) {
  const long s = long(seconds + 0.5);
  return s >= 3600 ? text("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60)
                   : text("%ld:%02ld", s / 60, s % 60);
}

}  // namespace tools
