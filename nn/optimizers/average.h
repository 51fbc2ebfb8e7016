// The exponential moving average of the weights over the steps, which evaluates better than the last weights
// do (Ruppert 1988 and Polyak & Juditsky 1992 average all steps alike).
//
//     w̄ ← w̄ + (w − w̄) (1 − d) / (1 − dᵗ)          after step t = 1, 2, …
//
// This is Σᵢ dᵗ⁻ⁱ wᵢ / Σᵢ dᵗ⁻ⁱ, the average of w₁ … w_t with the bias towards the start already taken out, as
// Adam's m̂ is: w̄ after one step is w₁. (With 1 − d in its place, the initial weights would keep a share dᵗ.)
#pragma once

#include <cstdint>

#include "nn/parameters.h"

namespace nn {

class WeightAverage {
 public:
  WeightAverage(NamedParameters parameters, double decay);

  // Takes in the weights after step t.
  void add(std::uint64_t t);

  // Puts the average in the place of the weights, and the weights in its own. Twice is as if never.
  void exchange();

  // The arrays to save, under names such as "ema.encoder.0.weight".
  void visit_state(const std::function<void(const std::string& name, Array& state)>& visitor);

 private:
  NamedParameters parameters_;
  double decay_;
  std::vector<Array> average_;  // by parameter
};

// A block in which the weights are their average; nullptr: as they are.
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
