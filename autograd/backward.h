// The reverse pass: the gradients of a loss with respect to everything it was computed from.
//
// Adjoints belong to one call of `backward`: there is nothing to zero, and a second call counts nothing
// twice. Read next: backward.cpp, the walk itself; record.h, how an operation and its rule are written; then
// grad.h, gradients that can be differentiated again.
#pragma once

#include "autograd/tape.h"

namespace autograd {

// The adjoints of one `backward`. g[w] has w's shape, and is zero if the loss does not depend on w. The array
// lives as long as the Gradients; on a temporary, operator[] returns a copy.
class Gradients {
 public:
  Gradients(Gradients&&) = default;
  ~Gradients();

  const Array& operator[](const Var& x) const&;
  const Array& operator[](const Parameter& w) const&;
  Array operator[](const Var& x) const&& { return static_cast<const Gradients&>(*this)[x]; }
  Array operator[](const Parameter& w) const&& { return static_cast<const Gradients&>(*this)[w]; }

  const auto& parameters() const { return parameters_; }  // that received a term, with their nodes

  // For rules. wants(x): x needs a gradient. at(x): {x̄, add}; if `add` is false, overwrite x̄, else add to it.
  bool wants(const Operand& input) const;
  std::pair<Array&, bool> at(const Var& x);

  // The reverse pass from y, whose adjoint is ȳ, down to node `begin`, which is above 0 only for a
  // checkpoint. References from at() are invalid afterwards.
  void walk(Var y, const Array& y_bar, std::size_t begin);

 private:
  friend Gradients backward(Var y, const Array& y_bar);
  explicit Gradients(Tape& tape);
  const Array* find(std::size_t index, std::uint64_t serial) const;  // x̄, or nullptr if nothing has arrived

  Tape* tape_;
  std::shared_ptr<Tape::Buffers> buffers_;
  std::uint64_t pass_;                   // a number that no other pass has
  std::vector<Tape::Adjoint> adjoints_;  // by node
  std::vector<std::pair<const Parameter*, std::uint32_t>> parameters_;
  mutable std::deque<Array> zeros_;
};

// ∂loss/∂x for every x that was recorded. The loss has one element (std::invalid_argument otherwise) and was
// recorded (std::logic_error otherwise).
Gradients backward(Var loss);

// x̄ = (∂y/∂x)ᵀ ȳ for a y of any shape. ȳ has the same (std::invalid_argument otherwise).
Gradients backward(Var y, const Array& y_bar);

}  // namespace autograd
