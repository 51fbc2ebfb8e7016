// Timing things against each other on a machine that others use too: they take turns, many times over, and
// what is compared are medians over the turns, so that a burst of load hits all alike.
#pragma once

#include <functional>
#include <vector>

namespace tools {

// What is timed, and what it needs beforehand, such as a number of threads.
struct Contender {
  std::function<void()> run;
  std::function<void()> prepare;  // may be empty
};

// Seconds per call, turn by turn.
struct Times {
  std::vector<double> turns;
  double median() const;
};

Times operator+(const Times& a, const Times& b);         // turn by turn
Times operator-(const Times& a, const Times& b);         // turn by turn, at least 0
double ratio(const Times& a, const Times& b);            // the median over the turns of a / b
const Times& faster_of(const Times& a, const Times& b);  // by their medians

// In each turn every contender runs for ten times `slice` seconds to be warm, and then three times for one,
// or ten and three times once if that is longer; the fastest of the three counts. Before one with a `prepare`
// there is a pause until threads that spin have gone to sleep. Turns go on for `seconds`, but there are at
// least five.
std::vector<Times> interleaved(const std::vector<Contender>& contenders, double seconds, double slice = 1e-3);

}  // namespace tools
