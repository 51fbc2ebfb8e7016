// The tape: recording (leaves, scopes), and at the end of this file the reverse pass, twice: on arrays, and recorded.
#include "autograd/tape.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>

#include "autograd/ops.h"

namespace autograd {

namespace {

thread_local Tape* current_tape = nullptr;
std::atomic<std::uint64_t> tape_count = 0;

}  // namespace

// ---- Var --------------------------------------------------------------------------------------------------------------------

Var::Var(const Parameter& parameter) : Var(Tape::current().leaf(parameter)) {}

const Array& Var::value() const {
  if (!tape_) throw std::logic_error("[tape] a Var is used that was never given a value");
  return *tape_->node(*this).value;
}

std::size_t Var::rows() const {
  const Shape& s = shape();
  if (s.empty()) throw std::invalid_argument("[rows] a scalar has no rows");
  return s[0];
}

Real Var::item() const {
  const Array& v = value();
  if (v.size() != 1) throw std::invalid_argument("[item] a Var of shape " + to_string(v.shape()) + " is not one number");
  return v.data()[0];
}

// ---- Tape -------------------------------------------------------------------------------------------------------------------

// Serials differ between tapes too, so that a Var or a parameter's leaf of one is never taken for another's.
Tape::Tape() : last_serial_(++tape_count << 40), outer_(current_tape) { current_tape = this; }

Tape::~Tape() { current_tape = outer_; }

Tape& Tape::current() {
  if (!current_tape) {
    thread_local Tape first;  // becomes current by its construction
    current_tape = &first;
  }
  return *current_tape;
}

const Node& Tape::node(const Var& var) const {
  if (!var.tape_) throw std::logic_error("[tape] a Var is used that was never given a value");
  if (var.index_ >= size_ || nodes_[var.index_].serial != var.serial_)
    throw std::logic_error("[tape] a Var is used after its step was rewound, or on another tape");
  return nodes_[var.index_];
}

std::size_t Tape::bytes() const {
  std::size_t count = 0;
  for (const Node& node : nodes_) count += node.storage.size();
  for (const auto& adjoints : *spare_)
    for (const Adjoint& a : adjoints) count += a.value.size();
  return count * sizeof(Real) + nodes_.size() * sizeof(Node);
}

std::string Tape::describe(std::size_t index) const {
  const Node& node = nodes_[index];
  std::string text = std::string(node.op) + " " + to_string(node.value->shape());
  for (std::size_t i = 0; i < node.input_count; ++i) {
    const Operand& input = node.inputs[i];
    text += i ? ", " : " of ";
    if (input.is_number) {
      char number[32];
      std::snprintf(number, sizeof number, "%g", double(input.number));
      text += number;
    } else
      text += std::string(this->node(input.var).op) + " " + to_string(input.var.shape());
  }
  return text;
}

std::string Tape::first_non_finite() const {
  for (std::size_t i = 0; i < size_; ++i)
    if (!all_finite(*nodes_[i].value)) return describe(i);
  return "";
}

Node& Tape::append(const char* op, const Operand* inputs, std::size_t input_count) {
  if (size_ == nodes_.size()) nodes_.emplace_back();
  Node& node = nodes_[size_++];
  node.clear_rule();
  node.op = op;
  node.value = &node.storage;
  node.parameter = nullptr;
  node.serial = ++last_serial_;
  node.needs_gradient = false;
  node.input_count = input_count;
  std::copy_n(inputs, input_count, node.inputs.begin());
  return node;
}

Var Tape::last() { return var(size_ - 1); }

Var Tape::leaf(const Parameter& parameter) {
  const auto found = leaves_.find(&parameter);
  if (found != leaves_.end() && found->second < size_) {
    const Node& node = nodes_[found->second];
    const bool current = node.parameter == &parameter && node.parameter_version == parameter.version_;
    if (current && (node.needs_gradient || !recording_)) return var(found->second);
  }

  Node& node = append("parameter", nullptr, 0);
  node.value = &parameter.value_;
  node.parameter = &parameter;
  node.parameter_version = parameter.version_;
  node.needs_gradient = recording_;
  const Var leaf = last();
  leaves_[&parameter] = leaf.index_;
  return leaf;
}

// A rule reads the values of its inputs, so they must be what they were.
void Tape::check_inputs_unchanged(const Node& node) const {
  for (std::size_t k = 0; k < node.input_count; ++k) {
    if (node.inputs[k].is_number) continue;
    const Node& input = this->node(node.inputs[k].var);
    if (input.parameter && input.parameter->version_ != input.parameter_version)
      throw std::logic_error("[backward] a parameter of shape " + to_string(input.parameter->shape()) +
                             " was changed after it was used");
  }
}

Scope::Scope(bool recording) : tape_(Tape::current()), size_(tape_.size()), recording_(tape_.recording_) {
  tape_.recording_ = recording;
}

Scope::~Scope() {
  tape_.rewind(size_);
  tape_.recording_ = recording_;
}

namespace {

Var given(const char* op, const Array& value, bool needs_gradient) {
  Tape& tape = Tape::current();
  Node& node = tape.append(op, nullptr, 0);
  resize(node.storage, value.shape());
  std::copy_n(value.data(), value.size(), node.storage.data());
  node.needs_gradient = needs_gradient;
  return tape.last();
}

}  // namespace

Var variable(const Array& value) { return given("variable", value, Tape::current().recording()); }

Var constant(const Array& value) { return given("constant", value, false); }

// ---- derivatives ------------------------------------------------------------------------------------------------------------

Gradients::Gradients(Tape& tape) : spare_(tape.spare_) {
  if (spare_->empty()) return;
  adjoints_ = std::move(spare_->back());
  spare_->pop_back();
}

Gradients::~Gradients() {
  if (spare_) spare_->push_back(std::move(adjoints_));
}

const Array& Gradients::operator[](const Var& x) const& {
  if (x.tape_ && x.index_ < adjoints_.size() && adjoints_[x.index_].serial == x.serial_) return adjoints_[x.index_].value;
  return zeros_.emplace_back(zeros(x.shape()));
}

const Array& Gradients::operator[](const Parameter& w) const& {
  for (const auto& [parameter, index] : parameters_)
    if (parameter == &w) return adjoints_[index].value;
  return zeros_.emplace_back(zeros(w.shape()));
}

// The tape is in creation order, so every node stands after its inputs: walking it in reverse, a node is met only when all that
// used it have added to its adjoint. With b = a + a and c = b + b: c̄ = 1; then b̄ = 1 + 1; only then ā = 2 + 2.
Gradients backward(Var loss) {
  if (loss.value().size() != 1)
    throw std::invalid_argument("[backward] the loss has shape " + to_string(loss.shape()) + ", not one element");
  Tape& tape = *loss.tape_;
  if (!tape.node(loss).needs_gradient) throw std::logic_error("[backward] the loss depends on nothing that was recorded");

  Gradients g(tape);
  std::vector<Adjoint>& adjoints = g.adjoints_;
  if (adjoints.size() <= loss.index_) adjoints.resize(loss.index_ + 1);
  for (Adjoint& a : adjoints) a.serial = 0;

  Adjoint& seed = adjoints[loss.index_];
  resize(seed.value, loss.shape());
  seed.value.data()[0] = 1;
  seed.serial = loss.serial_;

  for (std::size_t i = loss.index_ + 1; i-- > 0;) {
    const Node& node = tape.nodes_[i];
    if (!adjoints[i].serial) continue;
    if (node.parameter) g.parameters_.emplace_back(node.parameter, std::uint32_t(i));
    if (!node.rule) continue;
    tape.check_inputs_unchanged(node);
    for (std::size_t k = 0; k < node.input_count; ++k) {
      const Operand& input = node.inputs[k];
      if (input.is_number || !node.rule->reaches(k) || !tape.node(input.var).needs_gradient) continue;
      Adjoint& target = adjoints[input.var.index_];
      const bool add = target.serial != 0;
      if (!add) resize(target.value, input.var.shape());
      target.serial = input.var.serial_;
      node.rule->pull(k, node, adjoints[i].value, target.value, add);
    }
  }
  return g;
}

// The same walk; here a contribution is a recorded Var, and adding is the recorded +.
std::vector<Var> grad(Var y, const std::vector<Var>& xs) {
  if (y.value().size() != 1) throw std::invalid_argument("[grad] y has shape " + to_string(y.shape()) + ", not one element");
  Tape& tape = *y.tape_;
  for (const Var& x : xs) tape.node(x);  // alive, and on this tape
  std::vector<Var> adjoints(y.index_ + 1);
  adjoints[y.index_] = constant(full(y.shape(), 1));

  for (std::size_t i = y.index_ + 1; i-- > 0;) {
    const Node& node = tape.nodes_[i];
    if (!adjoints[i].tape_ || !node.rule) continue;
    tape.check_inputs_unchanged(node);
    for (std::size_t k = 0; k < node.input_count; ++k) {
      const Operand& input = node.inputs[k];
      if (input.is_number || !node.rule->reaches(k) || !tape.node(input.var).needs_gradient) continue;
      Var& target = adjoints[input.var.index_];
      const Var term = node.rule->pull(k, node, tape.var(i), adjoints[i]);
      target = target.tape_ ? target + term : term;
    }
  }

  std::vector<Var> gradients;
  for (const Var& x : xs) {
    const bool reached = x.index_ < adjoints.size() && adjoints[x.index_].tape_;
    gradients.push_back(reached ? adjoints[x.index_] : constant(zeros(x.shape())));
  }
  return gradients;
}

}  // namespace autograd
