// The reverse pass, one walk for both its kinds: adjoints in arrays (`backward`), and recorded ones (`grad`),
// which can be differentiated again.
#include <stdexcept>
#include <unordered_set>
#include <utility>

#include "autograd/kernels/simd.h"
#include "autograd/observer.h"
#include "autograd/ops.h"
#include "autograd/tape.h"

namespace autograd {

Gradients::Gradients(Tape& tape) : spare_(tape.spare_), pass_(++tape.last_serial_) {
  if (spare_->empty()) return;
  adjoints_ = std::move(spare_->back());
  spare_->pop_back();
}

Gradients::~Gradients() {
  if (spare_) spare_->push_back(std::move(adjoints_));
}

const Array& Gradients::operator[](const Var& x) const& {
  if (x.tape_ && x.index_ < adjoints_.size()) {
    const Adjoint& a = adjoints_[x.index_];
    if (a.pass == pass_ && a.serial == x.serial_) return adjoints_[a.where].value;
  }
  return zeros_.emplace_back(zeros(x.shape()));
}

const Array& Gradients::operator[](const Parameter& w) const& {
  for (const auto& [parameter, index] : parameters_)
    if (parameter == &w) return adjoints_[adjoints_[index].where].value;
  return zeros_.emplace_back(zeros(w.shape()));
}

namespace {

// The tape is in creation order, so every node stands after its inputs: walking it in reverse, a node is met
// only when all that used it have added to its adjoint. With b = a + a and c = b + b: c̄ = 1; then b̄ = 1 + 1;
// only then ā = 2 + 2.
template <class Adjoints>
void walk(Tape& tape, std::size_t begin, std::size_t end, Adjoints& adjoints) {
  for (std::size_t i = end; i-- > begin;) {
    const Node& node = tape.node(i);
    if (!node.rule || !adjoints.arrived(i)) continue;
    tape.check_inputs_unchanged(node);
    if (node.rule->again()) {
      adjoints.pull_again(i);
      continue;
    }
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const Operand& input = node.inputs[k];
      if (!input.is_number && node.rule->reaches(k) && tape.node(input.var).needs_gradient)
        adjoints.pull(i, k);
    }
  }
}

// The value of node i, computed again from what it was made of, which is recorded.
Var made_again(Tape& tape, std::size_t i) {
  const Node& node = tape.node(i);
  const std::size_t begin = tape.size();
  const Var y = (*node.rule->again())();
  if (y.shape() != node.value->shape())
    throw std::logic_error(std::string("[") + node.op + "] the function gives " + to_string(y.shape()) +
                           ", but gave " + to_string(node.value->shape()) + " before");
  const auto check_older = [&](Var x) {
    if (i <= x.index() && x.index() < begin)
      throw std::logic_error(std::string("[") + node.op + "] the function uses a " + tape.node(x).op + " " +
                             to_string(x.shape()) +
                             " that came after it: does it capture a Var by reference?");
  };
  check_older(y);
  for (std::size_t j = begin; j < tape.size(); ++j) {
    if (tape.node(j).parameter)
      throw std::logic_error(std::string("[") + node.op + "] the function uses a parameter " +
                             to_string(tape.node(j).value->shape()) + " that it did not use before");
    for (const Operand& x : tape.node(j).inputs)
      if (!x.is_number) check_older(x.var);
  }
  return y;
}

// A variable that has another value until the end of a block.
template <class T>
class Meanwhile {
 public:
  Meanwhile(T& x, T value) : x_(x), before_(std::exchange(x, value)) {}
  ~Meanwhile() { x_ = before_; }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

 private:
  T& x_;
  T before_;
};

}  // namespace

// Adjoints in arrays: a contribution is added where it belongs.
struct ArrayAdjoints {
  Tape& tape;
  Var y;
  const Array& y_bar;  // nothing is added to it, so it is read where the caller has it
  std::uint64_t pass;
  std::vector<Adjoint>& x_bar;                                          // by node
  std::vector<std::pair<const Parameter*, std::uint32_t>>& parameters;  // that something arrived at
  bool hands_on = true;  // one array serves several, where a rule allows it

  bool arrived(std::size_t i) const { return i < x_bar.size() && x_bar[i].pass == pass; }

  const Array& value(std::size_t i) const {
    return x_bar[i].where == y.index() ? y_bar : x_bar[x_bar[i].where].value;
  }

  // Something arrives at x. False if it is the first.
  bool arrive(Var x) {
    const Node& node = tape.node(x);
    if (x_bar.size() <= x.index()) x_bar.resize(x.index() + 1);
    const bool again = std::exchange(x_bar[x.index()].pass, pass) == pass;
    x_bar[x.index()].serial = node.serial;
    if (!again && node.parameter) parameters.emplace_back(node.parameter, std::uint32_t(x.index()));
    return again;
  }

  // x's adjoint in an array of its own, and whether something has arrived there, to which the next is to be
  // added.
  std::pair<Array&, bool> at(Var x) {
    const bool add = arrive(x);
    Adjoint& target = x_bar[x.index()];
    const bool lent = add && target.where != x.index();
    if (!add || lent) resize(target.value, x.shape());
    if (lent) copy_or_add(target.value.size(), value(x.index()).data(), target.value.data(), false);
    target.where = std::uint32_t(x.index());
    return {target.value, add};
  }

