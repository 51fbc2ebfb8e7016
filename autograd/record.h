// How an operation is written: its value, and under it one rule per input for the adjoint.
//
//     // y = tanh x        x̄ += ȳ (1 − y²)
//     Var tanh(Var x) {
//       return elementwise("tanh", {x},
//                          [](auto x) { return tanh(x); },
//                          [](auto g, auto, auto y) { return g * (1 - y * y); });
//     }
//
// g is the adjoint ȳ of the output. A rule may take (g), (g, inputs…) or (g, inputs…, y) and returns the term
// of its input's adjoint; nullptr in its place says that no gradient flows there. Each rule is written once,
// generic in its arguments, and serves twice: on numbers it runs over the arrays in one pass; on Vars it
// records, so that gradients can be differentiated again.
//
// Next: elementwise.cpp, then product.cpp, sums.cpp and shape.cpp, for the operations themselves.
#pragma once

#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include "autograd/kernels/simd.h"
#include "autograd/tape.h"

namespace autograd {

Var broadcast_to(Var x, const Shape& shape);

// The shape to which these operands broadcast, as in NumPy. std::invalid_argument names the op and both
// shapes.
Shape broadcast_shape(const char* op, const Operand* inputs, std::size_t count);

// The rule of an input whose term is the output's adjoint itself: x̄ += ȳ. Nothing needs to be computed for
// it.
struct HandOn {
  template <class G>
  G operator()(const G& g) const {
    return g;
  }
};
inline constexpr HandOn hand_on;

namespace detail {

// rule(g), rule(g, inputs…) or rule(g, inputs…, y), whichever it takes
template <class R, class G, class Y, class... X>
auto apply_rule(const R& rule, const G& g, const Y& y, const X&... x) {
  if constexpr (std::is_invocable_v<R, G, X..., Y>) {
    return rule(g, x..., y);
  } else if constexpr (std::is_invocable_v<R, G, X...>) {
    (void)y;
    return rule(g, x...);
  } else {
    (void)y, ((void)x, ...);
    return rule(g);
  }
}

// A number among the operands becomes a scalar Var when a rule is recorded.
inline Var as_var(const Operand& operand) {
  return operand.is_number ? constant(full({}, operand.number)) : operand.var;
}

inline LaneInput as_lanes(const Operand& operand) {
  return operand.is_number ? LaneInput(operand.number) : LaneInput(operand.var.value().data());
}

// What every rule shares: choosing the input's own rule, and recording it on Vars.
template <class... Rules>
class RuleBase : public Rule {
 public:
  explicit RuleBase(Rules... rules) : rules_(std::move(rules)...) {}

  static constexpr bool reached[] = {!std::is_same_v<Rules, std::nullptr_t>...};
  bool reaches(std::size_t input) const override { return reached[input]; }
  static constexpr bool handed_on[] = {std::is_same_v<Rules, HandOn>...};
  bool hands_on(std::size_t input) const override { return handed_on[input]; }

  Var pull(std::size_t input, const Node& node, Var y, Var g) const override {
    Var term;
    choose(input, [&](const auto& rule) {
      term =
          with_inputs(node, indices, as_var, [&](const auto&... x) { return apply_rule(rule, g, y, x...); });
    });
    return term;
  }

 protected:
  static constexpr auto indices = std::make_index_sequence<sizeof...(Rules)>();

  // f(rule of this input)
  template <class F>
  void choose(std::size_t input, const F& f) const {
    choose_among(input, f, indices);
  }

  // f(view(input₁), view(input₂), …)
  template <std::size_t... I, class View, class F>
  static auto with_inputs(const Node& node, std::index_sequence<I...>, const View& view, const F& f) {
    return f(view(node.inputs[I])...);
  }

 private:
  template <class F, std::size_t... I>
  void choose_among(std::size_t input, const F& f, std::index_sequence<I...>) const {
    const auto try_one = [&](std::size_t i, const auto& rule) {
      if constexpr (!std::is_same_v<std::decay_t<decltype(rule)>, std::nullptr_t>)
        if (i == input) f(rule);
    };
    (try_one(I, std::get<I>(rules_)), ...);
  }

  std::tuple<Rules...> rules_;
};

template <class... Rules>
class ElementwiseRule final : public RuleBase<Rules...> {
  using Base = RuleBase<Rules...>;

 public:
  using Base::Base;
  using Base::pull;

  void pull(std::size_t input, const Node& node, const Array& g, Array& target, bool add) const override {
    this->choose(input, [&](const auto& rule) {
      Base::with_inputs(node, Base::indices, as_lanes, [&](const auto&... x) {
        const auto term = [&rule](Lane g, Lane y, auto... x) -> Lane { return apply_rule(rule, g, y, x...); };
        for_each_lane(target.size(), target.data(), add, term, {g.data(), node.value->data(), x...});
      });
    });
  }
};

template <class... Rules>
class ArrayRule final : public RuleBase<Rules...> {
  using Base = RuleBase<Rules...>;

 public:
  using Base::Base;
  using Base::pull;

