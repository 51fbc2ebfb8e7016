// How an operation is written: its value, and under it one rule per input for the adjoint.
//
//     // y = eˣ           x̄ += ȳ y
//     Var exp(Var x) {
//       return elementwise("exp", {x},
//                          [](auto x) { return exp(x); },
//                          [](auto g, auto, auto y) { return g * y; });
//     }
//
// g is the adjoint ȳ of the output. A rule may take (g), (g, inputs…) or (g, inputs…, y) and returns the term
// of its input's adjoint; nullptr in its place says that no gradient flows there. Each rule is written once,
// generic in its arguments, and serves twice: on SIMD registers (Lane, simd.h) it runs over the
// arrays in one pass; on Vars it records, so that gradients can be differentiated again.
//
// Next: ops/elementwise.cpp, then ops/product.cpp, ops/broadcast.cpp and ops/shape.cpp, the operations.
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>
#include <type_traits>

#include "autograd/backward.h"
#include "autograd/grad.h"
#include "autograd/simd.h"

namespace autograd {

Var broadcast_to(Var x, const Shape& shape);

// The shape to which these operands broadcast, as in NumPy. std::invalid_argument names op and shapes.
Shape broadcast_shape(const char* op, const Operand* inputs, std::size_t count);

namespace detail {

// rule(g), rule(g, inputs…) or rule(g, inputs…, y), whichever it takes
template <class R, class G, class Y, class... X>
auto apply_rule(const R& rule, const G& g, [[maybe_unused]] const Y& y, [[maybe_unused]] const X&... x) {
  if constexpr (std::is_invocable_v<R, G, X..., Y>)
    return rule(g, x..., y);
  else if constexpr (std::is_invocable_v<R, G, X...>)
    return rule(g, x...);
  else
    return rule(g);
}

// std::logic_error unless the term of an input has the input's shape.
inline void check_term(const char* op, const Shape& term, const Shape& input) {
  if (term != input)
    throw std::logic_error(std::string("[") + op + "] the rule gives " + to_string(term) + " for an input " +
                           to_string(input));
}

// A number among the inputs becomes a scalar Var.
inline Var as_var(const Operand& x) { return x.is_number ? constant(full({}, x.number)) : x.var; }

// How a rule on numbers runs on arrays: in registers, over all elements.
struct OnNumbers {
  static LaneInput view(const Operand& x) {
    return x.is_number ? LaneInput(x.number) : LaneInput(x.var.value().data());
  }
  template <class R, class... X>
  static void pull(const R& rule, const Node& node, Var, const Array& g, Array& target, bool add,
                   const X&... x) {
    const auto term = [&rule](Lane g, Lane y, auto... x) -> Lane { return apply_rule(rule, g, y, x...); };
    for_each_lane(target.size(), target.data(), add, term, {g.data(), node.value->data(), x...});
  }
};

// How a rule on arrays runs: it returns an ArrayWork, whose into(target, add) stores the term.
struct OnArrays {
  static const Array& view(const Operand& x) { return x.var.value(); }
  template <class R, class... X>
  static void pull(const R& rule, const Node& node, Var, const Array& g, Array& target, bool add,
                   const X&... x) {
    const auto term = apply_rule(rule, g, *node.value, x...);
    check_term(node.op, term.shape(), target.shape());
    term.into(target, add);
  }
};

// The rules of a node's inputs, nullptr where no gradient flows. `How` runs them on arrays.
template <class How, class... Rules>
class InputRules final : public Rule {
 public:
  explicit InputRules(Rules... rules) : rules_(std::move(rules)...) {}

  static constexpr bool reaches[] = {!std::is_same_v<Rules, std::nullptr_t>...};

  void pull(const Node& node, Var y, const Array& g, Gradients& x_bar) const override {
    each_wanted(node, x_bar, [&](const Operand& input, const auto& rule) {
      const auto at = x_bar.at(input.var);
      const auto pull_one = [&](const auto&... x) { How::pull(rule, node, y, g, at.first, at.second, x...); };
      with_inputs(node, How::view, pull_one, all);
    });
  }

