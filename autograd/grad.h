// Gradients that are recorded themselves, so that they can be differentiated again: the walk of backward.h
// with Vars for adjoints. Products with Jacobians and Hessians are built on it (derivatives.h).
#pragma once

#include <unordered_set>

#include "autograd/tape.h"

namespace autograd {

// The adjoints of one `grad`: Vars, added by the recorded +. Only what depends on the xs has one.
class RecordedGradients {
 public:
  // As in Gradients (backward.h).
  bool wants(const Operand& input) const { return !input.is_number && depends_[input.var.index()]; }
  void add(const Var& x, Var term);
  void walk(Var y, Var y_bar, std::size_t begin);

 private:
  friend std::vector<Var> grad(Var y, const std::vector<Var>& xs);
  explicit RecordedGradients(const std::vector<Var>& xs);
  Var find(std::size_t index) const { return index < adjoints_.size() ? adjoints_[index] : Var(); }

  std::unordered_set<std::uint64_t> xs_;  // their serials
  std::vector<bool> depends_;             // by node: on an x
  std::vector<Var> adjoints_;             // by node; without a value where nothing has arrived
};

// The gradients of y with respect to the xs, recorded: they can be differentiated again. Zero where y does
// not depend on x. std::invalid_argument if y has not one element, std::logic_error for an x whose step was
// rewound.
std::vector<Var> grad(Var y, const std::vector<Var>& xs);

}  // namespace autograd
