// Trading time for memory: what lies between the inputs and the value of f is not kept, but computed again
// when the reverse pass needs it (Griewank & Walther 2000, "Revolve"; Chen et al. 2016, arXiv 1604.06174).
#include <algorithm>
#include <functional>

#include "autograd/backward.h"
#include "autograd/hold_constant.h"
#include "autograd/ops.h"

namespace autograd {

namespace {

// Runs f again, and continues the reverse pass through what it records, down to what f was given.
class CheckpointRule final : public Rule {
 public:
  CheckpointRule(std::function<Var()> f, ParameterSet held) : f_(std::move(f)), held_(std::move(held)) {}

  void pull(const Node& node, Var y, const Array& g, Gradients& x_bar) const override {
    Step step;
    const std::size_t begin = Tape::current().size();
    const Array y_bar = g;  // g may move when adjoints are added for the new nodes
    x_bar.walk(again(node, y), y_bar, begin);
  }

  void pull(const Node& node, Var y, Var g, RecordedGradients& x_bar) const override {
    const std::size_t begin = Tape::current().size();
    Var again_y;
    {
      const Scope recorded(true, true);  // kept: the gradients refer to it
      again_y = again(node, y);
    }
    x_bar.walk(again_y, g, begin);
  }

 private:
  // f's value, recorded this time. std::logic_error if f used or gave something else than before.
  Var again(const Node& node, Var y) const {
    const Tape& tape = Tape::current();
    const std::size_t begin = tape.size();
    const auto fail = [&](const std::string& what) {
      throw std::logic_error(std::string("[") + node.op + "] the function " + what);
    };
    const auto check_older = [&](Var x) {
      if (y.index() <= x.index() && x.index() < begin)
        fail(std::string("uses a ") + tape.node(x).op + " " + to_string(x.shape()) +
             " that came after it: does it capture a Var by reference?");
    };

    const HoldConstant as_then = HoldConstant::exactly(held_);
    const Var result = f_();
    if (result.shape() != node.value->shape())
      fail("gives " + to_string(result.shape()) + ", but gave " + to_string(node.value->shape()) + " before");
    check_older(result);
    for (std::size_t i = begin; i < tape.size(); ++i) {
      const Node& made = tape.node(i);
      if (made.parameter && !held_.count(made.parameter))
        fail("uses a parameter " + to_string(made.value->shape()) + " that it did not use before");
      for (const Operand& x : made.inputs)
        if (!x.is_number) check_older(x.var);
    }
    return result;
  }

  std::function<Var()> f_;
  ParameterSet held_;  // constant when it was recorded
};

}  // namespace

Var checkpoint(const std::function<Var()>& f) {
  Tape& tape = Tape::current();
  if (!tape.recording()) return f();
  tape.start();
  const ParameterSet held = held_constant();

  // Evaluate f, and collect what it uses from outside: Vars that a gradient may flow to, and parameters.
  Array value;
  std::vector<Var> used;
  std::vector<const Parameter*> parameters;
  {
    Evaluation scope;
    const std::size_t begin = tape.size();
    const auto use = [&](Var x) {
      if (const Parameter* const p = tape.node(x).parameter) {
        if (!held.count(p) && !std::count(parameters.begin(), parameters.end(), p)) parameters.push_back(p);
        return;
      }
      const bool known = std::any_of(used.begin(), used.end(), [&](Var u) { return u.index() == x.index(); });
      if (x.index() < begin && tape.node(x).needs_gradient && !known) used.push_back(x);
    };
    const Var y = f();
    value = y.value();
    use(y);
    for (std::size_t i = begin; i < tape.size(); ++i)
      for (const Operand& input : tape.node(i).inputs)
        if (!input.is_number) use(input.var);
  }
  for (const Parameter* p : parameters) used.push_back(*p);

  // Append one node, whose inputs are these.
  const std::vector<Operand> inputs(used.begin(), used.end());
  Node& node = tape.append("checkpoint", inputs.data(), inputs.size());
  node.storage = std::move(value);
  if (!used.empty()) {
    node.needs_gradient = true;
    node.set_rule(CheckpointRule(f, held));
  }
  return tape.finish();
}

}  // namespace autograd
