// The reverse pass. The tape is in creation order, so every node stands after its inputs. Walking it in
// reverse, a node is met only when all that used it have added to its adjoint. With b = a + a and c = b + b:
// c̄ = 1; then b̄ = 1 + 1; only then ā = 2 + 2.
#include "autograd/backward.h"

#include <stdexcept>

#include "autograd/debug.h"
#include "autograd/observer.h"
#include "autograd/simd.h"

namespace autograd {

Gradients::Gradients(Tape& tape) : tape_(&tape), buffers_(tape.buffers_), pass_(++tape.last_serial_) {
  if (buffers_->empty()) return;
  adjoints_ = std::move(buffers_->back());
  buffers_->pop_back();
}

Gradients::~Gradients() {
  if (buffers_) buffers_->push_back(std::move(adjoints_));
}

const Array* Gradients::find(std::size_t index, std::uint64_t serial) const {
  if (index >= adjoints_.size()) return nullptr;
  const Tape::Adjoint& a = adjoints_[index];
  return a.pass == pass_ && a.serial == serial ? &a.value : nullptr;
}

const Array& Gradients::operator[](const Var& x) const& {
  if (x.tape_)
    if (const Array* x_bar = find(x.index_, x.serial_)) return *x_bar;
  return zeros_.emplace_back(zeros(x.shape()));
}

const Array& Gradients::operator[](const Parameter& w) const& {
  for (const auto& [parameter, index] : parameters_)
    if (parameter == &w) return adjoints_[index].value;
  return zeros_.emplace_back(zeros(w.shape()));
}

bool Gradients::wants(const Operand& input) const {
  return !input.is_number && tape_->node(input.var).needs_gradient;
}

std::pair<Array&, bool> Gradients::at(const Var& x) {
  const bool holds_terms = find(x.index_, x.serial_);
  if (adjoints_.size() <= x.index_) adjoints_.resize(x.index_ + 1);
  Tape::Adjoint& a = adjoints_[x.index_];
  if (!holds_terms) {
    const Node& node = tape_->node(x);
    if (node.parameter) parameters_.emplace_back(node.parameter, x.index_);
    a.pass = pass_, a.serial = x.serial_;
    resize(a.value, node.value->shape());
  }
  return {a.value, holds_terms};
}

void Gradients::walk(Var y, const Array& y_bar, std::size_t begin) {
  Observer* const observer = tape_->observer_;
  for (std::size_t i = y.index_ + 1; i-- > begin;) {
    // Pass over what has no rule, and what nothing arrived at. Nothing is added to ȳ, so it is read in place.
    const Node& node = tape_->node(i);
    const Array* const g = i == y.index_ ? &y_bar : find(i, node.serial);
    if (!node.rule || !g) continue;

    // Apply the rule, which adds a term to the adjoint of each input.
    tape_->check_inputs_unchanged(node);
    if (observer) observer->started();
    node.rule->pull(node, tape_->var(i), *g, *this);

    for (std::size_t k = 0; observer && k < node.inputs.size(); ++k)
      if (const Var& x = node.inputs[k].var;
          const Array* x_bar = x.has_value() ? find(x.index_, x.serial_) : nullptr)
        observer->pulled(*tape_, i, k, *x_bar);
  }

  // Keep ȳ for g[y]; or add it, if y stands before `begin` and others use it.
  const auto [kept, add] = at(y);
  copy_or_add(y_bar.size(), y_bar.data(), kept.data(), add);
}

Gradients backward(Var loss) {
  if (loss.value().size() != 1)
    throw std::invalid_argument("[backward] the loss has shape " + to_string(loss.shape()) +
                                ", not one element");
  if (debug()) check_finite_loss(loss.item());
  return backward(loss, full(loss.shape(), 1));
}

Gradients backward(Var y, const Array& y_bar) {
  if (y_bar.shape() != y.shape())
    throw std::invalid_argument("[backward] the adjoint has shape " + to_string(y_bar.shape()) +
                                ", but its Var " + to_string(y.shape()));
  Tape& tape = y.tape();
  tape.check_current("backward");
  if (!tape.node(y).needs_gradient)
    throw std::logic_error("[backward] the loss depends on nothing that was recorded");

  Gradients g(tape);
  g.walk(y, y_bar, 0);
  return g;
}

}  // namespace autograd
