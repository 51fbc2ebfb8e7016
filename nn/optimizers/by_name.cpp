// The table of optimizers, and how each is made from its settings.
#include "nn/optimizers/by_name.h"

#include "nn/named.h"
#include "nn/optimizers/adagrad.h"
#include "nn/optimizers/adam.h"
#include "nn/optimizers/adamax.h"
#include "nn/optimizers/adamw.h"
#include "nn/optimizers/rmsprop.h"
#include "nn/optimizers/sgd.h"

namespace nn {

namespace {

using Made = std::unique_ptr<Optimizer>;
Made make_sgd(NamedParameters p, double alpha, const OptimizerSettings& s) {
  if (*s.momentum > 0) {
    auto momentum = std::make_unique<Momentum>(std::move(p), alpha);
    momentum->mu = *s.momentum, momentum->lambda = *s.weight_decay;
    return momentum;
  }
  auto sgd = std::make_unique<SGD>(std::move(p), alpha);
  sgd->lambda = *s.weight_decay;
  return sgd;
}

Made make_nesterov(NamedParameters p, double alpha, const OptimizerSettings& s) {
  auto nesterov = std::make_unique<Nesterov>(std::move(p), alpha);
  nesterov->mu = *s.momentum, nesterov->lambda = *s.weight_decay;
  return nesterov;
}

const auto with_momentum = [](auto rmsprop, const OptimizerSettings& s) -> Made {
  rmsprop->beta = *s.beta2, rmsprop->epsilon = *s.epsilon;
  rmsprop->mu = *s.momentum, rmsprop->lambda = *s.weight_decay;
  return rmsprop;
};

Made make_rmsprop(NamedParameters p, double alpha, const OptimizerSettings& s) {
  if (*s.momentum > 0) return with_momentum(std::make_unique<MomentumRMSProp>(std::move(p), alpha), s);
  auto rmsprop = std::make_unique<RMSProp>(std::move(p), alpha);
  rmsprop->beta = *s.beta2, rmsprop->epsilon = *s.epsilon, rmsprop->lambda = *s.weight_decay;
  return rmsprop;
}

Made make_centred_rmsprop(NamedParameters p, double alpha, const OptimizerSettings& s) {
  return with_momentum(std::make_unique<CentredRMSProp>(std::move(p), alpha), s);
}

Made make_adagrad(NamedParameters p, double alpha, const OptimizerSettings& s) {
  auto adagrad = std::make_unique<Adagrad>(std::move(p), alpha);
  adagrad->epsilon = *s.epsilon, adagrad->lambda = *s.weight_decay;
  return adagrad;
}

// Adam and its relatives have the same settings.
const auto with_betas = [](auto adam, const OptimizerSettings& s) -> Made {
  adam->beta1 = *s.beta1, adam->beta2 = *s.beta2, adam->epsilon = *s.epsilon, adam->lambda = *s.weight_decay;
  return adam;
};

Made make_adam(NamedParameters p, double alpha, const OptimizerSettings& s) {
  return with_betas(std::make_unique<Adam>(std::move(p), alpha), s);
}

Made make_adamw(NamedParameters p, double alpha, const OptimizerSettings& s) {
  return with_betas(std::make_unique<AdamW>(std::move(p), alpha), s);
}

Made make_adamax(NamedParameters p, double alpha, const OptimizerSettings& s) {
  return with_betas(std::make_unique<Adamax>(std::move(p), alpha), s);
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
  std::vector<std::string> names;
  for (const OptimizerKind& kind : optimizers()) names.push_back(kind.name);
  return optimizers()[index_named("optimizer", name, names)];
}

}  // namespace nn
