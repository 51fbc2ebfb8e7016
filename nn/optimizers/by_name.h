// All optimizers by name, for a program whose user chooses.
#pragma once

#include <memory>
#include <optional>

#include "nn/optimizers/optimizer.h"

namespace nn {

// What may be set in an optimizer. Each has only what its algorithm has; the others are empty.
struct OptimizerSettings {
  std::optional<double> momentum;      // μ
  std::optional<double> beta1;         // β₁: decay of the mean gradient
  std::optional<double> beta2;         // β, β₂: decay of the mean square or the maximum
  std::optional<double> epsilon;       // ε
  std::optional<double> weight_decay;  // λ
};

struct OptimizerKind {
  const char* name;
  OptimizerSettings defaults;
  std::size_t arrays;  // kept for every parameter, at most: without μ, sgd keeps none and rmsprop one
  // All settings that it has must be given.
  std::unique_ptr<Optimizer> (*make)(NamedParameters parameters, double alpha,
                                     const OptimizerSettings& settings);
};

// sgd (Momentum if μ > 0), nesterov, rmsprop (MomentumRMSProp if μ > 0), rmsprop-centred, adagrad, adam,
// adamw, adamax
const std::vector<OptimizerKind>& optimizers();
const OptimizerKind& optimizer_named(const std::string& name);  // std::invalid_argument lists the names

}  // namespace nn
