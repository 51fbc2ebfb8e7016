// The tape: what was computed, in the order in which it was computed, so that it can be walked backwards.
//
// Reverse-mode automatic differentiation (Speelpenning 1980; Griewank & Walther 2008, ch. 3). Every operation
// appends a node that holds its value and the rule for its adjoint. For y = f(x₁, x₂, …) and a scalar loss,
// write x̄ for ∂loss/∂x; the rule says x̄ₖ += (∂y/∂xₖ)ᵀ ȳ. `backward` applies the rules from the loss back.
//
//     Step step;  // what is recorded below leaves the tape at the end of the block
//     Var loss = mean(square(affine(x, W, b) - y));
//     Gradients g = backward(loss);
//     ... g[W] ...  // an array of W's shape
//
// Without a Step the tape grows. Steps and Tapes end in the reverse order of their beginning, as blocks do,
// and belong to one thread.
//
// Read next: tape.cpp; backward.h (the reverse pass); record.h (how an operation is written).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "autograd/parameter.h"

namespace autograd {

class Gradients;
class Observer;
class RecordedGradients;
class Tape;
struct Node;

// A value on the tape. Small: copy it freely. std::logic_error when used after its step, or on another tape.
class Var {
 public:
  Var() = default;
  Var(const Parameter& parameter);
  Var(Parameter&& parameter) = delete;  // it would not outlive the step

  const Array& value() const;
  const Shape& shape() const { return value().shape(); }
  std::size_t rows() const;  // the length of the first axis; std::invalid_argument if there is none
  Real item() const;         // the value of a Var of one element; std::invalid_argument otherwise

  bool has_value() const { return tape_ != nullptr; }
  std::size_t index() const { return index_; }  // its node's place on the tape
  Tape& tape() const { return *tape_; }

 private:
  friend class Tape;
  friend class Gradients;
  friend class RecordedGradients;
  Var(Tape* tape, std::uint32_t index, std::uint64_t serial) : tape_(tape), index_(index), serial_(serial) {}
  [[noreturn]] void throw_invalid() const;  // throws: it has no node
  Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint64_t serial_ = 0;
};

// What an operation takes: a Var, or a number that stands for an array of it.
struct Operand {
  Operand() = default;
  Operand(Var var) : var(var) {}
  Operand(const Parameter& parameter) : var(parameter) {}
  Operand(Parameter&& parameter) = delete;
  Operand(Real number) : number(number), is_number(true) {}
  Var var;
  Real number = 0;
  bool is_number = false;
};

// Leaves of the graph. Both copy the array onto the tape; only `variable` has a gradient.
Var variable(const Array& value);
Var constant(const Array& value);

// ---- inside the tape --------------------------------------------------------------------------------------

// The rule of one node: adds (∂y/∂xₖ)ᵀ ȳ to the adjoint x̄ₖ of every input k that wants it. `g` is ȳ. Both
// functions follow from one formula (record.h).
class Rule {
 public:
  virtual ~Rule() = default;
  virtual void pull(const Node& node, Var y, const Array& g, Gradients& x_bar) const = 0;  // on arrays
  virtual void pull(const Node& node, Var y, Var g, RecordedGradients& x_bar) const = 0;   // recorded
};

// One operation that was done: its inputs, its value, and its rule if a gradient may be asked for.
struct Node {
  Node() = default;
  Node(const Node&) = delete;
  ~Node() { clear_rule(); }

  const char* op = "";
  const Array* value = nullptr;  // own storage, or the parameter's array
  Array storage;                 // kept when the slot is used again, so that memory is flat over steps
  xt::svector<Operand, 4> inputs;
  const Parameter* parameter = nullptr;
  std::uint64_t parameter_version = 0;
  std::uint64_t serial = 0;  // different for every use of the slot
  bool needs_gradient = false;
  Rule* rule = nullptr;

  template <class R>
  void set_rule(R r) {
    static_assert(sizeof(R) <= sizeof(rule_storage), "this rule captures more than a node has room for");
    rule = new (rule_storage) R(std::move(r));
  }
  void clear_rule() {
    if (rule) rule->~Rule();
    rule = nullptr;
  }

 private:
  alignas(std::max_align_t) unsigned char rule_storage[256];
};

// A row of nodes in creation order. A thread always has a current tape; a Tape of your own is current until
// its block ends.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  static Tape& current();

  std::size_t size() const { return size_; }
  const Node& node(std::size_t index) const { return blocks_[index / block][index % block]; }
  const Node& node(const Var& var) const {
    if (var.index_ >= size_ || node(var.index_).serial != var.serial_) var.throw_invalid();
    return node(var.index_);
  }
  bool recording() const { return recording_; }
  std::size_t bytes() const;  // held by nodes, and by adjoints that no Gradients uses

  // Recording an operation: start() before its value is computed, append() a node and write the value into
  // its `storage`, finish() for its Var. `op` must be a string literal: only the pointer is kept. Nodes have
  // stable addresses.
  void start() const;
  Node& append(const char* op, const Operand* inputs, std::size_t input_count);
  Var finish();
  Var leaf(const Parameter& parameter);
  Var var(std::size_t index) { return Var(this, std::uint32_t(index), node(index).serial); }

  // A rule reads the values of its inputs: std::logic_error if a parameter among them was changed since.
  void check_inputs_unchanged(const Node& node) const;
  void check_current(const char* op) const;  // std::logic_error naming the op if another tape is

 private:
  friend class HoldConstant;
  friend std::unordered_set<const Parameter*> held_constant();
  friend class Scope;
  friend class Observer;
  friend class Unobserved;
  friend class Gradients;
  friend class RecordedGradients;

  static constexpr std::size_t block = 16;  // nodes per allocation
  std::deque<std::array<Node, block>> blocks_;
  std::size_t size_ = 0;
  std::unordered_map<const Parameter*, std::uint32_t> leaves_;  // the newest leaf of each parameter
  std::uint64_t last_serial_ = 0;
  std::unordered_set<const Parameter*> constants_;  // recorded as constants (hold_constant.h)
  bool recording_ = true;
  Tape* outer_ = nullptr;
  Observer* observer_ = nullptr;

  // x̄ of one node, in a buffer that finished `backward` calls leave to the next ones.
  struct Adjoint {
    Array value;
    std::uint64_t pass = 0;    // the `backward` in which a term last arrived
    std::uint64_t serial = 0;  // the node that it arrived at
  };
  using Buffers = std::vector<std::vector<Adjoint>>;
  std::shared_ptr<Buffers> buffers_ = std::make_shared<Buffers>();  // shared: Gradients may outlive the tape
};

inline const Array& Var::value() const {
  if (!tape_) throw_invalid();
  return *tape_->node(*this).value;
}

// A block in which nodes keep their rules, if `recording`. At its end they leave the tape, unless `keep`.
class Scope {
 public:
  explicit Scope(bool recording, bool keep = false);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Tape& tape_;
  std::size_t size_;
  bool recording_, keep_;
};

// One step of training: records, and keeps memory flat over steps.
struct Step : Scope {
  Step() : Scope(true) {}
};

// Values only: no rules are kept, and memory does not grow over thousands of evaluations.
struct Evaluation : Scope {
  Evaluation() : Scope(false) {}
};

}  // namespace autograd
