// Every operation of ops.h: its declaration, the name of a node that it records, the function to
// differentiate, and the inputs to differentiate it at. tests/autograd/ops_test.cpp runs the gradient checker
// over this list and fails for a declaration that is missing here.
//
// Inputs avoid kinks and poles: an input's domain is a list of n intervals, and its element i lies in
// interval i mod n.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/custom.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "autograd/random.h"

namespace autograd {

using Domain = std::vector<std::pair<Real, Real>>;

struct OpEntry {
  std::string declared;  // as in ops.h, without the leading `Var` and the semicolon
  std::string leaves;    // the name of a node it records
  Function f;
  std::vector<Domain> domains;
  std::vector<Array> at;

  std::string name() const { return declared.substr(0, declared.find('(')); }
};

// Input k of an operation whose inputs have these domains; if there are fewer domains, they repeat.
inline Array op_input(const std::vector<Domain>& domains, std::size_t k, const Shape& shape) {
  const Domain& domain = domains[k % domains.size()];
  Array x = uniform(Stream().at_epoch(std::uint32_t(k)), shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto [low, high] = domain[i % domain.size()];
    x.data()[i] = low + (high - low) * x.data()[i];
  }
  return x;
}

// A table under construction, and what the entries of both tables below have in common.
struct OpTable {
  using Shapes = std::vector<Shape>;
  std::vector<OpEntry> entries;

  // One entry for each list of input shapes.
  void operator()(const char* declared, const char* leaves, const Function& f,
                  const std::vector<Domain>& domains, const std::vector<Shapes>& inputs) {
    for (const Shapes& shapes : inputs) {
      std::vector<Array> at;
      for (std::size_t k = 0; k < shapes.size(); ++k) at.push_back(op_input(domains, k, shapes[k]));
      entries.push_back({declared, leaves, f, domains, at});
    }
  }