  void pull(const Node& node, Var y, Var g, RecordedGradients& x_bar) const override {
    each_wanted(node, x_bar, [&](const Operand& input, const auto& rule) {
      Var term;
      with_inputs(
          node, as_var, [&](const auto&... x) { term = apply_rule(rule, g, y, x...); }, all);
      check_term(node.op, term.shape(), input.var.shape());
      x_bar.add(input.var, term);
    });
  }

 private:
  // f(input, rule) for every input that has a rule, and wants its term
  template <class Adjoints, class F>
  void each_wanted(const Node& node, const Adjoints& x_bar, const F& f) const {
    std::size_t k = 0;
    const auto one = [&](const auto& rule) {
      const Operand& input = node.inputs[k++];
      if constexpr (!std::is_same_v<std::decay_t<decltype(rule)>, std::nullptr_t>)
        if (x_bar.wants(input)) f(input, rule);
    };
    std::apply([&](const auto&... rule) { (one(rule), ...); }, rules_);
  }

  // f(view(input₁), view(input₂), …)
  template <class View, class F, std::size_t... I>
  static void with_inputs(const Node& node, const View& view, const F& f, std::index_sequence<I...>) {
    f(view(node.inputs[I])...);
  }
  static constexpr auto all = std::index_sequence_for<Rules...>();

  std::tuple<Rules...> rules_;
};

// Gives the node its rules if a gradient may be asked for: some input needs one, and has a rule.
template <class How, class... Rules>
void set_rules(const Tape& tape, Node& node, const Rules&... rules) {
  using R = InputRules<How, Rules...>;
  for (std::size_t k = 0; k < sizeof...(Rules); ++k)
    if (const Operand& x = node.inputs[k]; R::reaches[k] && !x.is_number && tape.recording())
      node.needs_gradient |= tape.node(x.var).needs_gradient;
  if (node.needs_gradient) node.set_rule(R(rules...));
}

}  // namespace detail

// An operation on numbers, applied to every element; operands of different shapes are broadcast first (by
// `broadcast_to`, whose own rule sums the adjoint back), so no formula mentions it.
template <std::size_t N, class Value, class... Rules>
Var elementwise(const char* op, const Operand (&operands)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  const Shape shape = broadcast_shape(op, operands, N);
  std::array<Operand, N> inputs;
  for (std::size_t k = 0; k < N; ++k) {
    const Operand& x = operands[k];
    inputs[k] = x.is_number || x.var.shape() == shape ? x : Operand(broadcast_to(x.var, shape));
  }

  Tape& tape = Tape::current();
  tape.start();
  Node& node = tape.append(op, inputs.data(), N);
  resize(node.storage, shape);
  const auto f = [&value](auto... x) -> Lane { return value(x...); };
  const auto compute = [&](const auto&... x) {
    for_each_lane(node.storage.size(), node.storage.data(), false, f, {detail::OnNumbers::view(x)...});
  };
  std::apply(compute, inputs);
  detail::set_rules<detail::OnNumbers>(tape, node, rules...);
  return tape.finish();
}

// An operation on whole arrays. On arrays, the value and the rules return an ArrayWork
// (kernels/array_work.h), which writes the result or adds it in place, so that products and slices accumulate
// without copies.
template <std::size_t N, class Value, class... Rules>
Var record(const char* op, const Var (&vars)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  std::array<Operand, N> inputs;
  std::copy_n(vars, N, inputs.begin());
  Tape& tape = Tape::current();
  tape.start();
  const auto work = std::apply([&](const auto&... x) { return value(x.var.value()...); }, inputs);
  Node& node = tape.append(op, inputs.data(), N);
  resize(node.storage, work.shape());
  work.into(node.storage, false);
  detail::set_rules<detail::OnArrays>(tape, node, rules...);
  return tape.finish();
}

}  // namespace autograd
