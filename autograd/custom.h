// An operation of your own: its value as an array, from arrays, by whatever means; and a rule per input on
// Vars, out of operations that have rules themselves. No template needs to be understood to write one:
//
//     // y = x³        x̄ += ȳ 3x²
//     Var cube(Var x) {
//       return custom("cube", {x},
//                     [](const Array& x) { Array y = x; for (Real& v : y) v = v * v * v; return y; },
//                     [](Var g, Var x) { return g * 3 * square(x); });
//     }
//
// It is differentiable to any order that its rules are.
#pragma once

#include "autograd/observer.h"
#include "autograd/record.h"

namespace autograd {

namespace detail {

// Rules on Vars alone. For arrays they are evaluated on Vars too, without recording, and the value is taken.
template <class... Rules>
class CustomRule final : public InputRules<Rules...> {
 public:
  using InputRules<Rules...>::InputRules;
  using InputRules<Rules...>::pull;

  void pull(const Node& node, Var y, const Array& g, Gradients& x_bar) const override {
    const Unobserved unobserved;
    this->each_wanted(node, x_bar, [&](const Operand& input, const auto& rule) {
      Evaluation scope;
      const Var term =
          this->with_inputs(node, as_var, [&](auto... x) { return apply_rule(rule, constant(g), y, x...); });
      const auto [target, add] = x_bar.at(input.var);
      check_term(node.op, term.shape(), target.shape());
      copy_or_add(target.size(), term.value().data(), target.data(), add);
    });
  }
};

}  // namespace detail

// `op` must be a string literal: only the pointer is kept. std::logic_error in the reverse pass if a rule
// gives another shape than its input's.
template <std::size_t N, class Value, class... Rules>
Var custom(const char* op, const Var (&vars)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  std::array<Operand, N> inputs;
  std::copy_n(vars, N, inputs.begin());
  Tape& tape = Tape::current();
  tape.start();
  Array y = std::apply([&](const auto&... x) { return value(x.var.value()...); }, inputs);
  Node& node = tape.append(op, inputs.data(), N);
  node.storage = std::move(y);
  detail::set_rules<detail::CustomRule>(tape, node, rules...);
  return tape.finish();
}

}  // namespace autograd
