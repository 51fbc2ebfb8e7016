// From a gradient to the next weights, as the options say: the learning rate of the schedule, the norm of the
// gradient, skipping of outliers, clipping, the optimizer's step, the average of the weights.
#pragma once

#include <memory>
#include <optional>

#include "nn/optimizers/average.h"
#include "nn/optimizers/outliers.h"
#include "tools/config/config.h"
#include "tools/run/state_field.h"

namespace tools {

// What one update did.
struct UpdateResult {
  double learning_rate;
  double norm;   // of the gradient, before clipping
  double limit;  // of the norm; infinite if there is none
  bool skipped;  // the norm was above the limit: weights, optimizer and average are unchanged
};

// Sums and maxima over an epoch.
struct UpdateTotals {
  std::uint64_t steps = 0, skipped = 0;  // `steps` counts the skipped ones too
  double norm_sum = 0, norm_max = 0;
  double learning_rate = 0;  // of the last step

  void add(const UpdateResult& result);
};

class WeightUpdate {
 public:
  // The configuration and the parameters must outlive it.
  WeightUpdate(const Config& config, nn::NamedParameters parameters, std::uint64_t steps_per_epoch);

  // Step k = 0, 1, … of the run, which is to have so many epochs. Failure(exit_not_finite) naming the step
  // and a parameter if the gradient is not finite; nothing is changed then.
  UpdateResult apply(const nn::Gradients& gradients, std::uint64_t k, double epochs);

  // nullptr if the run keeps none.
  nn::WeightAverage* average() { return average_ ? &*average_ : nullptr; }

  // What a checkpoint must hold: arrays by name, and the rest as fields, after `steps` steps of the run.
  void visit_state(const nn::Optimizer::StateVisitor& visitor);
  std::vector<StateField> state(std::uint64_t steps);

 private:
  double learning_rate(std::uint64_t k, double epochs) const;

  const Config& config_;
  const nn::Schedule& schedule_;
  double steps_per_epoch_;
  nn::NamedParameters parameters_;
  std::unique_ptr<nn::Optimizer> optimizer_;
  std::optional<nn::OutlierGate> gate_;
  std::optional<nn::WeightAverage> average_;
};

}  // namespace tools
