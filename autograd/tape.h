// The tape: what was computed, in the order in which it was computed, so that it can be walked backwards.
//
// Reverse-mode automatic differentiation (Speelpenning 1980; Griewank & Walther 2008, ch. 3). Every operation
// appends a node that holds its value and the rule for its adjoint. For y = f(x₁, x₂, …) and a scalar loss,
// write x̄ for ∂loss/∂x; the rule says x̄ᵢ += (∂y/∂xᵢ)ᵀ ȳ. `backward` walks the nodes from the loss to the
// start and applies the rules.
//
//     Step step;                              // what is recorded below is rewound at the end of this block
//     Var loss = mean(square(affine(x, W, b) - y));
//     Gradients g = backward(loss);
//     ... g[W] ...                            // an array of W's shape
//
// Adjoints belong to one call of `backward`: there is nothing to zero, and calling it twice counts nothing
// double. Without a Step the tape grows. Steps and Tapes end in the reverse order of their beginning, as
// blocks do, and belong to one thread. Read next: record.h (how an operation is written), then
// elementwise.cpp (the operations).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/array.h"

namespace autograd {

class Gradients;
class Observer;
class Tape;
class Var;
struct Node;

// An array that is learned. It outlives the steps it is used in.
class Parameter {
 public:
  Parameter() = default;
  explicit Parameter(Array value) : value_(std::move(value)) {}
  Parameter(const Parameter& other) : value_(other.value_) {}
  Parameter& operator=(const Parameter& other) {
    update() = other.value_;
    return *this;
  }

  const Array& value() const { return value_; }
  const Shape& shape() const { return value_.shape(); }

  // For changing the value. A `backward` through a use made before the change throws: its gradient would mix
  // two values.
  Array& update() {
    ++version_;
    return value_;
  }

 private:
  friend class Tape;
  Array value_;
  std::uint64_t version_ = 0;
};

// A value on the tape. Small: copy it freely. Throws std::logic_error when used after its step was rewound,
// or on another tape.
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

 private:
  friend class Tape;
  friend class Gradients;
  friend Gradients backward(Var y, const Array& y_bar);
  friend std::vector<Var> grad(Var y, const std::vector<Var>& xs);
  Var(Tape* tape, std::uint32_t index, std::uint64_t serial) : tape_(tape), index_(index), serial_(serial) {}
  [[noreturn]] void refuse() const;  // throws: it has no node
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

// Leaves of the graph: an array whose gradient is wanted, and one that is given (copied onto the tape).
Var variable(const Array& value);
Var constant(const Array& value);

// ---- inside the tape --------------------------------------------------------------------------------------

// x̄ of one node during one `backward`. As long as it is but another node's adjoint handed on (by a +), that
// one's array serves both.
struct Adjoint {
  Array value;
  std::uint64_t pass = 0;    // in which something arrived
  std::uint64_t serial = 0;  // of the node it then belonged to
  std::uint32_t where = 0;   // the node whose array serves, mostly its own
};

// x̄ᵢ += (∂y/∂xᵢ)ᵀ ȳ for one node, once on arrays and once recorded, from the same formula (record.h).
class Rule {
 public:
  virtual ~Rule() = default;
  virtual bool reaches(std::size_t input) const = 0;          // false: no gradient flows to this input
  virtual bool hands_on(std::size_t) const { return false; }  // true: this input's term is ȳ itself
  virtual void pull(std::size_t input, const Node& node, const Array& g, Array& target, bool add) const = 0;
  virtual Var pull(std::size_t input, const Node& node, Var y, Var g) const = 0;
  // What gives the value again, where nothing between it and the inputs was kept (checkpoint); nullptr for
  // every other operation.
  virtual const std::function<Var()>* again() const { return nullptr; }
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
    if (var.index_ >= size_ || node(var.index_).serial != var.serial_) var.refuse();
    return node(var.index_);
  }
  bool recording() const { return recording_; }
  std::size_t bytes() const;  // held by nodes, and by adjoints that no Gradients uses

  // "tanh [100,500] of affine [100,500]" for node `index`.
  std::string describe(std::size_t index) const;
  // The first node in creation order that holds an infinite value or NaN, described; empty if there is none.
  std::string first_non_finite() const;

