// Random graphs: a few operations on random small arrays and on earlier results, some of which are used more
// than once.
//
// There are two kinds of nodes. Some operations are listed here, and their operands, axes and flags are
// drawn. The others are the entries of tools/gradcheck/ops_table.h, whose inputs are moved a little by
// earlier results; so a new operation takes part at once. fuzz_test.cpp checks the derivatives of such
// graphs.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/inspect/trace.h"
#include "tools/gradcheck/ops_table.h"

namespace fuzz {

using namespace autograd;

using Vars = const std::vector<Var>&;
using Unary = std::function<Var(Var)>;

constexpr std::size_t most_elements = 24;
constexpr Real largest_value = 3;  // larger results are scaled down, so that later ones stay moderate

// Random choices, which depend only on the number of the graph.
class Dice {
 public:
  explicit Dice(std::uint64_t graph) : words_(512) {
    Stream stream = Stream().at(Purpose::checking);
    stream.seed = graph;
    random_words(stream, 0, words_.size(), words_.data());
  }
  std::size_t below(std::size_t n) { return words_[next_++ % words_.size()] % n; }
  bool coin() { return below(2); }
  Axes axes(std::size_t rank) {
    Axes some;
    for (std::size_t axis = 0; axis < rank; ++axis)
      if (coin()) some.push_back(axis);
    return some;
  }
  template <class T>
  const T& among(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::vector<std::uint32_t> words_;
  std::size_t next_ = 0;
};

inline std::string text(const std::vector<std::size_t>& numbers) {
  std::string all;
  for (const std::size_t n : numbers) all += (all.empty() ? "{" : ",") + std::to_string(n);
  return all.empty() ? "{}" : all + "}";
}

inline std::string axes_text(const Axes& axes) {
  std::vector<std::size_t> numbers;
  for (const Axis& axis : axes) numbers.push_back(std::size_t(axis.number));
  return text(numbers);
}

// ---- nodes ------------------------------------------------------------------------------------------------

// An operation with its axes and flags. In the text, $1, $2, … stand for the operands.
struct Choice {
  std::string text;
  std::size_t operands;
  Function f;
};

// Positive, and away from 0
inline Var above(Var x) { return Real(0.5) + square(x); }

inline const std::vector<Choice>& elementwise_choices() {
  const auto one = [](const char* text, Var (*f)(Var)) {
    return Choice{text, 1, [f](Vars x) { return f(x[0]); }};
  };
  const auto two = [](const char* text, Var (*f)(Var, Var)) {
    return Choice{text, 2, [f](Vars x) { return f(x[0], x[1]); }};
  };
  // clang-format off
  static const std::vector<Choice> all = {
      one("-$1", [](Var x) { return -x; }), one("2 - $1", [](Var x) { return Real(2) - x; }),
      one("square($1)", square), one("exp($1)", exp), one("expm1($1)", expm1), one("tanh($1)", tanh),
      one("sigmoid($1)", sigmoid), one("softplus($1)", softplus), one("log_sigmoid($1)", log_sigmoid),
      one("sin($1)", sin), one("cos($1)", cos), one("atan($1)", atan), one("silu($1)", silu),
      one("gelu($1)", gelu), one("erf($1)", erf), one("erfc($1)", erfc),
      one("log_normal_cdf($1)", log_normal_cdf), one("relu($1)", relu), one("abs($1)", abs),
      one("leaky_relu($1, 0.2)", [](Var x) { return leaky_relu(x, Real(0.2)); }),
      one("elu($1, 1.5)", [](Var x) { return elu(x, Real(1.5)); }),
      one("clamp($1, -0.7, 0.9)", [](Var x) { return clamp(x, Real(-0.7), Real(0.9)); }),
      one("sqrt(above($1))", [](Var x) { return sqrt(above(x)); }),
      one("log(above($1))", [](Var x) { return log(above(x)); }),
      one("log1p(above($1))", [](Var x) { return log1p(above(x)); }),
      one("reciprocal(above($1))", [](Var x) { return reciprocal(above(x)); }),
      one("exp_excess($1)", exp_excess),
      one("$1 * stop_gradient($1 > 0)", [](Var x) { return x * stop_gradient(x > Real(0)); }),
      two("$1 + $2", [](Var a, Var b) { return a + b; }), two("$1 - $2", [](Var a, Var b) { return a - b; }),
      two("$1 * $2", [](Var a, Var b) { return a * b; }),
      two("$1 / above($2)", [](Var a, Var b) { return a / above(b); }),
      two("pow(above($1), $2)", [](Var a, Var b) { return pow(above(a), b); }),
      two("maximum($1, $2)", [](Var a, Var b) { return maximum(a, b); }),
      two("minimum($1, $2)", [](Var a, Var b) { return minimum(a, b); }),
      two("($1 < $2) * $1", [](Var a, Var b) { return (a < b) * a; }),
      two("bernoulli_log_prob($1, $2)", [](Var a, Var b) { return bernoulli_log_prob(a, b); }),
      {"where($1, $2, $3)", 3, [](Vars x) { return where(x[0], x[1], x[2]); }},
  };
  // clang-format on
  return all;
}

// A reduction or a movement, with axes and indices drawn for this shape.
using Drawn = Choice (*)(const Shape& shape, Dice& dice);

inline Choice drawn(const std::string& text, const Unary& f) {
  return {text, 1, [f](Vars x) { return f(x[0]); }};
}

template <class F>
Choice reduction(const char* name, const Shape& shape, Dice& dice, const F& f) {
  const Axes axes = dice.axes(shape.size());
  const bool keep = dice.coin();
  return drawn(std::string(name) + "($1, " + axes_text(axes) + (keep ? ", keep)" : ")"),
               [=](Var x) { return f(x, axes, keep); });
}

// For a scalar it is 0, which does not exist: then the operation throws, and another is drawn.
inline std::size_t axis_of(const Shape& shape, Dice& dice) {
  return shape.empty() ? 0 : dice.below(shape.size());
}
inline std::size_t length(const Shape& shape, std::size_t axis) { return shape.empty() ? 1 : shape[axis]; }

inline Choice along(const char* name, std::size_t axis, Var (*f)(Var, std::size_t)) {
  return drawn(std::string(name) + "($1, " + std::to_string(axis) + ")", [=](Var x) { return f(x, axis); });
}

inline std::vector<std::size_t> indices_below(std::size_t n, std::size_t count, Dice& dice) {
  std::vector<std::size_t> indices(count);
  for (std::size_t& i : indices) i = dice.below(n);
  return indices;
}

using Reduce = Var (*)(Var, const Axes&, bool);

inline const std::vector<Drawn>& reduction_choices() {
  static const std::vector<Drawn> all = {
      [](const Shape& s, Dice& d) { return reduction("sum", s, d, Reduce(sum)); },
      [](const Shape& s, Dice& d) { return reduction("mean", s, d, Reduce(mean)); },
      [](const Shape& s, Dice& d) { return reduction("max", s, d, Reduce(max)); },
      [](const Shape& s, Dice& d) { return reduction("min", s, d, Reduce(min)); },
      [](const Shape& s, Dice& d) { return reduction("prod", s, d, Reduce(prod)); },
      [](const Shape& s, Dice& d) { return reduction("norm", s, d, Reduce(norm)); },
      [](const Shape& s, Dice& d) { return reduction("logsumexp", s, d, Reduce(logsumexp)); },
      [](const Shape& s, Dice& d) {
        return reduction("var", s, d, [](Var x, const Axes& axes, bool keep) { return var(x, axes, keep); });
      },
  };
  return all;
}

inline const std::vector<Drawn>& movement_choices() {
  static const std::vector<Drawn> all = {
      [](const Shape& s, Dice& d) { return along("softmax", axis_of(s, d), softmax); },
      [](const Shape& s, Dice& d) { return along("log_softmax", axis_of(s, d), log_softmax); },
      [](const Shape& s, Dice& d) { return along("cumsum", axis_of(s, d), cumsum); },
      [](const Shape& s, Dice& d) { return along("flip", axis_of(s, d), flip); },
      [](const Shape& s, Dice& d) { return along("expand_dims", d.below(s.size() + 1), expand_dims); },
      [](const Shape& s, Dice& d) { return along("squeeze", axis_of(s, d), squeeze); },
      [](const Shape& s, Dice& d) {
        const std::size_t n = element_count(s), rows = n % 2 ? 1 : 2;
        const Shape to = d.coin() ? Shape{n} : Shape{n / rows, rows};
        return drawn("reshape($1, " + to_string(to) + ")", [=](Var x) { return reshape(x, to); });
      },
      [](const Shape& s, Dice& d) {
        Axes axes;
        for (std::size_t i = 0; i < s.size(); ++i)
          axes.insert(axes.begin() + std::ptrdiff_t(d.below(i + 1)), i);
        return drawn("permute($1, " + axes_text(axes) + ")", [=](Var x) { return permute(x, axes); });
      },
      [](const Shape& s, Dice& d) {
        const std::size_t axis = axis_of(s, d), first = d.below(length(s, axis));
        const std::ptrdiff_t from = std::ptrdiff_t(first),
                             to = from + 1 + std::ptrdiff_t(d.below(length(s, axis) - first));
        const std::ptrdiff_t step = 1 + std::ptrdiff_t(d.below(2));
        return drawn("slice($1, " + std::to_string(axis) + ", " +
                         text({first, std::size_t(to), std::size_t(step)}) + ")",
                     [=](Var x) { return slice(x, axis, from, to, step); });
      },
      [](const Shape& s, Dice& d) {
        const std::size_t axis = axis_of(s, d), before = d.below(2), after = d.below(2);
        return drawn("pad($1, " + text({axis, before, after}) + ")",
                     [=](Var x) { return pad(x, axis, before, after); });
      },
      [](const Shape& s, Dice& d) {
        const std::size_t axis = axis_of(s, d);
        const std::vector<std::size_t> indices = indices_below(length(s, axis), 1 + d.below(3), d);
        return drawn("take($1, " + text(indices) + ", " + std::to_string(axis) + ")",
                     [=](Var x) { return take(x, indices, axis); });
      },
      [](const Shape& s, Dice& d) {
        const std::size_t axis = axis_of(s, d);
        const std::vector<std::size_t> indices = indices_below(3, length(s, axis), d);
        Shape to = s;
        if (!s.empty()) to[axis] = 3;
        return drawn(
            "scatter_add($1, " + to_string(to) + ", " + text(indices) + ", " + std::to_string(axis) + ")",
            [=](Var x) { return scatter_add(x, to, indices, axis); });
      },
      [](const Shape& s, Dice& d) {
        Shape to = s;
        for (std::size_t& n : to) n = n == 1 ? 1 + d.below(3) : n;
        if (d.coin()) to.insert(to.begin(), 2);
        return drawn("broadcast_to($1, " + to_string(to) + ")", [=](Var x) { return broadcast_to(x, to); });
      },
      [](const Shape& s, Dice& d) {
        Shape to = s;
        for (std::size_t& n : to) n = d.coin() ? 1 : n;
        if (!to.empty() && d.coin()) to.erase(to.begin());
        return drawn("sum_to($1, " + to_string(to) + ")", [=](Var x) { return sum_to(x, to); });
      },
      [](const Shape&, Dice&) { return drawn("diag($1)", diag); },
      [](const Shape&, Dice&) { return drawn("diagonal($1)", diagonal); },
      [](const Shape&, Dice&) { return drawn("trace($1)", trace); },
  };
  return all;
}

inline Choice join(const Shape& shape, Dice& dice) {
  const std::size_t axis = axis_of(shape, dice);
  if (dice.coin())
    return {"concat({$1, $2}, " + std::to_string(axis) + ")", 2, [=](Vars x) { return concat(x, axis); }};
  return {"stack({$1, $2}, " + std::to_string(axis) + ")", 2, [=](Vars x) { return stack(x, axis); }};
}

inline Choice product(Dice& dice) {
  const bool ta = dice.coin(), tb = dice.coin();
  return {std::string("matmul($1") + (ta ? "'" : "") + ", $2" + (tb ? "')" : ")"), 2,
          [=](Vars x) { return matmul(x[0], x[1], ta, tb); }};
}

// An array of this shape with x's elements: repeated if there are too few, some of them if too many.
inline Var fit(Var x, const Shape& shape) {
  const std::size_t n = x.value().size(), count = element_count(shape);
  std::vector<std::size_t> indices(count);
  for (std::size_t i = 0; i < count; ++i) indices[i] = n > count ? i * n / count : i % n;
  return reshape(take(reshape(x, {n}), indices), shape);
}

inline const std::vector<OpEntry>& entries() {
  static const std::vector<OpEntry> filled = [] {
    std::vector<OpEntry> some;
    for (const OpEntry& op : all_ops()) {
      const auto empty = [](const Array& x) { return x.size() == 0; };
      if (std::none_of(op.at.begin(), op.at.end(), empty)) some.push_back(op);
    }
    return some;
  }();
  return filled;
}

// An entry of the list, with inputs so near to its own that they stay in their domains.
inline Choice listed(Dice& dice) {
  const OpEntry& op = dice.among(entries());
  std::string where;
  for (std::size_t k = 0; k < op.at.size(); ++k)
    where += " $" + std::to_string(k + 1) + " in " + to_string(op.at[k].shape());
  return {"[" + op.declared + "] moved by" + where, op.at.size(), [&op](Vars x) {
            std::vector<Var> moved;
            for (std::size_t k = 0; k < x.size(); ++k)
              moved.push_back(constant(op.at[k]) + Real(0.05) * tanh(fit(x[k], op.at[k].shape())));
            const Var y = op.f(moved);
            return y.value().size() > most_elements ? fit(y, {most_elements}) : y;
          }};
}

// ---- graphs -----------------------------------------------------------------------------------------------

struct Graph {
  struct Node {
    Choice choice;
    std::vector<std::size_t> operands;
    Real scale;
    Shape shape;
  };
  std::uint64_t number;
  std::vector<Array> leaves;
  std::vector<Node> nodes;

