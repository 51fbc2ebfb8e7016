// From the first line of /proc/stat: the time spent in user, nice, system, idle, iowait, … since the start.
#include "tools/bench/busy.h"

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace tools {

namespace {

struct ProcessorTime {
  double idle = 0, all = 0;
};

ProcessorTime processor_time() {
  ProcessorTime time;
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  for (int i = 0; i < 8; ++i) {
    double part = 0;
    file >> part;
    time.all += part;
    if (i == 3 || i == 4) time.idle += part;
  }
  return time;
}

}  // namespace

double busy_share() {
  const ProcessorTime before = processor_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const ProcessorTime after = processor_time();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

}  // namespace tools
