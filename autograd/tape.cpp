// The tape: recording, leaves, scopes. Next: backward.h, the reverse pass.
#include "autograd/tape.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "autograd/debug.h"
#include "autograd/observer.h"
#include "autograd/simd.h"

namespace autograd {

namespace {

thread_local Tape* current_tape = nullptr;
std::atomic<std::uint64_t> tape_count = 0;

Var make_leaf(const char* op, const Array& value, bool needs_gradient) {
  Tape& tape = Tape::current();
  tape.start();
  Node& node = tape.append(op, nullptr, 0);
  resize(node.storage, value.shape());
  copy_or_add(value.size(), value.data(), node.storage.data(), false);
  node.needs_gradient = needs_gradient;
  return tape.finish();
}

}  // namespace

Var::Var(const Parameter& parameter) : Var(Tape::current().leaf(parameter)) {}

void Var::throw_invalid() const {
  throw std::logic_error(tape_ ? "[tape] a Var is used after its step was rewound, or on another tape"
                               : "[tape] a Var is used that was never given a value");
}

std::size_t Var::rows() const {
  const Shape& s = shape();
  if (s.empty()) throw std::invalid_argument("[rows] a scalar has no rows");
  return s[0];
}

Real Var::item() const {
  const Array& v = value();
  if (v.size() != 1)
    throw std::invalid_argument("[item] a Var of shape " + to_string(v.shape()) + " is not one number");
  return v.data()[0];
}

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

std::size_t Tape::bytes() const {
  std::size_t count = 0;
  for (const auto& block : blocks_)
    for (const Node& node : block) count += node.storage.size();
  for (const auto& adjoints : *buffers_)
    for (const Adjoint& a : adjoints) count += a.value.size();
  return count * sizeof(Real) + block * blocks_.size() * sizeof(Node);
}

void Tape::start() const {
  if (observer_) observer_->started();
}

Node& Tape::append(const char* op, const Operand* inputs, std::size_t input_count) {
  if (size_ == block * blocks_.size()) blocks_.emplace_back();
  Node& node = blocks_[size_ / block][size_ % block];
  ++size_;
  node.clear_rule();
  node.op = op;
  node.value = &node.storage;
  node.parameter = nullptr;
  node.serial = ++last_serial_;
  node.needs_gradient = false;
  node.inputs.assign(inputs, inputs + input_count);
  return node;
}

Var Tape::finish() {
  if (observer_) observer_->computed(*this, size_ - 1);
  return var(size_ - 1);
}

Var Tape::leaf(const Parameter& parameter) {
  const bool held = !constants_.empty() && constants_.count(&parameter);
  const auto found = leaves_.find(&parameter);
  if (!held && found != leaves_.end() && found->second < size_) {
    const Node& node = this->node(found->second);
    const bool current = node.parameter == &parameter && node.parameter_version == parameter.version_;
    if (current && (node.needs_gradient || !recording_)) return var(found->second);
  }

  start();
  Node& node = append("parameter", nullptr, 0);
  node.value = &parameter.value_;
  node.parameter = &parameter;
  node.parameter_version = parameter.version_;
  node.needs_gradient = recording_ && !held;
  const Var leaf = finish();
  if (!held) leaves_[&parameter] = leaf.index_;
  return leaf;
}

void Tape::check_inputs_unchanged(const Node& node) const {
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    if (node.inputs[k].is_number) continue;
    const Node& input = this->node(node.inputs[k].var);
    if (input.parameter && input.parameter->version_ != input.parameter_version)
      throw std::logic_error("[backward] a parameter of shape " + to_string(input.parameter->shape()) +
                             " was changed after it was used");
  }
}

void Tape::check_current(const char* op) const {
  if (this != &current())
    throw std::logic_error(std::string("[") + op +
                           "] the Var is on another tape than the current one, where rules record");
}

Scope::Scope(bool recording, bool keep)
    : tape_(Tape::current()), size_(tape_.size()), recording_(tape_.recording_), keep_(keep) {
  tape_.recording_ = recording;
}

Scope::~Scope() {
  // A reference to a value that leaves the tape then reads NaN, not what the next step stores there.
  for (std::size_t i = size_; debug() && !keep_ && i < tape_.size_; ++i)
    blot(tape_.blocks_[i / Tape::block][i % Tape::block].storage);
  if (!keep_) tape_.size_ = size_;
  tape_.recording_ = recording_;
}

Var variable(const Array& value) { return make_leaf("variable", value, Tape::current().recording()); }

Var constant(const Array& value) { return make_leaf("constant", value, false); }

}  // namespace autograd
