// The exponential moving average of the weights over the steps. A model often evaluates better with it than
// with the last weights (Ruppert 1988 and Polyak & Juditsky 1992 average all steps with equal shares).
//
//     w̄ ← w̄ + (w − w̄) (1 − d) / (1 − dᵗ)          after step t = 1, 2, …
//
// This is Σᵢ dᵗ⁻ⁱ wᵢ / Σᵢ dᵗ⁻ⁱ, the average of w₁ … w_t without a bias towards the start, as Adam's m̂ is:
// after one step w̄ is w₁. (With the factor 1 − d alone, the initial weights would keep a share dᵗ.)
#pragma once

#include <cstdint>

#include "nn/parameters.h"

namespace nn {

class WeightAverage {
 public:
  WeightAverage(NamedParameters parameters, double decay);  // d; before the first step w̄ is w

  // Adds the weights after step t to the average.
  void add(std::uint64_t t);

  // Exchanges the weights and their average.
  void exchange();

  // The arrays to save, under names such as "ema.encoder.0.weight".
  void visit_state(const std::function<void(const std::string& name, Array& state)>& visitor);

 private:
  void check_alive() const;  // std::logic_error if a parameter no longer exists

  NamedParameters parameters_;
  std::vector<std::weak_ptr<const void>> handles_;  // expire with the parameters
  double decay_;
  std::vector<Array> average_;  // by parameter
};

// A scope in which the weights are replaced by their average. For nullptr nothing changes.
class Averaged {
 public:
  explicit Averaged(WeightAverage* average) : average_(average) {
    if (average_) average_->exchange();
  }
  ~Averaged() {
    if (average_) average_->exchange();
  }
  Averaged(const Averaged&) = delete;
  Averaged& operator=(const Averaged&) = delete;

 private:
  WeightAverage* average_;
};

}  // namespace nn