  void pull(std::size_t input, const Node& node, const Array& g, Array& target, bool add) const override {
    const auto as_array = [](const Operand& operand) -> const Array& { return operand.var.value(); };
    this->choose(input, [&](const auto& rule) {
      Base::with_inputs(node, Base::indices, as_array, [&](const auto&... x) {
        const auto term = apply_rule(rule, g, *node.value, x...);
        if (term.shape() != target.shape())
          throw std::logic_error(std::string("[") + node.op + "] the rule gives " + to_string(term.shape()) +
                                 " for an input " + to_string(target.shape()));
        term.into(target, add);
      });
    });
  }
};

// Rules on Vars alone. For arrays they are evaluated on Vars too, without recording, and the value is taken.
template <class... Rules>
class CustomRule final : public RuleBase<Rules...> {
 public:
  using RuleBase<Rules...>::pull;
  explicit CustomRule(Var y, Rules... rules) : RuleBase<Rules...>(std::move(rules)...), y_(y) {}

  void pull(std::size_t input, const Node& node, const Array& g, Array& target, bool add) const override {
    Evaluation scope;
    const Array& term = pull(input, node, y_, constant(g)).value();
    if (term.shape() != target.shape())
      throw std::logic_error(std::string("[") + node.op + "] the rule gives " + to_string(term.shape()) +
                             " for an input " + to_string(target.shape()));
    copy_or_add(term.size(), term.data(), target.data(), add);
  }

 private:
  Var y_;
};

// True if some input both needs a gradient and is reached by its rule.
template <class... Rules>
bool needs_gradient(const Tape& tape, const Operand* inputs) {
  bool needed = false;
  for (std::size_t i = 0; i < sizeof...(Rules); ++i)
    needed |=
        RuleBase<Rules...>::reached[i] && !inputs[i].is_number && tape.node(inputs[i].var).needs_gradient;
  return needed && tape.recording();
}

template <std::size_t... I, class Value>
void elementwise_value(Node& node, std::index_sequence<I...>, const Value& value) {
  const auto f = [&value](auto... x) -> Lane { return value(x...); };
  for_each_lane(node.storage.size(), node.storage.data(), false, f, {as_lanes(node.inputs[I])...});
}

}  // namespace detail

// An operation on numbers, applied to every element; operands of different shapes are broadcast first (by
// `broadcast_to`, whose own rule sums the adjoint back), so no formula mentions it.
template <std::size_t N, class Value, class... Rules>
Var elementwise(const char* op, const Operand (&operands)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  const Shape shape = broadcast_shape(op, operands, N);
  std::array<Operand, N> inputs;
  for (std::size_t i = 0; i < N; ++i) {
    const Operand& x = operands[i];
    inputs[i] = x.is_number || x.var.shape() == shape ? x : Operand(broadcast_to(x.var, shape));
  }

  Tape& tape = Tape::current();
  Node& node = tape.append(op, inputs.data(), N);
  resize(node.storage, shape);
  detail::elementwise_value(node, std::make_index_sequence<N>(), value);
  if (detail::needs_gradient<Rules...>(tape, inputs.data())) {
    node.needs_gradient = true;
    node.set_rule(detail::ElementwiseRule<Rules...>(rules...));
  }
  return tape.finish();
}

// An operation on whole arrays. On arrays, the value and the rules return work: an object with `shape()` and
// `into(Array& out, bool add)` that writes or adds itself, so that products and slices accumulate without
// copies (array_ops.h).
template <std::size_t N, class Value, class... Rules>
Var record(const char* op, const Var (&vars)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  std::array<Operand, N> inputs;
  std::array<const Array*, N> arrays;
  for (std::size_t i = 0; i < N; ++i) inputs[i] = vars[i], arrays[i] = &vars[i].value();
  const auto work = std::apply([&](const auto*... x) { return value(*x...); }, arrays);

  Tape& tape = Tape::current();
  Node& node = tape.append(op, inputs.data(), N);
  resize(node.storage, work.shape());
  work.into(node.storage, false);
  if (detail::needs_gradient<Rules...>(tape, inputs.data())) {
    node.needs_gradient = true;
    node.set_rule(detail::ArrayRule<Rules...>(rules...));
  }
  return tape.finish();
}

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
// The name must be a literal, because its address is kept. std::logic_error in the reverse pass if a rule
// gives another shape than its input's.
template <std::size_t N, class Value, class... Rules>
Var custom(const char* op, const Var (&vars)[N], const Value& value, const Rules&... rules) {
  static_assert(N == sizeof...(Rules), "one rule per input");
  std::array<Operand, N> inputs;
  std::array<const Array*, N> arrays;
  for (std::size_t i = 0; i < N; ++i) inputs[i] = vars[i], arrays[i] = &vars[i].value();
  Tape& tape = Tape::current();
  const double begun = tape.clock();
  Array y = std::apply([&](const auto*... x) { return value(*x...); }, arrays);
  Node& node = tape.append(op, inputs.data(), N);
  node.storage = std::move(y);
  const Var result = tape.finish(begun);
  if (detail::needs_gradient<Rules...>(tape, inputs.data())) {
    node.needs_gradient = true;
    node.set_rule(detail::CustomRule<Rules...>(result, rules...));
  }
  return result;
}

}  // namespace autograd
