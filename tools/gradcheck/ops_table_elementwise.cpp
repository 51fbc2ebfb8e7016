// The operations on numbers.
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tools/gradcheck/ops_table.h"

namespace autograd {

Array op_input(const std::vector<Domain>& domains, std::size_t k, const Shape& shape) {
  const Domain& domain = domains[k % domains.size()];
  Array x = uniform(Stream().at_epoch(std::uint32_t(k)), shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto [low, high] = domain[i % domain.size()];
    x.data()[i] = low + (high - low) * x.data()[i];
  }
  return x;
}

void OpTable::operator()(const char* declared, const char* leaves, const Function& f,
                         const std::vector<Domain>& domains, const std::vector<Shapes>& inputs) {
  for (const Shapes& shapes : inputs) {
    std::vector<Array> at;
    for (std::size_t k = 0; k < shapes.size(); ++k) at.push_back(op_input(domains, k, shapes[k]));
    entries.push_back({declared, leaves, f, domains, at});
  }
}

// The operations on numbers: they take any shapes that broadcast.
std::vector<OpEntry> elementwise_ops() {
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
  add("exp_excess(Var x)", "exp_excess", [](Vars x) { return exp_excess(x[0]); },
      {{{-2, -0.6}, {-0.4, 0.4}, {0.6, 2}}}, one);
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
  add("clamp_leading_back(Var x, Real low, Real high)", "clamp_leading_back",
      [](Vars x) { return clamp_leading_back(x[0], -1, 1.5); }, {{{-0.9, 1.4}}}, one);  // no slope outside
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

  // ---- error function ----
  add("erf(Var x)", "erf", [](Vars x) { return erf(x[0]); }, {any}, one);
  add("erfc(Var x)", "erfc", [](Vars x) { return erfc(x[0]); }, {{{-2, 4}}}, one);
  add("log_normal_cdf(Var x)", "log_normal_cdf", [](Vars x) { return log_normal_cdf(x[0]); }, {any}, one);
  add("log_normal_cdf(Var x)", "log_normal_cdf",
      [](Vars x) { return log_normal_cdf(x[0]); }, {{{-11.5, -9}, {-45, -13}, {4, 7}}}, one);
  add("gelu(Var x)", "gelu", [](Vars x) { return gelu(x[0]); }, {any}, one);

  // ---- truncated exponential ----
  for (const int n : {0, 1, 2})
    add("uniform_cumulant(int n, Var x)", "uniform_cumulant",
        [=](Vars x) { return uniform_cumulant(n, x[0]); },
        {{{-2, 2}, {-9, -3}, {3, 9}}}, one);
  add("uniform_divergence(Operand a, Operand b)", "uniform_divergence",
      [](Vars x) { return uniform_divergence(x[0], x[1]); },
      {{{-1, 1}, {-9, -3}, {3, 9}}, {{-0.5, 0.5}, {-8, 7}, {2.5, 20}}}, two);
  add("truncated_exponential_quantile(Operand u, Operand l)", "truncated_exponential_quantile",
      [](Vars x) { return truncated_exponential_quantile(x[0], x[1]); },
      {{{0.1, 0.9}}, {{-1, 1}, {-9, -3}, {3, 9}}}, two);
  add("stop_gradient(Var x)", "stop_gradient",
      [](Vars x) { return stop_gradient(x[0] > Real(0)) * x[0]; }, {both_signs}, one);

  // clang-format on
  return std::move(add.entries);
}

}  // namespace autograd
