// From a gradient to the next weights, as the options say: the learning rate of the schedule, the norm of the
// gradient, whether it is an outlier, clipping, the optimizer, the average of the weights.
#pragma once

#include <memory>
#include <optional>

#include "nn/optimizers/average.h"
#include "nn/optimizers/by_name.h"
#include "nn/optimizers/outliers.h"
#include "nn/optimizers/schedule.h"
#include "tools/run/config.h"

namespace tools {

// What happened at one step.
struct Descended {
  double learning_rate;
  double norm;   // of the gradient, before clipping
  double limit;  // of the norm; infinite if there is none
  bool skipped;  // the norm is above it: the weights, the optimizer and the average stay
};

// The same over an epoch.
struct DescentTotals {
  std::uint64_t steps = 0, skipped = 0;  // the skipped ones are steps too
  double norm_sum = 0, norm_max = 0;
  double learning_rate = 0;  // of the last step

  void add(const Descended& step);
};

class Descent {
 public:
  Descent(const Config& config, vae::Model& model, std::uint64_t steps_per_epoch);

  // Step k = 0, 1, … of the run. Failure 3, naming the step and a parameter, if the gradient is not finite;
  // nothing has changed then.
  Descended step(const nn::Gradients& gradients, std::uint64_t k);

  // nullptr if the run keeps none.
  nn::WeightAverage* average() { return average_ ? &*average_ : nullptr; }

  // All that a checkpoint must hold: arrays by name, and the rest as JSON; `restore` throws nlohmann's
  // exceptions.
  void visit_state(const nn::Optimizer::StateVisitor& visitor);
  nlohmann::json state() const;
  void restore(const nlohmann::json& state);

 private:
  double learning_rate(std::uint64_t k) const;

  Config config_;
  const nn::Schedule& schedule_;
  double steps_per_epoch_;
  nn::NamedParameters parameters_;
  std::unique_ptr<nn::Optimizer> optimizer_;
  std::optional<nn::OutlierGate> gate_;
  std::optional<nn::WeightAverage> average_;
};

}  // namespace tools
