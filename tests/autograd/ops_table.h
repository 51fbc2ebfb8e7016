// Every operation of ops.h, once: its declaration, a node that it leaves on the tape, the function to differentiate, and the
// inputs to differentiate it at. ops_test.cpp runs the gradient checker over this list and fails for a declaration that is
// missing here.
//
// Inputs keep away from kinks and poles: element i of an input lies in interval i mod n of its domain's n intervals.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "autograd/random.h"

struct OpEntry {
  std::string declared;  // as in ops.h, without the leading `Var` and the semicolon
  std::string leaves;    // the name of a node it records
  autograd::Function f;
  std::vector<autograd::Array> at;
};

inline std::vector<OpEntry> all_ops() {
  using namespace autograd;
  using Vars = const std::vector<Var>&;
  using Domain = std::vector<std::pair<Real, Real>>;
  using Shapes = std::vector<Shape>;

  std::vector<OpEntry> table;
  const auto point = [](const Shape& shape, const Domain& domain, std::uint32_t which) {
    Array x = uniform(Stream().at_epoch(which), shape);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto [low, high] = domain[i % domain.size()];
      x.data()[i] = low + (high - low) * x.data()[i];
    }
    return x;
  };
  // One entry for each list of input shapes.
  const auto add = [&](const char* declared, const char* leaves, const Function& f, const std::vector<Domain>& domains,
                       const std::vector<Shapes>& inputs) {
    for (const Shapes& shapes : inputs) {
      std::vector<Array> at;
      for (std::size_t k = 0; k < shapes.size(); ++k)
        at.push_back(point(shapes[k], domains[k % domains.size()], std::uint32_t(k)));
      table.push_back({declared, leaves, f, at});
    }
  };

  // clang-format off
  const std::vector<Shapes> one = {{{}}, {{3}}, {{2, 3}}, {{0, 3}}};
  const std::vector<Shapes> two = {{{}, {}},         {{3}, {3}},        {{2, 3}, {2, 3}},           {{0, 3}, {0, 3}},
                                   {{2, 3}, {3}},    {{3}, {2, 3}},     {{2, 1}, {1, 3}},           {{}, {2, 3}},
                                   {{2, 3}, {1, 1}}, {{0, 3}, {1, 3}},  {{4, 1, 3, 1}, {2, 1, 5}}};
  const std::vector<Shapes> three = {{{3}, {3}, {3}}, {{2, 3}, {3}, {}}, {{}, {2, 1}, {1, 3}}, {{0, 3}, {3}, {1}}};
  const Domain any = {{-2, 2}}, positive = {{0.5, 2.5}}, both_signs = {{-2, -0.4}, {0.4, 2}};

  // ---- elementwise ----
  add("operator+(Operand a, Operand b)", "add", [](Vars x) { return x[0] + x[1]; }, {any}, two);
  add("operator-(Operand a, Operand b)", "sub", [](Vars x) { return x[0] - x[1]; }, {any}, two);
  add("operator*(Operand a, Operand b)", "mul", [](Vars x) { return x[0] * x[1]; }, {any}, two);
  add("operator/(Operand a, Operand b)", "div", [](Vars x) { return x[0] / x[1]; }, {any, both_signs}, two);
  add("operator+(Operand a, Operand b)", "add", [](Vars x) { return Real(2) + x[0]; }, {any}, one);
  add("operator-(Operand a, Operand b)", "sub", [](Vars x) { return Real(2) - x[0]; }, {any}, one);
  add("operator*(Operand a, Operand b)", "mul", [](Vars x) { return x[0] * Real(3); }, {any}, one);
  add("operator/(Operand a, Operand b)", "div", [](Vars x) { return Real(2) / x[0]; }, {both_signs}, one);
  add("operator*(Operand a, Operand b)", "mul", [](Vars x) { return x[0] * x[0]; }, {any}, one);
  add("operator-(Var x)", "neg", [](Vars x) { return -x[0]; }, {any}, one);
  add("square(Var x)", "square", [](Vars x) { return square(x[0]); }, {any}, one);
  add("sqrt(Var x)", "sqrt", [](Vars x) { return sqrt(x[0]); }, {positive}, one);
  add("exp(Var x)", "exp", [](Vars x) { return exp(x[0]); }, {any}, one);
  add("expm1(Var x)", "expm1", [](Vars x) { return expm1(x[0]); }, {any}, one);
  add("log(Var x)", "log", [](Vars x) { return log(x[0]); }, {positive}, one);
  add("tanh(Var x)", "tanh", [](Vars x) { return tanh(x[0]); }, {any}, one);
  add("sigmoid(Var x)", "sigmoid", [](Vars x) { return sigmoid(x[0]); }, {any}, one);
  add("softplus(Var x)", "softplus", [](Vars x) { return softplus(x[0]); }, {any}, one);
  add("relu(Var x)", "relu", [](Vars x) { return relu(x[0]); }, {both_signs}, one);
  // A step function has no slope of its own; as a factor it must not disturb that of the other.
  add("operator>(Operand a, Operand b)",
      "greater", [](Vars x) { return (x[0] > x[1]) * x[0]; }, {both_signs, {{-0.3, 0.3}}}, two);
  add("operator<(Operand a, Operand b)",
      "greater", [](Vars x) { return (x[0] < x[1]) * x[0]; }, {both_signs, {{-0.3, 0.3}}}, two);
  add("where(Operand c, Operand a, Operand b)",
      "where", [](Vars x) { return where(x[0], x[1], x[2]); }, {both_signs, any, any}, three);
  add("clamp(Var x, Real low, Real high)", "clamp", [](Vars x) { return clamp(x[0], -1, 1.5); },
      {{{-2, -1.1}, {-0.9, 1.4}, {1.6, 2.5}}}, one);
  add("bernoulli_log_prob(Operand x, Operand logits)", "bernoulli_log_prob",
      [](Vars x) { return bernoulli_log_prob(x[0], x[1]); }, {{{0.1, 0.9}}, any}, two);
  add("stop_gradient(Var x)", "stop_gradient", [](Vars x) { return stop_gradient(x[0] > Real(0)) * x[0]; }, {both_signs}, one);

  // ---- sums ----
  const char* sum_over = "sum(Var x, const Axes& axes, bool keep = false)";
  const char* mean_over = "mean(Var x, const Axes& axes, bool keep = false)";
  const char* logsumexp_over = "logsumexp(Var x, const Axes& axes, bool keep = false)";
  const char* spread = "broadcast_to(Var x, const Shape& shape)";
  const std::vector<Shapes> matrices = {{{2, 3}}, {{1, 3}}, {{2, 1}}};
  const std::vector<Shapes> empty_matrix = {{{0, 3}}};
  const std::vector<Shapes> cube = {{{2, 3, 4}}};
  add("sum(Var x)", "sum_to", [](Vars x) { return sum(x[0]); }, {any}, one);
  for (const bool keep : {false, true}) {
    for (const Axes& axes : {Axes{}, Axes{0}, Axes{1}, Axes{0, 1}, Axes{1, 0}}) {
      const auto sums = [=](Vars x) { return sum(x[0], axes, keep); };
      const auto means = [=](Vars x) { return mean(x[0], axes, keep); };
      const auto logsums = [=](Vars x) { return logsumexp(x[0], axes, keep); };
      for (const auto& inputs : {matrices, cube}) {
        add(sum_over, "sum_to", sums, {any}, inputs);
        add(mean_over, "sum_to", means, {any}, inputs);
        add(logsumexp_over, "sum_to", logsums, {any}, inputs);
      }
      add(sum_over, "sum_to", sums, {any}, empty_matrix);
    }
    add(sum_over, "sum_to", [=](Vars x) { return sum(x[0], {0, 2}, keep); }, {any}, cube);
    add(logsumexp_over, "log", [=](Vars x) { return logsumexp(x[0], {0, 2}, keep); }, {any}, cube);
  }
  add("mean(Var x)", "sum_to", [](Vars x) { return mean(x[0]); }, {any}, {{{}}, {{3}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {2, 3}); }, {any},
      {{{}}, {{3}}, {{1}}, {{1, 3}}, {{2, 1}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {4, 2, 3, 5}); }, {any},
      {{{4, 1, 3, 1}}, {{2, 1, 5}}, {{1, 2, 1, 1}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {0, 3}); }, {any}, {{{3}}, {{1, 1}}, {{0, 1}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {2, 1, 1, 5}); }, {any},
      {{{4, 2, 3, 1, 5}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {3}); }, {any},
      {{{2, 3}}, {{3}}, {{0, 3}}});

  // ---- shapes ----
  const char* cut = "slice(Var x, std::size_t axis, std::size_t first, std::size_t last)";
  const char* joined = "concat(const std::vector<Var>& xs, std::size_t axis)";
  add("reshape(Var x, const Shape& shape)", "reshape", [](Vars x) { return reshape(x[0], {3, 2}); }, {any}, {{{2, 3}}, {{6}}});
  add("reshape(Var x, const Shape& shape)", "reshape", [](Vars x) { return reshape(x[0], {}); }, {any}, {{{}}, {{1, 1}}});
  add("reshape(Var x, const Shape& shape)", "reshape", [](Vars x) { return reshape(x[0], {3, 0}); }, {any}, empty_matrix);
  for (const std::size_t axis : {0u, 1u, 2u})
    add(cut, "slice", [=](Vars x) { return slice(x[0], axis, 1, 3); }, {any}, {{{3, 4, 5}}});
  add(cut, "slice", [](Vars x) { return slice(x[0], 0, 0, 0); }, {any}, {{{3}}, {{2, 3}}, {{0, 3}}});
  for (const std::size_t axis : {0u, 1u, 2u})
    add("embed(Var x, const Shape& shape, std::size_t axis, std::size_t first)", "embed", [=](Vars x) {
          Shape wider = x[0].shape();
          wider[axis] += 3;
          return embed(x[0], wider, axis, 2);
        },
        {any}, {{{2, 3, 4}}, {{0, 3, 2}}});
  for (const std::size_t axis : {0u, 1u}) {
    add(joined, "concat", [=](Vars x) { return concat(x, axis); }, {any}, {{{2, 3}, {2, 3}, {2, 3}}, {{0, 3}, {0, 3}}});
  }
  add(joined, "concat", [=](Vars x) { return concat(x, 1); }, {any}, {{{2, 3}, {2, 0}, {2, 1}}, {{2, 3, 2}, {2, 1, 2}}});
  add(joined, "concat", [=](Vars x) { return concat({x[0], x[1], x[0]}, 0); }, {any}, {{{2}, {3}}});

  // ---- products ----
  const char* product_of = "matmul(Var a, Var b, bool transpose_a = false, bool transpose_b = false)";
  const auto product = [&](bool ta, bool tb, const std::vector<Shapes>& inputs) {
    add(product_of, "matmul", [=](Vars x) { return matmul(x[0], x[1], ta, tb); }, {any}, inputs);
  };
  product(false, false, {{{2, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}});
  product(true, false, {{{3, 2}, {3, 4}}, {{0, 2}, {0, 3}}});
  product(false, true, {{{2, 3}, {4, 3}}, {{2, 3}, {0, 3}}});
  product(true, true, {{{3, 2}, {4, 3}}, {{3, 0}, {2, 3}}});
  for (const bool transpose_first : {false, true})  // x xᵀ and xᵀx: both operands are one array
    add(product_of, "matmul", [=](Vars x) { return matmul(x[0], x[0], transpose_first, !transpose_first); }, {any}, {{{2, 3}}});
  add("affine(Var x, Var W, Var b)", "affine", [](Vars x) { return affine(x[0], x[1], x[2]); }, {any},
      {{{4, 3}, {2, 3}, {2}}, {{1, 1}, {1, 1}, {1}}, {{0, 3}, {2, 3}, {2}}, {{2, 0}, {3, 0}, {3}}, {{2, 3}, {0, 3}, {0}}});
  // clang-format on
  return table;
}
