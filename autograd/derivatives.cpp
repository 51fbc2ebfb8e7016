// Products with J and H, and the matrices themselves: `grad`, and `grad` of `grad`.
#include "autograd/derivatives.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"

namespace autograd {

namespace {

using Arrays = std::vector<Array>;

std::vector<Var> variables(const Arrays& at) {
  std::vector<Var> xs;
  for (const Array& a : at) xs.push_back(variable(a));
  return xs;
}

// Σ v·y
Var dot(const std::vector<Var>& ys, const Arrays& v) {
  Var total = constant(zeros({}));
  for (std::size_t k = 0; k < ys.size(); ++k) total = total + sum(ys[k] * constant(v[k]));
  return total;
}

// ∂y/∂x as arrays, which nobody differentiates again: not recorded.
Arrays last_grad(Var y, const std::vector<Var>& xs) {
  Evaluation scope;
  Arrays values;
  for (const Var& g : grad(y, xs)) values.push_back(g.value());
  return values;
}

void check_directions(const std::string& op, const Arrays& at, const Arrays& v) {
  if (v.size() != at.size())
    throw std::invalid_argument("[" + op + "] " + std::to_string(v.size()) + " directions are given for " +
                                std::to_string(at.size()) + " inputs");
  for (std::size_t k = 0; k < at.size(); ++k)
    if (v[k].shape() != at[k].shape())
      throw std::invalid_argument("[" + op + "] input " + std::to_string(k) + " has shape " +
                                  to_string(at[k].shape()) + " but its direction " + to_string(v[k].shape()));
}

Var scalar(const std::string& op, Var y) {
  if (y.value().size() != 1)
    throw std::invalid_argument("[" + op + "] f gives shape " + to_string(y.shape()) + ", not one element");
  return y;
}

}  // namespace

std::vector<Array> vjp(const Function& f, const std::vector<Array>& at, const Array& u) {
  Step scope;
  const std::vector<Var> xs = variables(at);
  const Var y = f(xs);
  if (u.shape() != y.shape())
    throw std::invalid_argument("[vjp] u has shape " + to_string(u.shape()) + " but f gives " +
                                to_string(y.shape()));
  return last_grad(dot({y}, {u}), xs);
}

Array jvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v) {
  check_directions("jvp", at, v);
  Step scope;
  const std::vector<Var> xs = variables(at);
  const Var y = f(xs), u = variable(zeros(y.shape()));
  return last_grad(dot(grad(sum(y * u), xs), v), {u}).front();
}

std::vector<Array> hvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v) {
  check_directions("hvp", at, v);
  Step scope;
  const std::vector<Var> xs = variables(at);
  return last_grad(dot(grad(scalar("hvp", f(xs)), xs), v), xs);
}

std::vector<Array> jacobian(const Function& f, const std::vector<Array>& at) {
  Step scope;
  const std::vector<Var> xs = variables(at);
  const Var y = f(xs);
  Array e = zeros(y.shape());

  Arrays J;
  for (const Array& x : at) J.push_back(empty({e.size(), x.size()}));
  for (std::size_t i = 0; i < e.size(); ++i) {
    Step row;
    e.data()[i] = 1;
    const Arrays rows = last_grad(dot({y}, {e}), xs);
    e.data()[i] = 0;
    for (std::size_t k = 0; k < at.size(); ++k)
      std::copy_n(rows[k].data(), at[k].size(), J[k].data() + i * at[k].size());
  }
  return J;
}

Array hessian(const Function& f, const Array& at) {
  const Function gradient = [&](const std::vector<Var>& x) {
    return grad(scalar("hessian", f(x)), x).front();
  };
  return jacobian(gradient, {at}).front();
}

}  // namespace autograd
