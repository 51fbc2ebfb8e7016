// What the estimators share.
#include "vae/gradients/objective.h"

#include "autograd/ops.h"

namespace vae {

Var with_gradient_of(Var value, Var surrogate) {
  return stop_gradient(value) + (surrogate - stop_gradient(surrogate));
}

std::vector<const Parameter*> posterior_parameters(Model& model) {
  std::vector<const Parameter*> phi;
  model.visit_posterior([&](const std::string&, Parameter& parameter) { phi.push_back(&parameter); });
  return phi;
}

std::vector<const Parameter*> all_parameters(Model& model) {
  std::vector<const Parameter*> all;
  model.visit([&](const std::string&, Parameter& parameter) { all.push_back(&parameter); });
  return all;
}

}  // namespace vae
