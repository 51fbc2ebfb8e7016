// The recorded reverse pass: adjoints are Vars, and adding is the recorded +.
#include "autograd/grad.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace autograd {

RecordedGradients::RecordedGradients(const std::vector<Var>& xs) {
  for (const Var& x : xs) xs_.insert(x.serial_);
}

void RecordedGradients::add(const Var& x, Var term) {
  if (adjoints_.size() <= x.index_) adjoints_.resize(x.index_ + 1);
  Var& x_bar = adjoints_[x.index_];
  x_bar = x_bar.has_value() ? x_bar + term : term;
}

void RecordedGradients::walk(Var y, Var y_bar, std::size_t begin) {
  Tape& tape = y.tape();
  // Mark what depends on an x: an x itself, and what has an input that does.
  const std::size_t end = tape.size();
  depends_.resize(end);
  for (std::size_t i = begin; i < end; ++i) {
    const Node& node = tape.node(i);
    depends_[i] = xs_.count(node.serial) > 0;
    for (const Operand& input : node.inputs) depends_[i] = depends_[i] || wants(input);
  }

  // The walk of backward.cpp.
  add(y, y_bar);
  for (std::size_t i = y.index_ + 1; i-- > begin;) {
    const Node& node = tape.node(i);
    const Var g = find(i);
    if (!node.rule || !g.has_value()) continue;
    tape.check_inputs_unchanged(node);
    node.rule->pull(node, tape.var(i), g, *this);
  }
}

std::vector<Var> grad(Var y, const std::vector<Var>& xs) {
  if (y.value().size() != 1)
    throw std::invalid_argument("[grad] y has shape " + to_string(y.shape()) + ", not one element");
  Tape& tape = y.tape();
  tape.check_current("grad");
  for (const Var& x : xs) tape.node(x);  // throws unless x is alive and on this tape

  RecordedGradients g(xs);
  g.walk(y, constant(full(y.shape(), 1)), 0);
  std::vector<Var> gradients;
  for (const Var& x : xs) {
    const Var x_bar = g.find(x.index());
    gradients.push_back(x_bar.has_value() ? x_bar : constant(zeros(x.shape())));
  }
  return gradients;
}

}  // namespace autograd
