#include "tools/run/weight_update.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "autograd/inspect/trace.h"
#include "tools/errors.h"

namespace tools {

using nlohmann::json;

void DescentTotals::add(const Descended& step) {
  ++steps;
  skipped += step.skipped;
  norm_sum += step.norm;
  norm_max = std::max(norm_max, step.norm);
  learning_rate = step.learning_rate;
}

Descent::Descent(const Config& config, vae::Model& model, std::uint64_t steps_per_epoch)
    : config_(config),
      schedule_(nn::schedule_named(config.schedule)),
      steps_per_epoch_(double(steps_per_epoch)),
      parameters_(model.parameters()),
      optimizer_(nn::optimizer_named(config.optimizer)
                     .make(parameters_, config.learning_rate, config.optimizer_settings)) {
  if (config.skip_outliers > 0) gate_.emplace(config.skip_outliers);
  if (config.ema > 0) average_.emplace(parameters_, config.ema);
}

double Descent::learning_rate(std::uint64_t k) const {
  const double t = double(k) / steps_per_epoch_, T = double(config_.epochs);
  return config_.learning_rate * schedule_.factor(t, T, config_.schedule_settings) *
         nn::warmup(k, config_.warmup);
}

Descended Descent::step(const nn::Gradients& gradients, std::uint64_t k) {
  const double norm = nn::gradient_norm(parameters_, gradients);
  if (!std::isfinite(norm)) {
    std::string nearest;  // to the loss, from where gradients come
    for (const auto& [name, parameter] : parameters_)
      if (!autograd::all_finite(gradients[*parameter]))
        nearest = "the nearest to the loss that is not: of " + name;
    throw Failure(exit_not_finite,
                  "step " + std::to_string(k + 1) + ": the gradient is not finite; " + nearest);
  }

  Descended d = {learning_rate(k), norm, std::numeric_limits<double>::infinity(), false};
  if (gate_) d.limit = gate_->limit(), d.skipped = gate_->skips(norm);
  if (d.skipped) return d;

  nn::Clip clip;
  if (config_.clip_norm > 0) clip.scale = nn::scale_to_norm(norm, config_.clip_norm);
  if (config_.clip_value > 0) clip.limit = autograd::Real(config_.clip_value);
  optimizer_->alpha = d.learning_rate;
  optimizer_->step(gradients, clip);
  if (average_) average_->add(optimizer_->steps);
  return d;
}

void Descent::visit_state(const nn::Optimizer::StateVisitor& visitor) {
  optimizer_->visit_state(visitor);
  if (average_) average_->visit_state(visitor);
}

json Descent::state() const {
  json state = {{"steps", optimizer_->steps}};
  if (gate_) state["norms"] = gate_->norms;
  return state;
}

void Descent::restore(const json& state) {
  optimizer_->steps = state.at("steps").get<std::uint64_t>();
  if (gate_) gate_->norms = state.at("norms").get<std::vector<double>>();
}

}  // namespace tools
