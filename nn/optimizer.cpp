#include "nn/optimizer.h"

#include <stdexcept>

namespace nn {

namespace {

void check_shape(const std::string& name, const char* what, const Array& array, const Parameter& parameter) {
  if (array.shape() != parameter.shape())
    throw std::invalid_argument("[optimizer] " + name + " is " + to_string(parameter.shape()) + " but its " + what + " is " +
                                to_string(array.shape()));
}

}  // namespace

Optimizer::Optimizer(NamedParameters parameters, double alpha, std::vector<std::string> state)
    : alpha(alpha), state_names_(std::move(state)) {
  for (const auto& [name, parameter] : parameters)
    items_.push_back({name, parameter, std::vector<Array>(state_names_.size(), zeros(parameter->shape()))});
}

void Optimizer::step(const Gradients& gradients, const Clip& clip) {
  std::vector<const Array*> g;
  for (const Item& item : items_) {
    g.push_back(&gradients[*item.parameter]);
    check_shape(item.name, "gradient", *g.back(), *item.parameter);
    for (const Array& state : item.state) check_shape(item.name, "state", state, *item.parameter);
  }

  ++steps;
  std::vector<Real*> state(state_names_.size());
  for (std::size_t k = 0; k < items_.size(); ++k) {
    for (std::size_t s = 0; s < state.size(); ++s) state[s] = items_[k].state[s].data();
    update(g[k]->size(), g[k]->data(), items_[k].parameter->update().data(), state.data(), clip);
  }
}

void Optimizer::visit_state(const StateVisitor& visitor) {
  for (Item& item : items_)
    for (std::size_t s = 0; s < state_names_.size(); ++s) visitor(state_names_[s] + "." + item.name, item.state[s]);
}

}  // namespace nn
