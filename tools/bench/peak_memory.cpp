// Linux keeps the peak of a process's resident memory in /proc/self/status, in kB.
#include "tools/bench/peak_memory.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <string>

namespace tools {

namespace {

// "VmHWM:   12345 kB", in bytes
double status(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.compare(0, field.size(), field) == 0) return 1024 * std::stod(line.substr(field.size()));
  return std::nan("");
}

}  // namespace

double peak_memory(const std::function<void()>& warm_up, const std::function<void()>& run) {
  int ends[2];
  if (pipe(ends) != 0) return std::nan("");
  const pid_t child = fork();
  if (child == 0) {
    double bytes = std::nan("");
    try {
      warm_up();
      const double before = status("VmRSS:");
      run();
      bytes = status("VmHWM:") - before;
    } catch (...) {  // it stays NaN
    }
    const bool written = write(ends[1], &bytes, sizeof bytes) == sizeof bytes;
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  double bytes = std::nan("");
  if (child < 0 || read(ends[0], &bytes, sizeof bytes) != sizeof bytes) bytes = std::nan("");
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return bytes;
}

}  // namespace tools
