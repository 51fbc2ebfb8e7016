// One update, and what of it is saved.
#include "tools/run/weight_update.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/inspect/trace.h"
#include "tools/errors.h"

namespace tools {

void UpdateTotals::add(const UpdateResult& result) {
  ++steps;
  skipped += result.skipped;
  norm_sum += result.norm;
  norm_max = std::max(norm_max, result.norm);
  learning_rate = result.learning_rate;
}

WeightUpdate::WeightUpdate(const Config& config, nn::NamedParameters parameters,
                           std::uint64_t steps_per_epoch)
    : config_(config),
      schedule_(nn::schedule_named(config.schedule)),
      steps_per_epoch_(double(steps_per_epoch)),
      parameters_(std::move(parameters)),
      optimizer_(nn::optimizer_named(config.optimizer)
                     .make(parameters_, config.learning_rate, config.optimizer_settings)) {
  if (config.skip_outliers > 0) gate_.emplace(config.skip_outliers);
  if (config.ema > 0) average_.emplace(parameters_, config.ema);
}

// α · schedule(t, T) · warmup(k),   t and T in epochs
double WeightUpdate::learning_rate(std::uint64_t k, double epochs) const {
  const double t = double(k) / steps_per_epoch_;
  return config_.learning_rate * schedule_.factor(t, epochs, config_.schedule_settings) *
         nn::warmup(k, config_.warmup);
}

UpdateResult WeightUpdate::apply(const nn::Gradients& gradients, std::uint64_t k, double epochs) {
  // Refuse a gradient that is not finite. Of the parameters, the last is the nearest to the loss.
  const double norm = nn::gradient_norm(parameters_, gradients);
  if (!std::isfinite(norm)) {
    std::string first;
    for (const auto& [name, parameter] : parameters_)
      if (!autograd::all_finite(gradients[*parameter])) first = name;
    throw Failure(exit_not_finite, "step " + std::to_string(k + 1) +
                                       ": the gradient is not finite; the first that is not, from the loss "
                                       "back, is that of " +
                                       first);
  }

  // Skip the step if its norm is an outlier.
  UpdateResult result = {learning_rate(k, epochs), norm, std::numeric_limits<double>::infinity(), false};
  if (gate_) result.limit = gate_->limit(), result.skipped = gate_->skips(norm);
  if (result.skipped) return result;

  // Clip the gradient, move the weights, and take them into the average.
  nn::Clip clip;
  if (config_.clip_norm > 0) clip.scale = nn::scale_to_norm(norm, config_.clip_norm);
  if (config_.clip_value > 0) clip.limit = autograd::Real(config_.clip_value);
  optimizer_->alpha = result.learning_rate;
  optimizer_->step(gradients, clip);
  if (average_) average_->add(optimizer_->steps);
  return result;
}

void WeightUpdate::visit_state(const nn::Optimizer::StateVisitor& visitor) {
  optimizer_->visit_state(visitor);
  if (average_) average_->visit_state(visitor);
}

std::vector<StateField> WeightUpdate::state(std::uint64_t steps) {
  std::vector<StateField> fields = {{"steps", &optimizer_->steps, 0, double(steps)}};
  if (gate_)
    fields.push_back(
        {"norms", &gate_->norms, 0, std::numeric_limits<double>::max(), 0, nn::OutlierGate::window});
  return fields;
}

}  // namespace tools
