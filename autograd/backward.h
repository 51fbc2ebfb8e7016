// The reverse pass: the gradients of a loss by everything that it was computed from.
//
// Adjoints belong to one call of `backward`: there is nothing to zero, and a second call counts nothing
// twice. `grad` records what it computes, so that gradients can be differentiated again.
//
// Read next: backward.cpp, the walk itself; record.h, how an operation and its rule are written.
#pragma once

#include <unordered_set>

#include "autograd/tape.h"

namespace autograd {

// The adjoints of one `backward`. g[w] has w's shape, and is zero where nothing flowed. The array lives as
// long as the Gradients; of a temporary one it is returned by value.
class Gradients {
 public:
  Gradients(Gradients&&) = default;
  ~Gradients();

  const Array& operator[](const Var& x) const&;
  const Array& operator[](const Parameter& w) const&;
  Array operator[](const Var& x) const&& { return static_cast<const Gradients&>(*this)[x]; }
  Array operator[](const Parameter& w) const&& { return static_cast<const Gradients&>(*this)[w]; }

  // For rules: whether a gradient flows to this input, and x̄, to which the rule adds its term. x̄ is given as
  // an array of x's shape, and true if it holds terms already; if not, its numbers are to be overwritten.
  bool wants(const Operand& input) const;
  std::pair<Array&, bool> at(const Var& x);

  // Walks from y, whose adjoint is ȳ, down to node `begin`. Arrays from at() may move meanwhile.
  void walk(Var y, const Array& y_bar, std::size_t begin);

 private:
  friend Gradients backward(Var y, const Array& y_bar);
  explicit Gradients(Tape& tape);
  const Array* find(std::size_t index, std::uint64_t serial) const;  // x̄, or nullptr if nothing has arrived

  Tape* tape_;
  std::shared_ptr<Tape::Buffers> buffers_;
  std::uint64_t pass_;                   // a number that no other pass has
  std::vector<Tape::Adjoint> adjoints_;  // by node
  std::vector<std::pair<const Parameter*, std::uint32_t>>
      parameters_;  // that a term has arrived at; their nodes
  mutable std::deque<Array> zeros_;
};

// The adjoints of one `grad`: Vars, added by the recorded +. Only what depends on the xs has one.
class RecordedGradients {
 public:
  // For rules, as above.
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

// ∂loss/∂x for every x that was recorded. The loss has one element (std::invalid_argument otherwise) and was
// recorded (std::logic_error otherwise).
Gradients backward(Var loss);

// x̄ = (∂y/∂x)ᵀ ȳ for a y of any shape. ȳ has the same (std::invalid_argument otherwise).
Gradients backward(Var y, const Array& y_bar);

// The gradients of y with respect to the xs, recorded: they can be differentiated again. Zero where y does
// not depend on x. std::invalid_argument if y has not one element, std::logic_error for an x whose step was
// rewound.
std::vector<Var> grad(Var y, const std::vector<Var>& xs);

}  // namespace autograd
