// Learning-rate schedules: the factor of the learning rate α as a function of time alone. There is nothing to
// save: a run that is resumed has the rate that it would have had.
//
// Time t counts epochs from 0, in fractions: after k steps of an epoch of n, t = k/n. At whole epochs the
// factors are those of PyTorch's lr_scheduler. A warm-up multiplies any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nn {

// What may be set in a schedule. Each has only what its formula has; the others are empty.
struct ScheduleSettings {
  std::optional<double> decay;  // γ
  std::optional<double> every;  // e, in epochs
};

struct Schedule {
  const char* name;
  bool has_horizon;  // depends on T, the end of training: another T changes it from the start
  ScheduleSettings defaults;
  // For 0 ≤ t ≤ T; after T it stays constant. All settings that it has must be given.
  double (*factor)(double t, double T, const ScheduleSettings& settings);
};

// constant      1
// step          γ^⌊t/e⌋
// exponential   γ^(t/e)
// linear        1 − t/T
// cosine        ½ (1 + cos πt/T)
// burda         round(10^(2 − i/7)) / 100 for 3ⁱ epochs, i = 0 … 7 in turn; constant after these 3,280 epochs
//
// cosine: Loshchilov & Hutter 2017 (arXiv 1608.03983), eq. 5, without restarts. burda: Burda, Grosse &
// Salakhutdinov 2016 (arXiv 1509.00519), section 5, with α = 10⁻³, rounded as in their code.
const std::vector<Schedule>& schedules();
const Schedule& schedule_named(const std::string& name);  // std::invalid_argument lists the names

// min(1, (k + 1) / K) before step k = 0, 1, … of a warm-up of K steps; 1 if K = 0.
// Goyal et al. 2017 (arXiv 1706.02677), section 2.2
double warmup(std::uint64_t k, std::uint64_t K);

}  // namespace nn