  // Appends a node, whose value is then written into `storage`; and finishes that. The name is kept by its
  // address: a literal. Nodes have stable addresses.
  Node& append(const char* op, const Operand* inputs, std::size_t input_count);
  Var finish(double begun = 0);  // when that began, if before `append`
  Var leaf(const Parameter& parameter);
  Var var(std::size_t index) { return Var(this, std::uint32_t(index), node(index).serial); }

  // A rule reads the values of its inputs: std::logic_error if a parameter among them is not what it was.
  void check_inputs_unchanged(const Node& node) const;
  void check_current(const char* op) const;  // std::logic_error naming the op if another tape is
  double clock() const;                      // seconds, while something observes; 0 otherwise

 private:
  friend class Scope;
  friend class Observer;
  friend class Gradients;
  friend struct ArrayAdjoints;
  friend struct RecordedAdjoints;

  void rewind(std::size_t size) { size_ = size; }

  static constexpr std::size_t block = 16;  // one request for memory serves as many nodes
  std::deque<std::array<Node, block>> blocks_;
  std::size_t size_ = 0;
  std::unordered_map<const Parameter*, std::uint32_t> leaves_;  // a step has one node per parameter
  std::uint64_t last_serial_ = 0;
  bool recording_ = true;
  Tape* outer_ = nullptr;
  Observer* observer_ = nullptr;
  double begun_ = 0;  // when the last node was appended, for the observer
  // Adjoint buffers of finished backward calls, for the next ones. Shared, because Gradients may outlive the
  // tape.
  using Buffers = std::vector<std::vector<Adjoint>>;
  std::shared_ptr<Buffers> spare_ = std::make_shared<Buffers>();
};

inline const Array& Var::value() const {
  if (!tape_) refuse();
  return *tape_->node(*this).value;
}

// A block whose nodes are rewound at its end.
class Scope {
 public:
  explicit Scope(bool recording);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Tape& tape_;
  std::size_t size_;
  bool recording_;
};

// One step of training: records, and keeps memory flat over steps.
struct Step : Scope {
  Step() : Scope(true) {}
};

// Values only: no rules are kept, and memory does not grow over thousands of evaluations.
struct Evaluation : Scope {
  Evaluation() : Scope(false) {}
};

// ---- derivatives ------------------------------------------------------------------------------------------

// The adjoints of one backward call. g[w] has w's shape, and is zero where nothing flowed. The array lives as
// long as the Gradients; of a temporary one it is returned by value.
class Gradients {
 public:
  Gradients(Gradients&&) = default;
  ~Gradients();

  const Array& operator[](const Var& x) const&;
  const Array& operator[](const Parameter& w) const&;
  Array operator[](const Var& x) const&& { return static_cast<const Gradients&>(*this)[x]; }
  Array operator[](const Parameter& w) const&& { return static_cast<const Gradients&>(*this)[w]; }

 private:
  friend Gradients backward(Var y, const Array& y_bar);
  explicit Gradients(Tape& tape);

  std::shared_ptr<Tape::Buffers> spare_;
  std::uint64_t pass_;             // a number that no other backward has
  std::vector<Adjoint> adjoints_;  // by node; those of other passes are left as they are
  std::vector<std::pair<const Parameter*, std::uint32_t>> parameters_;  // met on the way, and their nodes
  mutable std::deque<Array> zeros_;
};

// ∂loss/∂x for every x that was recorded. The loss has one element (std::invalid_argument otherwise) and was
// recorded (std::logic_error otherwise).
Gradients backward(Var loss);

// x̄ = (∂y/∂x)ᵀ ȳ for a y of any shape, with ȳ given, which must live until this returns.
// std::invalid_argument if ȳ has another shape.
Gradients backward(Var y, const Array& y_bar);

// Recorded: the gradients of y with respect to the xs as Vars that can be differentiated again, zero where y
// does not depend on x. std::invalid_argument if y has not one element, std::logic_error for an x whose step
// was rewound.
std::vector<Var> grad(Var y, const std::vector<Var>& xs);

}  // namespace autograd