  void pull(std::size_t i, std::size_t k) {
    const Node& node = tape.node(i);
    const Var x = node.inputs[k].var;
    Observer* const observer = tape.observer_;
    const double begun = tape.clock();
    if (hands_on && node.rule->hands_on(k) && !arrived(x.index()) && x.shape() == value(i).shape()) {
      arrive(x);
      x_bar[x.index()].where = x_bar[i].where;
    } else {
      const Meanwhile<Observer*> unobserved(tape.observer_,
                                            nullptr);  // what a rule computes on its way is its own affair
      const auto [target, add] = at(x);
      node.rule->pull(k, node, value(i), target, add);
    }
    if (observer) observer->pulled(tape, i, k, value(x.index()), Observer::now() - begun);
  }

  // What the node's value was made of is made again, walked, and rewound.
  void pull_again(std::size_t i) {
    Step step;
    const std::size_t begin = tape.size();
    const Var y = made_again(tape, i);
    const auto [target, add] = at(y);
    copy_or_add(target.size(), value(i).data(), target.data(), add);
    {
      const Meanwhile<bool> alone(hands_on, false);  // what is rewound can lend nothing
      walk(tape, begin, tape.size(), *this);
    }
    for (std::size_t j = begin; j < std::min(tape.size(), x_bar.size()); ++j)
      x_bar[j].pass = 0;  // their slots are used again
  }
};

// Recorded adjoints: a contribution is a Var, and adding is the recorded +. Only nodes that depend on the xs
// get one.
struct RecordedAdjoints {
  Tape& tape;
  std::vector<Var> x_bar;                // by node
  std::vector<bool> depends;             // by node, on an x
  std::unordered_set<std::uint64_t> xs;  // their serials

  bool arrived(std::size_t i) const { return i < x_bar.size() && x_bar[i].has_value(); }

  void mark(std::size_t begin, std::size_t end) {
    depends.resize(end);
    for (std::size_t i = begin; i < end; ++i) {
      const Node& node = tape.node(i);
      depends[i] = xs.count(node.serial) > 0;
      for (const Operand& input : node.inputs)
        depends[i] = depends[i] || (!input.is_number && depends[input.var.index()]);
    }
  }

  void add(Var x, Var term) {
    if (x_bar.size() <= x.index()) x_bar.resize(x.index() + 1);
    Var& target = x_bar[x.index()];
    target = target.has_value() ? target + term : term;
  }

  void pull(std::size_t i, std::size_t k) {
    const Node& node = tape.node(i);
    const Var x = node.inputs[k].var;
    if (!depends[x.index()]) return;
    const Var term = node.rule->pull(k, node, tape.var(i), x_bar[i]);
    if (term.shape() != x.shape())
      throw std::logic_error(std::string("[") + node.op + "] the rule gives " + to_string(term.shape()) +
                             " for an input " + to_string(x.shape()));
    add(x, term);
  }

  // Made again, and kept, since what follows refers to it.
  void pull_again(std::size_t i) {
    const std::size_t begin = tape.size();
    Var y;
    {
      const Meanwhile<bool> recording(tape.recording_, true);
      y = made_again(tape, i);
    }
    const std::size_t end = tape.size();
    mark(begin, end);
    add(y, x_bar[i]);
    walk(tape, begin, end, *this);
  }
};

Gradients backward(Var loss) {
  if (loss.value().size() != 1)
    throw std::invalid_argument("[backward] the loss has shape " + to_string(loss.shape()) +
                                ", not one element");
  return backward(loss, full(loss.shape(), 1));
}

Gradients backward(Var y, const Array& y_bar) {
  if (y_bar.shape() != y.shape())
    throw std::invalid_argument("[backward] the adjoint has shape " + to_string(y_bar.shape()) +
                                ", but its Var " + to_string(y.shape()));
  Tape& tape = *y.tape_;
  tape.check_current("backward");
  if (!tape.node(y).needs_gradient)
    throw std::logic_error("[backward] the loss depends on nothing that was recorded");

  Gradients g(tape);
  if (g.adjoints_.size() <= y.index_) g.adjoints_.resize(y.index_ + 1);
  ArrayAdjoints adjoints{tape, y, y_bar, g.pass_, g.adjoints_, g.parameters_};
  adjoints.at(y);
  walk(tape, 0, y.index_ + 1, adjoints);
  // For g[y], and for those that ȳ was handed on to.
  copy_or_add(y_bar.size(), y_bar.data(), g.adjoints_[y.index_].value.data(), false);
  return g;
}

// The same walk, recorded.
std::vector<Var> grad(Var y, const std::vector<Var>& xs) {
  if (y.value().size() != 1)
    throw std::invalid_argument("[grad] y has shape " + to_string(y.shape()) + ", not one element");
  Tape& tape = *y.tape_;
  tape.check_current("grad");
  for (const Var& x : xs) tape.node(x);  // alive, and on this tape
  RecordedAdjoints adjoints{tape, {}, {}, {}};
  for (const Var& x : xs) adjoints.xs.insert(x.serial_);
  adjoints.mark(0, y.index_ + 1);
  adjoints.add(y, constant(full(y.shape(), 1)));
  walk(tape, 0, y.index_ + 1, adjoints);

  std::vector<Var> gradients;
  for (const Var& x : xs)
    gradients.push_back(adjoints.arrived(x.index_) ? adjoints.x_bar[x.index_] : constant(zeros(x.shape())));
  return gradients;
}

}  // namespace autograd
