#include "nn/optimizers/by_name.h"

#include <stdexcept>

#include "nn/optimizers/adagrad.h"
#include "nn/optimizers/adam.h"
#include "nn/optimizers/adamax.h"
#include "nn/optimizers/adamw.h"
#include "nn/optimizers/rmsprop.h"
#include "nn/optimizers/sgd.h"

namespace nn {

namespace {

using Made = std::unique_ptr<Optimizer>;
using Settings = OptimizerSettings;

Made make_sgd(NamedParameters p, double alpha, const Settings& s) {
  if (*s.momentum > 0) return std::make_unique<Momentum>(std::move(p), alpha, *s.momentum, *s.weight_decay);
  return std::make_unique<SGD>(std::move(p), alpha, *s.weight_decay);
}

Made make_nesterov(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<Nesterov>(std::move(p), alpha, *s.momentum, *s.weight_decay);
}

Made make_rmsprop(NamedParameters p, double alpha, const Settings& s) {
  if (*s.momentum > 0)
    return std::make_unique<MomentumRMSProp>(std::move(p), alpha, *s.beta2, *s.epsilon, *s.momentum,
                                             *s.weight_decay);
  return std::make_unique<RMSProp>(std::move(p), alpha, *s.beta2, *s.epsilon, *s.weight_decay);
}

Made make_centred_rmsprop(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<CentredRMSProp>(std::move(p), alpha, *s.beta2, *s.epsilon, *s.momentum,
                                          *s.weight_decay);
}

Made make_adagrad(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<Adagrad>(std::move(p), alpha, *s.epsilon, *s.weight_decay);
}

Made make_adam(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<Adam>(std::move(p), alpha, *s.beta1, *s.beta2, *s.epsilon, *s.weight_decay);
}

Made make_adamw(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<AdamW>(std::move(p), alpha, *s.beta1, *s.beta2, *s.epsilon, *s.weight_decay);
}

Made make_adamax(NamedParameters p, double alpha, const Settings& s) {
  return std::make_unique<Adamax>(std::move(p), alpha, *s.beta1, *s.beta2, *s.epsilon, *s.weight_decay);
}

}  // namespace

const std::vector<OptimizerKind>& optimizers() {
  constexpr std::nullopt_t none = std::nullopt;
  // clang-format off
  static const std::vector<OptimizerKind> all = {
      // name              μ     β₁    β₂     ε      λ     arrays
      {"sgd",             {0.0,  none, none,  none,  0.0 }, 1, make_sgd},
      {"nesterov",        {0.9,  none, none,  none,  0.0 }, 1, make_nesterov},
      {"rmsprop",         {0.0,  none, 0.99,  1e-8,  0.0 }, 2, make_rmsprop},
      {"rmsprop-centred", {0.0,  none, 0.99,  1e-8,  0.0 }, 3, make_centred_rmsprop},
      {"adagrad",         {none, none, none,  1e-10, 0.0 }, 1, make_adagrad},
      {"adam",            {none, 0.9,  0.999, 1e-8,  0.0 }, 2, make_adam},
      {"adamw",           {none, 0.9,  0.999, 1e-8,  1e-2}, 2, make_adamw},
      {"adamax",          {none, 0.9,  0.999, 1e-8,  0.0 }, 2, make_adamax},
  };
  // clang-format on
  return all;
}

const OptimizerKind& optimizer_named(const std::string& name) {
  std::string names;
  for (const OptimizerKind& kind : optimizers()) {
    if (name == kind.name) return kind;
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  throw std::invalid_argument("[optimizer] '" + name + "' is not one of " + names);
}

}  // namespace nn