  const std::vector<Shapes> one = {{{}}, {{3}}, {{2, 3}}, {{0, 3}}};
  const std::vector<Shapes> two = {
      {{}, {}},         {{3}, {3}},       {{2, 3}, {2, 3}},         {{0, 3}, {0, 3}},
      {{2, 3}, {3}},    {{3}, {2, 3}},    {{2, 1}, {1, 3}},         {{}, {2, 3}},
      {{2, 3}, {1, 1}}, {{0, 3}, {1, 3}}, {{4, 1, 3, 1}, {2, 1, 5}}};
  const std::vector<Shapes> three = {
      {{3}, {3}, {3}}, {{2, 3}, {3}, {}}, {{}, {2, 1}, {1, 3}}, {{0, 3}, {3}, {1}}};
  const Domain any = {{-2, 2}}, positive = {{0.5, 2.5}}, both_signs = {{-2, -0.4}, {0.4, 2}};
};

// The operations on numbers: they take any shapes that broadcast.
inline std::vector<OpEntry> elementwise_ops() {
  using Vars = const std::vector<Var>&;
  OpTable add;
  const auto &one = add.one, &two = add.two, &three = add.three;
  const Domain &any = add.any, &positive = add.positive, &both_signs = add.both_signs;

  // clang-format off
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
  // A comparison has slope 0; as a factor it must not disturb the slope of the other factor.
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
  add("pow(Operand a, Operand b)", "pow", [](Vars x) { return pow(x[0], x[1]); }, {positive, any}, two);
  add("pow(Operand a, Operand b)", "pow", [](Vars x) { return pow(x[0], x[1]); }, {positive, {{0, 0}}}, two);
  add("pow(Operand a, Operand b)", "pow", [](Vars x) { return pow(x[0], Real(3)); }, {both_signs}, one);
  add("pow(Operand a, Operand b)", "pow", [](Vars x) { return pow(x[0], Real(0)); }, {both_signs}, one);
  add("pow(Operand a, Operand b)", "pow", [](Vars x) { return pow(Real(2), x[0]); }, {any}, one);
  add("abs(Var x)", "abs", [](Vars x) { return abs(x[0]); }, {both_signs}, one);
  add("reciprocal(Var x)", "reciprocal", [](Vars x) { return reciprocal(x[0]); }, {both_signs}, one);
  add("log1p(Var x)", "log1p", [](Vars x) { return log1p(x[0]); }, {{{-0.5, 2}}}, one);
  add("log_sigmoid(Var x)", "log_sigmoid", [](Vars x) { return log_sigmoid(x[0]); }, {any}, one);
  add("sin(Var x)", "sin", [](Vars x) { return sin(x[0]); }, {any}, one);
  add("cos(Var x)", "cos", [](Vars x) { return cos(x[0]); }, {any}, one);
  add("atan(Var x)", "atan", [](Vars x) { return atan(x[0]); }, {any}, one);
  add("leaky_relu(Var x, Real slope = Real(0.01))", "leaky_relu",
      [](Vars x) { return leaky_relu(x[0]); }, {both_signs}, one);
  add("elu(Var x, Real alpha = 1)", "elu", [](Vars x) { return elu(x[0], 1.5); }, {both_signs}, one);
  add("silu(Var x)", "silu", [](Vars x) { return silu(x[0]); }, {any}, one);
  // The domains are apart, so that no step crosses from one to the other.
  add("maximum(Operand a, Operand b)", "maximum",
      [](Vars x) { return maximum(x[0], x[1]); }, {both_signs, {{-0.3, 0.3}}}, two);
  add("minimum(Operand a, Operand b)", "minimum",
      [](Vars x) { return minimum(x[0], x[1]); }, {both_signs, {{-0.3, 0.3}}}, two);

  add("xlogy(Operand a, Operand b)", "xlogy", [](Vars x) { return xlogy(x[0], x[1]); }, {any, positive}, two);
  add("xlog1py(Operand a, Operand b)", "xlog1py",
      [](Vars x) { return xlog1py(x[0], x[1]); }, {any, {{-0.9, -0.2}, {0.2, 2}}}, two);

  // ---- error function ----
  add("erf(Var x)", "erf", [](Vars x) { return erf(x[0]); }, {any}, one);
  add("erfc(Var x)", "erfc", [](Vars x) { return erfc(x[0]); }, {{{-2, 4}}}, one);
  add("log_normal_cdf(Var x)", "log_normal_cdf", [](Vars x) { return log_normal_cdf(x[0]); }, {any}, one);
  add("log_normal_cdf(Var x)", "log_normal_cdf",
      [](Vars x) { return log_normal_cdf(x[0]); }, {{{-11.5, -9}, {-45, -13}, {4, 7}}}, one);
  add("gelu(Var x)", "gelu", [](Vars x) { return gelu(x[0]); }, {any}, one);

  // ---- special ----
  add("lgamma(Var x)", "lgamma",
      [](Vars x) { return lgamma(x[0]); }, {{{0.5, 4}, {-0.8, -0.3}, {20, 30}}}, one);
  add("digamma(Var x)", "polygamma",
      [](Vars x) { return digamma(x[0]); }, {{{0.5, 4}, {-24.7, -24.3}, {20, 30}}}, one);
  add("polygamma(int n, Var x)", "polygamma",
      [](Vars x) { return polygamma(2, x[0]); }, {{{1, 4}, {20, 30}}}, one);
  for (const int n : {0, 1, 2})
    add("uniform_cumulant(int n, Var x)", "uniform_cumulant",
        [=](Vars x) { return uniform_cumulant(n, x[0]); },
        {{{-2, 2}, {-9, -3}, {3, 9}}}, one);
  add("truncated_exponential_quantile(Operand u, Operand l)", "truncated_exponential_quantile",
      [](Vars x) { return truncated_exponential_quantile(x[0], x[1]); },
      {{{0.1, 0.9}}, {{-1, 1}, {-9, -3}, {3, 9}}}, two);
  add("stop_gradient(Var x)", "stop_gradient",
      [](Vars x) { return stop_gradient(x[0] > Real(0)) * x[0]; }, {both_signs}, one);

  // clang-format on
  return std::move(add.entries);
}

// All other operations.
inline std::vector<OpEntry> structural_ops() {
  using Vars = const std::vector<Var>&;
  using Shapes = OpTable::Shapes;
  OpTable add;
  const auto &one = add.one, &two = add.two;
  const Domain &any = add.any, &both_signs = add.both_signs;

  // clang-format off
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
        add(logsumexp_over, "logsumexp", logsums, {any}, inputs);
      }
      add(sum_over, "sum_to", sums, {any}, empty_matrix);
    }
    add(sum_over, "sum_to", [=](Vars x) { return sum(x[0], {0, 2}, keep); }, {any}, cube);
    add(logsumexp_over, "logsumexp", [=](Vars x) { return logsumexp(x[0], {0, 2}, keep); }, {any}, cube);
  }
  add("mean(Var x)", "sum_to", [](Vars x) { return mean(x[0]); }, {any}, {{{}}, {{3}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {2, 3}); }, {any},
      {{{}}, {{3}}, {{1}}, {{1, 3}}, {{2, 1}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {4, 2, 3, 5}); }, {any},
      {{{4, 1, 3, 1}}, {{2, 1, 5}}, {{1, 2, 1, 1}}});
  add(spread, "broadcast_to",
      [](Vars x) { return broadcast_to(x[0], {0, 3}); }, {any}, {{{3}}, {{1, 1}}, {{0, 1}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {2, 1, 1, 5}); }, {any},
      {{{4, 2, 3, 1, 5}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {3}); }, {any},
      {{{2, 3}}, {{3}}, {{0, 3}}});

  // ---- other reductions ----
  const std::vector<Shapes> filled = {{{}}, {{3}}, {{2, 3}}};
  add("max(Var x)", "max", [](Vars x) { return max(x[0]); }, {any}, filled);
  add("min(Var x)", "min", [](Vars x) { return min(x[0]); }, {any}, filled);
  add("prod(Var x)", "prod", [](Vars x) { return prod(x[0]); }, {any}, {{{3}}, {{2, 3}}});
  add("var(Var x)", "var", [](Vars x) { return var(x[0]); }, {any}, filled);
  add("norm(Var x)", "norm", [](Vars x) { return norm(x[0]); }, {both_signs}, filled);
  for (const bool keep : {false, true}) {
    for (const Axes& axes : {Axes{1}, Axes{0, 2}}) {
      add("max(Var x, const Axes& axes, bool keep = false)", "max",
          [=](Vars x) { return max(x[0], axes, keep); }, {any}, cube);
      add("min(Var x, const Axes& axes, bool keep = false)", "min",
          [=](Vars x) { return min(x[0], axes, keep); }, {any}, cube);
      add("prod(Var x, const Axes& axes, bool keep = false)", "prod",
          [=](Vars x) { return prod(x[0], axes, keep); }, {any}, cube);
      add("var(Var x, const Axes& axes, bool keep = false, std::size_t ddof = 0)", "var",
          [=](Vars x) { return var(x[0], axes, keep, 1); }, {any}, cube);
      add("norm(Var x, const Axes& axes, bool keep = false)", "norm",
          [=](Vars x) { return norm(x[0], axes, keep); }, {any}, cube);
    }
  }
  for (const std::size_t axis : {0u, 1u, 2u}) {
    add("softmax(Var x, std::size_t axis)", "softmax",
        [=](Vars x) { return softmax(x[0], axis); }, {any}, cube);
    add("log_softmax(Var x, std::size_t axis)", "log_softmax",
        [=](Vars x) { return log_softmax(x[0], axis); }, {any}, cube);
    add("cumsum(Var x, std::size_t axis)", "cumsum", [=](Vars x) { return cumsum(x[0], axis); }, {any}, cube);
  }

  // ---- shapes ----
  const char* cut = "slice(Var x, std::size_t axis, std::ptrdiff_t first, std::ptrdiff_t last, "
                    "std::ptrdiff_t step = 1)";
  const char* joined = "concat(const std::vector<Var>& xs, std::size_t axis)";
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {3, 2}); }, {any}, {{{2, 3}}, {{6}}});
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {}); }, {any}, {{{}}, {{1, 1}}});
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {3, 0}); }, {any}, empty_matrix);
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
  add(cut, "take", [](Vars x) { return slice(x[0], 1, -4, -1, 2); }, {any}, {{{2, 5, 3}}});
  add("pad(Var x, std::size_t axis, std::size_t before, std::size_t after)", "embed",
      [](Vars x) { return pad(x[0], 1, 2, 1); },
      {any}, {{{2, 3}}, {{2, 3, 4}}});
  add("diagonal(Var x)", "take", [](Vars x) { return diagonal(x[0]); }, {any}, {{{3, 3}}, {{0, 0}}});
  add("diag(Var x)", "scatter_add", [](Vars x) { return diag(x[0]); }, {any}, {{{3}}, {{0}}});
  add("trace(Var x)", "sum_to", [](Vars x) { return trace(x[0]); }, {any}, {{{3, 3}}});
  for (const std::size_t axis : {0u, 1u, 2u}) {
    add("flip(Var x, std::size_t axis)", "flip", [=](Vars x) { return flip(x[0], axis); }, {any}, cube);
    add("take(Var x, const std::vector<std::size_t>& indices, std::size_t axis = 0)", "take",
        [=](Vars x) { return take(x[0], {1, 0, 0}, axis); }, {any}, cube);
    add("scatter_add(Var x, const Shape& shape, const std::vector<std::size_t>& indices, "
        "std::size_t axis = 0)",
        "scatter_add",
        [=](Vars x) {
          Shape wider = x[0].shape();
          std::vector<std::size_t> indices(wider[axis], 1);
          indices.front() = wider[axis] += 2, --indices.front();
          return scatter_add(x[0], wider, indices, axis);
        },
        {any}, cube);
    add("expand_dims(Var x, std::size_t axis)", "reshape",
        [=](Vars x) { return expand_dims(x[0], axis); }, {any}, {{{2, 3}}});
    add("squeeze(Var x, std::size_t axis)", "reshape",
        [=](Vars x) { return squeeze(expand_dims(x[0], axis), axis); }, {any},
        {{{2, 3}}});
    add("stack(const std::vector<Var>& xs, std::size_t axis = 0)", "concat",
        [=](Vars x) { return stack(x, axis); }, {any},
        {{{2, 3}, {2, 3}, {2, 3}}});
  }
  for (const Axes& axes : {Axes{0, 1, 2}, Axes{2, 0, 1}, Axes{1, 0, 2}})
    add("permute(Var x, const Axes& axes)", "permute",
        [=](Vars x) { return permute(x[0], axes); }, {any}, {{{2, 3, 4}}, {{0, 3, 2}}});
  add("transpose(Var x)", "permute",
      [](Vars x) { return transpose(x[0]); }, {any}, {{{2, 3}}, {{2, 3, 4}}, {{0, 3}}});
  for (const std::size_t axis : {0u, 1u}) {
    add(joined, "concat",
        [=](Vars x) { return concat(x, axis); }, {any}, {{{2, 3}, {2, 3}, {2, 3}}, {{0, 3}, {0, 3}}});
  }
  add(joined, "concat",
      [=](Vars x) { return concat(x, 1); }, {any}, {{{2, 3}, {2, 0}, {2, 1}}, {{2, 3, 2}, {2, 1, 2}}});
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
  product(false, false, {{{2, 2, 3}, {2, 3, 2}}, {{2, 1, 2, 3}, {3, 3, 1}}, {{2, 3, 2}, {2, 3}},
                         {{2, 3}, {2, 3, 1}}, {{0, 2, 3}, {3, 2}}});
  product(true, false, {{{2, 3, 2}, {2, 3, 2}}, {{2, 3, 2}, {3, 2}}});
  product(false, true, {{{2, 2, 3}, {1, 2, 3}}, {{2, 2, 3}, {2, 3}}});
  product(true, true, {{{2, 3, 2}, {2, 2, 3}}});
  for (const bool transpose_first : {false, true})  // x xᵀ and xᵀx: both operands are one array
    add(product_of, "matmul",
        [=](Vars x) { return matmul(x[0], x[0], transpose_first, !transpose_first); }, {any}, {{{2, 3}}});
  add("affine(Var x, Var W, Var b)", "affine", [](Vars x) { return affine(x[0], x[1], x[2]); }, {any},
      {{{4, 3}, {2, 3}, {2}}, {{1, 1}, {1, 1}, {1}}, {{0, 3}, {2, 3}, {2}}, {{2, 0}, {3, 0}, {3}},
       {{2, 3}, {0, 3}, {0}}});

  // ---- linear algebra ---- of A = x xᵀ + I, which is positive-definite for every x
  const auto identity = [](Var like) { return diag(constant(full({like.shape().back()}, 1))); };
  const auto positive_definite = [=](Var x) { return matmul(x, x, false, true) + identity(x); };
  const std::vector<Shapes> squares = {{{1, 1}}, {{3, 3}}, {{2, 2, 2}}, {{0, 2, 2}}, {{0, 0}}};
  add("cholesky(Var A)", "cholesky",
      [=](Vars x) { return cholesky(positive_definite(x[0])); }, {any}, squares);
  add("logdet(Var A)", "cholesky", [=](Vars x) { return logdet(positive_definite(x[0])); }, {any}, squares);
  add("inverse(Var A)", "solve_triangular",
      [=](Vars x) { return inverse(positive_definite(x[0])); }, {any}, squares);
  for (const bool transpose : {false, true})
    add("solve_triangular(Var L, Var b, bool transpose = false)", "solve_triangular",
        [=](Vars x) { return solve_triangular(x[0] + 3 * identity(x[0]), x[1], transpose); }, {any},
        {{{1, 1}, {1, 2}}, {{3, 3}, {3, 2}}, {{2, 2, 2}, {2, 2, 1}}, {{2, 2}, {2, 2, 1}}, {{2, 2}, {2, 0}}});

  // ---- convolutions ----
  using How = Convolution;
  for (const Convolution& c : {How{1, 0, 1}, How{1, 1, 1}, How{2, 1, 1}, How{3, 2, 2}}) {
    const Shape x = {2, 2, 4, 3}, W = {4, 2 / c.groups, 3, 2};
    const Shape y = {2, 4, (4 + 2 * c.padding - 3) / c.stride + 1, (3 + 2 * c.padding - 2) / c.stride + 1};
    add("conv2d(Var x, Var W, Convolution how = {})", "conv2d",
        [=](Vars v) { return conv2d(v[0], v[1], c); }, {any}, {{x, W}});
    add("conv2d_input(Var y, Var W, const Shape& shape, Convolution how = {})", "conv2d_input",
        [=](Vars v) { return conv2d_input(v[0], v[1], x, c); }, {any}, {{y, W}});
    add("conv2d_weight(Var y, Var x, const Shape& shape, Convolution how = {})", "conv2d_weight",
        [=](Vars v) { return conv2d_weight(v[0], v[1], W, c); }, {any}, {{y, x}});
  }
  add("conv2d(Var x, Var W, Convolution how = {})", "conv2d",
      [](Vars v) { return conv2d(v[0], v[1]); }, {any},
      {{{2, 3, 2, 2}, {2, 3, 1, 1}}, {{0, 1, 3, 3}, {1, 1, 2, 2}}, {{1, 0, 3, 3}, {2, 0, 2, 2}}});
  using Transposed = std::vector<std::pair<How, std::size_t>>;
  for (const auto& [c, output_padding] : Transposed{{{1, 0, 1}, 0}, {{2, 1, 2}, 1}, {{3, 1, 1}, 2}})
    add("conv_transpose2d(Var x, Var W, Convolution how = {}, std::size_t output_padding = 0)",
        "conv2d_input",
        [c = c, extra = output_padding](Vars v) { return conv_transpose2d(v[0], v[1], c, extra); }, {any},
        {{{1, 2, 2, 3}, {2, 1, 3, 2}}});
  for (const std::size_t factor : {1u, 2u, 3u})
    add("upsample_nearest2d(Var x, std::size_t factor)", "upsample_nearest2d",
        [=](Vars x) { return upsample_nearest2d(x[0], factor); }, {any}, {{{1, 2, 3, 2}}});
  for (const std::size_t factor : {2u, 3u}) {
    const std::vector<Shapes> tiled = {{{1, 2, 2 * factor, factor}}};
    add("sum_pool2d(Var x, std::size_t factor)", "sum_pool2d",
        [=](Vars x) { return sum_pool2d(x[0], factor); }, {any}, tiled);
    add("avg_pool2d(Var x, std::size_t factor)", "sum_pool2d",
        [=](Vars x) { return avg_pool2d(x[0], factor); }, {any}, tiled);
  }

  // ---- control ----
  // The rule of the step is wrong on purpose: the check passes only if stop_gradient stops it.
  add("stop_gradient(Var x)", "stop_gradient", [](Vars x) {
        const auto step = [](const Array& x) {
          Array y = x;
          for (Real& v : y) v = v > 0 ? 1 : -1;
          return y;
        };
        return stop_gradient(custom("step", {x[0]}, step, [](Var g) { return g; })) * x[0];
      },
      {both_signs}, one);
  add("checkpoint(const std::function<Var()>& f)", "checkpoint",
      [](Vars x) { return checkpoint([=] { return tanh(x[0]) * x[1] + square(x[0]); }); }, {any}, two);
  // clang-format on
  return std::move(add.entries);
}

inline std::vector<OpEntry> all_ops() {
  std::vector<OpEntry> all = elementwise_ops();
  for (OpEntry& op : structural_ops()) all.push_back(std::move(op));
  return all;
}

}  // namespace autograd
