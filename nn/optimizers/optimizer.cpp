// The step that all optimizers share: it cuts the parameters into parts and gives them to the threads.
#include "nn/optimizers/optimizer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/debug.h"
#include "autograd/threads.h"

namespace nn {

namespace {

void check_shape(const std::string& name, const char* what, const Array& array, const Parameter& parameter) {
  if (array.shape() != parameter.shape())
    throw std::invalid_argument("[optimizer] " + name + " is " + to_string(parameter.shape()) + " but its " +
                                what + " is " + to_string(array.shape()));
}

void check_alpha(double alpha) {
  if (!(alpha >= 0 && std::isfinite(alpha)))
    throw std::invalid_argument("[optimizer] the learning rate is " + std::to_string(alpha));
}

// True if both hold the same numbers, and not all of them are one: biases begin equal, drawn weights do not.
bool begin_equal(const Array& a, const Array& b) {
  const Real* const first = a.data();
  const auto other = std::find_if(first, first + a.size(), [&](Real x) { return x != *first; });
  return a.shape() == b.shape() && other != first + a.size() && std::equal(first, first + a.size(), b.data());
}

}  // namespace

Optimizer::Optimizer(NamedParameters parameters, double alpha, std::vector<std::string> state)
    : alpha(alpha), state_names_(std::move(state)) {
  check_alpha(alpha);
  for (const auto& [name, parameter] : parameters) {
    for (const Item& item : items_) {
      if (item.parameter == parameter)
        throw std::invalid_argument("[optimizer] " + item.name + " and " + name + " are one parameter");
      if (debug() && begin_equal(item.parameter->value(), parameter->value()))
        throw std::logic_error("[optimizer] " + item.name + " and " + name +
                               " begin with the same numbers: give each network a stream of its own, such as "
                               "stream.at_epoch(1)");
    }
    items_.push_back({name, parameter, parameter->handle(),
                      std::vector<Array>(state_names_.size(), zeros(parameter->shape()))});
  }
}

// Without a Step in the loop, every loss is recorded behind the one before.
void Optimizer::check_tape() {
  const std::size_t size = Tape::current().size();
  growing_ = size > tape_size_ ? growing_ + 1 : 0;
  tape_size_ = size;
  if (growing_ > 1000)
    throw std::logic_error("[optimizer] the tape has grown at 1000 steps in turn, to " +
                           std::to_string(size) + " nodes: begin every pass of the loop with `Step step;`");
}

void Optimizer::step(const Gradients& gradients, const Clip& clip) {
  // Check everything before anything moves.
  check_alpha(alpha);
  check_tape();
  std::vector<const Array*> g;
  for (const Item& item : items_) {
    if (item.handle.expired())
      throw std::logic_error(
          "[optimizer] " + item.name +
          " no longer exists: its model was destroyed or moved after the optimizer was made");
    g.push_back(&gradients[*item.parameter]);
    check_shape(item.name, "gradient", *g.back(), *item.parameter);
    for (const Array& state : item.state) check_shape(item.name, "state", state, *item.parameter);
  }
  if (debug())
    for (const auto& [parameter, node] : gradients.parameters())
      if (!parameter->has_handle())
        throw std::logic_error("[optimizer] a parameter " + to_string(parameter->shape()) +
                               " has a gradient, but no optimizer was given it");
  std::vector<Real*> theta;
  for (const Item& item : items_) theta.push_back(item.parameter->update().data());

  // Cut the parameters into parts: the first halves of all parameters, then their second halves. Two threads
  // begin at both ends of this list (autograd/threads.cpp), so each has in its cache the half of a matrix
  // that it multiplies next.
  struct Part {
    std::size_t k, first, count;  // of items_[k]
  };
  std::vector<Part> parts;
  for (const bool second : {false, true})
    for (std::size_t k = 0; k < items_.size(); ++k) {
      const std::size_t n = g[k]->size(), middle = (n / numbers_at_once + 1) / 2 * numbers_at_once;
      const std::size_t end = second ? n : middle;
      for (std::size_t i = second ? middle : 0; i < end; i += numbers_at_once)
        parts.push_back({k, i, std::min(numbers_at_once, end - i)});
    }

  // Update each part.
  ++steps;
  in_ranges(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto [k, first, count] = parts[i];
      std::vector<Real*> state;
      for (Array& s : items_[k].state) state.push_back(s.data() + first);
      update(count, g[k]->data() + first, theta[k] + first, state.data(), clip);
    }
  });
}

void Optimizer::visit_state(const StateVisitor& visitor) {
  for (Item& item : items_)
    for (std::size_t s = 0; s < state_names_.size(); ++s)
      visitor(state_names_[s] + "." + item.name, item.state[s]);
}

}  // namespace nn
