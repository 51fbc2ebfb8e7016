// The moving average, parameter by parameter.
#include "nn/optimizers/average.h"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace nn {

WeightAverage::WeightAverage(NamedParameters parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
  for (const auto& [name, parameter] : parameters_) {
    average_.push_back(parameter->value());
    handles_.push_back(parameter->handle());
  }
}

void WeightAverage::check_alive() const {
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    if (handles_[k].expired())
      throw std::logic_error("[average] " + parameters_[k].first +
                             " no longer exists: its model was destroyed or moved");
}

// w̄ ← w̄ + (w − w̄) (1 − d) / (1 − dᵗ)
void WeightAverage::add(std::uint64_t t) {
  check_alive();
  const Real share = Real((1 - decay_) / (1 - std::pow(decay_, double(t))));
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Real* w = parameters_[k].second->value().data();
    Real* __restrict average = average_[k].data();
    for (std::size_t i = 0; i < average_[k].size(); ++i) average[i] += share * (w[i] - average[i]);
  }
}

void WeightAverage::exchange() {
  check_alive();
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    std::swap(parameters_[k].second->update(), average_[k]);
}

void WeightAverage::visit_state(const std::function<void(const std::string& name, Array& state)>& visitor) {
  for (std::size_t k = 0; k < parameters_.size(); ++k) visitor("ema." + parameters_[k].first, average_[k]);
}

}  // namespace nn
