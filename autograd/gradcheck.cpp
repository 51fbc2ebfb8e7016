// Analytic gradients to two orders, and the finite differences that they are held against.
#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

#include "autograd/ops.h"
#include "autograd/random.h"

namespace autograd {

namespace {

using Arrays = std::vector<Array>;

// Fixed weights in ±[½, 1½], different for each `which`.
Array weights(const Shape& shape, std::uint32_t which) {
  const Stream stream = Stream().at(Purpose::checking).at_epoch(which);
  Array w = uniform(stream.at_level(0), shape);
  const Array sign = uniform(stream.at_level(1), shape);
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] = (Real(0.5) + w.data()[i]) * (sign.data()[i] < Real(0.5) ? -1 : 1);
  return w;
}

std::vector<Var> variables(const Arrays& at) {
  std::vector<Var> xs;
  for (const Array& a : at) xs.push_back(variable(a));
  return xs;
}

// Σ r·y, for one or several Vars
Var projected(const std::vector<Var>& ys, std::uint32_t which) {
  Var total = constant(zeros({}));
  for (const Var& y : ys) total = total + sum(y * constant(weights(y.shape(), which++)));
  return total;
}

// vᵀ∂φ/∂x, recorded
Var directional(const Function& f, const std::vector<Var>& xs) { return projected(grad(projected({f(xs)}, 0), xs), 1); }

struct Worst {
  double error = 0;
  std::string where;
};

// The worst of these gradients against five-point differences of φ.
Worst compare(int order, const std::vector<Arrays>& analytic, const std::function<double(const Arrays&)>& phi, const Arrays& at,
              double step) {
  Worst worst;
  for (std::size_t k = 0; k < at.size(); ++k) {
    for (std::size_t i = 0; i < at[k].size(); ++i) {
      Arrays moved = at;
      const auto value_at = [&](double steps) {
        moved[k].data()[i] = Real(double(at[k].data()[i]) + steps * step);
        return phi(moved);
      };
      const double numeric = (8 * (value_at(1) - value_at(-1)) - (value_at(2) - value_at(-2))) / (12 * step);
      for (const Arrays& gradients : analytic) {
        const double found = double(gradients[k].data()[i]);
        const double error = std::abs(found - numeric) / std::max(1.0, std::abs(numeric));
        if (error <= worst.error) continue;  // NaN goes on
        char text[160];
        std::snprintf(text, sizeof text, "order %d: input %zu, element %zu: analytic %.10g, numeric %.10g", order, k, i, found,
                      numeric);
        worst = {std::isnan(error) ? HUGE_VAL : error, text};
      }
    }
  }
  return worst;
}

}  // namespace

GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step) {
  Arrays swept, recorded, second;
  {
    Step scope;
    const std::vector<Var> xs = variables(at);
    const Var phi = projected({f(xs)}, 0);
    const std::vector<Var> gs = grad(phi, xs);
    Gradients g = backward(phi);
    for (const Var& x : xs) swept.push_back(g[x]);
    for (const Var& d : gs) recorded.push_back(d.value());
  }
  {
    Step scope;
    const std::vector<Var> xs = variables(at);
    for (const Var& d : grad(directional(f, xs), xs)) second.push_back(d.value());
  }

  const auto phi = [&](const Arrays& x) {
    Evaluation scope;
    return double(projected({f(variables(x))}, 0).item());
  };
  const auto slope = [&](const Arrays& x) {
    Step scope;
    return double(directional(f, variables(x)).item());
  };
  const Worst first_order = compare(1, {swept, recorded}, phi, at, step);
  const Worst second_order = compare(2, {second}, slope, at, step);
  return {first_order.error, second_order.error, second_order.error > first_order.error ? second_order.where : first_order.where};
}

}  // namespace autograd
