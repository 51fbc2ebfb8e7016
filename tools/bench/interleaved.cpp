// Runs contenders in turns, and keeps their times.
#include "tools/bench/interleaved.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "tools/run/stopwatch.h"

namespace tools {

namespace {

double median_of(std::vector<double> v) {
  if (v.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
  return v[v.size() / 2];
}

double seconds_of(const std::function<void()>& run, std::size_t calls) {
  const Stopwatch stopwatch;
  for (std::size_t i = 0; i < calls; ++i) run();
  return stopwatch.seconds();
}

}  // namespace

double Times::median() const { return median_of(turns); }

Times operator+(const Times& a, const Times& b) {
  Times sum = a;
  for (std::size_t i = 0; i < a.turns.size(); ++i) sum.turns[i] += b.turns[i];
  return sum;
}

Times operator-(const Times& a, const Times& b) {
  Times difference = a;
  for (std::size_t i = 0; i < a.turns.size(); ++i)
    difference.turns[i] = std::max(0.0, a.turns[i] - b.turns[i]);
  return difference;
}

double ratio(const Times& a, const Times& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.turns.size(), b.turns.size()); ++i)
    ratios.push_back(a.turns[i] / b.turns[i]);
  return median_of(std::move(ratios));
}

const Times& faster_of(const Times& a, const Times& b) { return b.median() < a.median() ? b : a; }

std::vector<Times> interleaved(const std::vector<Contender>& contenders, double seconds, double slice) {
  // Find out how many calls fill a slice.
  std::vector<std::size_t> calls(contenders.size(), 1);
  for (std::size_t k = 0; k < contenders.size(); ++k) {
    if (contenders[k].prepare) contenders[k].prepare();
    seconds_of(contenders[k].run, 2);  // cold
    while (calls[k] < (1u << 20) && seconds_of(contenders[k].run, calls[k]) < slice) calls[k] *= 2;
  }

  std::vector<Times> times(contenders.size());
  const Stopwatch stopwatch;
  for (std::size_t turn = 0; turn < 5 || stopwatch.seconds() < seconds; ++turn)
    for (std::size_t k = 0; k < contenders.size(); ++k) {
      if (contenders[k].prepare) {
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
        contenders[k].prepare();
      }
      seconds_of(contenders[k].run, 10 * calls[k]);  // warm caches and threads
      // The machine is others' too: of three slices the one that they disturbed least.
      double fastest = std::numeric_limits<double>::infinity();
      for (int i = 0; i < 3; ++i) fastest = std::min(fastest, seconds_of(contenders[k].run, calls[k]));
      times[k].turns.push_back(fastest / double(calls[k]));
    }
  return times;
}

}  // namespace tools
