#include "tools/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tools {

namespace {

const char* const erase_line = "\r\033[K";

// A line that wraps could not be erased. Our text is ASCII: a byte is a column.
std::string fitted(const std::string& text) {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return text.substr(0, known ? size.ws_col - 1 : 79);
}

}  // namespace

ProgressLine::ProgressLine(std::uint64_t done, std::uint64_t total, bool quiet)
    : first_(done),
      total_(total),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) && std::getenv("TERM") && std::strcmp(std::getenv("TERM"), "dumb")) {}

ProgressLine::~ProgressLine() {
  if (drawn_) std::fputs(erase_line, stderr);
}

bool ProgressLine::due() const { return !quiet_ && terminal_ && Clock::now() - last_ > std::chrono::milliseconds(100); }

void ProgressLine::show(std::uint64_t done, const std::string& text) {
  last_ = Clock::now();
  std::string left;
  if (done > first_) {
    const double elapsed = std::chrono::duration<double>(last_ - start_).count();
    left = "   " + duration(elapsed * double(total_ - done) / double(done - first_)) + " left";
  }
  std::fprintf(stderr, "%s%s", erase_line, fitted(text + left).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::line(const std::string& text) {
  if (quiet_) return;
  std::fprintf(stderr, "%s%s\n", drawn_ ? erase_line : "", text.c_str());
  drawn_ = false;
}

void ProgressLine::warning(const std::string& text) {
  std::fprintf(stderr, "%selbo: warning: %s\n", drawn_ ? erase_line : "", text.c_str());
  drawn_ = false;
}

std::string ProgressLine::duration(double seconds) {
  const long s = long(seconds + 0.5);
  char text[32];
  if (s >= 3600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
  return text;
}

}  // namespace tools
