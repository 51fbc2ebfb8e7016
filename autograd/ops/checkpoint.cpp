// Trading time for memory: what is between the inputs and the value of f is not kept, but computed again when
// the reverse pass needs it (Griewank & Walther 2000, "Revolve"; Chen et al. 2016, arXiv 1604.06174).
#include <algorithm>
#include <functional>

#include "autograd/ops.h"

namespace autograd {

namespace {

// Its nodes know their inputs better than it does: the walk asks for them again (backward.cpp).
class AgainRule final : public Rule {
 public:
  explicit AgainRule(std::function<Var()> f) : f_(std::move(f)) {}
  bool reaches(std::size_t) const override { return true; }
  void pull(std::size_t, const Node&, const Array&, Array&, bool) const override {}
  Var pull(std::size_t, const Node&, Var, Var) const override { return Var(); }
  const std::function<Var()>* again() const override { return &f_; }

 private:
  std::function<Var()> f_;
};

}  // namespace

Var checkpoint(const std::function<Var()>& f) {
  Tape& tape = Tape::current();
  if (!tape.recording()) return f();

  Array value;
  std::vector<Var> used;  // from outside, that a gradient may flow to
  std::vector<const Parameter*> parameters;
  {
    Evaluation scope;
    const std::size_t begin = tape.size();
    const auto use = [&](Var x) {
      if (const Parameter* const p = tape.node(x).parameter) {
        if (std::count(parameters.begin(), parameters.end(), p) == 0) parameters.push_back(p);
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

  const std::vector<Operand> inputs(used.begin(), used.end());
  Node& node = tape.append("checkpoint", inputs.data(), inputs.size());
  node.storage = std::move(value);
  if (!used.empty()) {
    node.needs_gradient = true;
    node.set_rule(AgainRule(f));
  }
  return tape.finish();
}

}  // namespace autograd
