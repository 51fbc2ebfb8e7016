// Learning-rate schedules: what the learning rate α is multiplied with, as a pure function of the time. There
// is nothing to save, and a run that is resumed has the rate it would have had.
//
// Time t counts epochs from 0, in fractions: after k steps of an epoch of n, t = k/n. At whole epochs the
// factors are those of PyTorch's lr_scheduler. A warm-up is multiplied with any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nn {

// What may be set of a schedule: of each, only what its formula has.
struct ScheduleSettings {
  std::optional<double> decay;  // γ
  std::optional<double> every;  // e, in epochs
};

struct Schedule {
  const char* name;
  bool has_horizon;  // needs to know T, when training ends: another T is another schedule from the start
  ScheduleSettings defaults;  // empty for what it does not have
  // For 0 ≤ t ≤ T; after T it stays. With all settings that it has.
  double (*factor)(double t, double T, const ScheduleSettings& settings);
};

// constant      1
// step          γ^⌊t/e⌋
// exponential   γ^(t/e)
// linear        1 − t/T
// cosine        ½ (1 + cos πt/T)                     Loshchilov & Hutter 2017 (arXiv 1608.03983), eq. 5,
// without restarts burda         round(10^(2 − i/7)) / 100 for the 3ⁱ epochs after those before, i = 0 … 7,
// and then as it was: 3,280 epochs;
//               Burda, Grosse & Salakhutdinov 2016 (arXiv 1509.00519), section 5, with α = 10⁻³, rounded as
//               in their code
const std::vector<Schedule>& schedules();
const Schedule& schedule_named(const std::string& name);  // std::invalid_argument lists the names

// min(1, (k + 1) / K) before step k = 0, 1, … of a warm-up of K steps; 1 if K = 0.    Goyal et al. 2017
// (arXiv 1706.02677), 2.2
double warmup(std::uint64_t k, std::uint64_t K);

}  // namespace nn
