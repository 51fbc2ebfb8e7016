// The formulas of the schedules, and their table.
#include "nn/optimizers/schedule.h"

#include <algorithm>
#include <cmath>

#include "nn/named.h"

namespace nn {

namespace {

double constant(double, double, const ScheduleSettings&) { return 1; }

double step(double t, double, const ScheduleSettings& s) {
  return std::pow(*s.decay, std::floor(t / *s.every));
}

double exponential(double t, double, const ScheduleSettings& s) { return std::pow(*s.decay, t / *s.every); }

double linear(double t, double T, const ScheduleSettings&) { return 1 - std::min(t / T, 1.0); }

double cosine(double t, double T, const ScheduleSettings&) {
  const double pi = std::acos(-1.0);
  return 0.5 * (1 + std::cos(pi * std::min(t / T, 1.0)));
}

// i counts the stages of 3ⁱ epochs that are over.
double burda(double t, double, const ScheduleSettings&) {
  int i = 0;
  for (double length = 1, end = 1; i < 7 && t >= end; ++i) length *= 3, end += length;
  return std::round(std::pow(10.0, 2 - i / 7.0)) / 100;
}

}  // namespace

const std::vector<Schedule>& schedules() {
  constexpr std::nullopt_t none = std::nullopt;
  // clang-format off
  static const std::vector<Schedule> all = {
      // name         horizon   γ     e
      {"constant",    false, {none, none}, constant},
      {"step",        false, {0.1,  30.0}, step},
      {"exponential", false, {0.1,  30.0}, exponential},
      {"linear",      true,  {none, none}, linear},
      {"cosine",      true,  {none, none}, cosine},
      {"burda",       false, {none, none}, burda},
  };
  // clang-format on
  return all;
}

const Schedule& schedule_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Schedule& s : schedules()) names.push_back(s.name);
  return schedules()[index_named("schedule", name, names)];
}

double warmup(std::uint64_t k, std::uint64_t K) { return k >= K ? 1 : double(k + 1) / double(K); }

}  // namespace nn