  // All results that no node uses, in one vector.
  Var operator()(Vars leaves) const {
    std::vector<Var> results = leaves;
    std::vector<bool> used(leaves.size() + nodes.size(), false);
    for (const Node& node : nodes) {
      std::vector<Var> operands;
      for (const std::size_t i : node.operands) operands.push_back(results[i]), used[i] = true;
      const Var y = node.choice.f(operands);
      results.push_back(node.scale == 1 ? y : node.scale * y);
    }
    std::vector<Var> unused;
    for (std::size_t i = 0; i < results.size(); ++i)
      if (!used[i]) unused.push_back(reshape(results[i], {results[i].value().size()}));
    return concat(unused, 0);
  }

  std::string describe() const {
    std::string all;
    std::size_t result = 0;
    for (const Array& x : leaves)
      all += "  v" + std::to_string(result++) + " = leaf " + to_string(x.shape()) + "\n";
    for (const Node& node : nodes) {
      std::string line = node.choice.text;
      for (std::size_t k = 0; k < node.operands.size(); ++k) {
        const std::string place = "$" + std::to_string(k + 1);
        for (std::size_t at; (at = line.find(place)) != std::string::npos;)
          line.replace(at, place.size(), "v" + std::to_string(node.operands[k]));
      }
      if (node.scale != 1) line = std::to_string(node.scale) + " * (" + line + ")";
      all += "  v" + std::to_string(result++) + " = " + line + "        " + to_string(node.shape) + "\n";
    }
    return all;
  }
};

inline Choice choose(Dice& dice, const Shape& shape) {
  const std::size_t which = dice.below(20);
  if (which < 9) return dice.among(elementwise_choices());
  if (which < 12) return dice.among(reduction_choices())(shape, dice);
  if (which < 15) return dice.among(movement_choices())(shape, dice);
  if (which < 16) return join(shape, dice);
  if (which < 17) return product(dice);
  return listed(dice);
}

inline Graph random_graph(std::uint64_t number) {
  // Draw three leaves: a scalar, and two of up to three axes.
  Dice dice(number);
  Graph graph = {number, {}, {}};
  const Stream stream = Stream().at(Purpose::checking).at_epoch(std::uint32_t(number));
  for (std::uint32_t k = 0; k < 3; ++k) {
    Shape shape;
    if (k > 0) shape.resize(dice.below(4));
    for (std::size_t& n : shape) n = 1 + dice.below(3);
    graph.leaves.push_back(normal(stream.at_level(k), shape));
  }

  // Draw three to eight nodes. A third of the operands are the latest result, so that the graph is deep.
  Evaluation scope;
  std::vector<Var> results;
  for (const Array& x : graph.leaves) results.push_back(constant(x));
  const std::size_t wanted = 3 + dice.below(6);
  for (int attempt = 0; graph.nodes.size() < wanted && attempt < 200; ++attempt) {
    const auto operand = [&] { return dice.below(3) == 0 ? results.size() - 1 : dice.below(results.size()); };
    std::vector<std::size_t> operands = {operand()};
    const Choice choice = choose(dice, results[operands.front()].shape());
    while (operands.size() < choice.operands) operands.push_back(operand());
    std::vector<Var> xs;
    for (const std::size_t i : operands) xs.push_back(results[i]);
    // Keep the node if its shapes fit and its result is small and finite.
    try {
      Var y = choice.f(xs);
      if (y.value().size() == 0 || y.value().size() > most_elements || !all_finite(y.value())) continue;
      Real largest = 0, scale = 1;
      for (std::size_t i = 0; i < y.value().size(); ++i)
        largest = std::max(largest, std::abs(y.value().data()[i]));
      while (scale * largest > largest_value) scale /= 2;
      graph.nodes.push_back({choice, operands, scale, y.shape()});
      results.push_back(scale * y);
    } catch (const std::invalid_argument&) {
      continue;  // the shapes do not fit
    }
  }
  return graph;
}

}  // namespace fuzz
