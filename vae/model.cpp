// Lists of a model's parameters.
#include "vae/model.h"

namespace vae {

nn::NamedParameters Model::parameters() {
  nn::NamedParameters all;
  visit([&](const std::string& name, Parameter& parameter) { all.emplace_back(name, &parameter); });
  return all;
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
