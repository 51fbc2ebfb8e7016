// All optimizers by name, for a program whose user chooses.
#pragma once

#include <memory>
#include <optional>

#include "nn/optimizers/optimizer.h"

namespace nn {

// What may be set of an optimizer: of each, only what its algorithm has.
struct OptimizerSettings {
  std::optional<double> momentum;      // μ
  std::optional<double> beta1;         // memory of the mean gradient
  std::optional<double> beta2;         // memory of the mean square, or of the largest
  std::optional<double> epsilon;       // ε
  std::optional<double> weight_decay;  // λ
};

struct OptimizerKind {
  const char* name;
  OptimizerSettings defaults;  // empty for what it does not have
  std::size_t arrays;  // of its state for every parameter, at most: without μ sgd has none and rmsprop one
  // With all that it has set.
  std::unique_ptr<Optimizer> (*make)(NamedParameters parameters, double alpha,
                                     const OptimizerSettings& settings);
};

// sgd (with μ > 0 Momentum), nesterov, rmsprop (with μ > 0 MomentumRMSProp), rmsprop-centred, adagrad, adam,
// adamw, adamax
const std::vector<OptimizerKind>& optimizers();
const OptimizerKind& optimizer_named(const std::string& name);  // std::invalid_argument lists the names

}  // namespace nn
