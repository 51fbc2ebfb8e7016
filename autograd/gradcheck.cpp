// Analytic gradients to two orders, and the finite differences that they are held against.
#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
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

// Σ r·y, for one or several Vars
Var projected(const std::vector<Var>& ys, std::uint32_t which) {
  Var total = constant(zeros({}));
  for (const Var& y : ys) total = total + sum(y * constant(weights(y.shape(), which++)));
  return total;
}

struct Worst {
  double error = 0;
  std::string where;
};

// The worst of these gradients, each a list by input, against five-point differences of φ, which is a function of the parameters.
Worst compare(int order, const std::vector<Arrays>& analytic, const std::function<double()>& phi,
              const std::vector<Parameter*>& at, double step) {
  Worst worst;
  for (std::size_t k = 0; k < at.size(); ++k) {
    for (std::size_t i = 0; i < at[k]->value().size(); ++i) {
      const Real here = at[k]->value().data()[i];
      const auto value_at = [&](double steps) {
        at[k]->update().data()[i] = Real(double(here) + steps * step);
        const double value = phi();
        at[k]->update().data()[i] = here;
        return value;
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

GradientCheck check_gradient(const std::function<Var()>& f, const std::vector<Parameter*>& at, double step) {
  const auto variables = [&] {
    std::vector<Var> xs;
    for (const Parameter* p : at) xs.push_back(*p);
    return xs;
  };
  const auto phi = [&] { return projected({f()}, 0); };
  const auto directional = [&] { return projected(grad(phi(), variables()), 1); };  // vᵀ∂φ/∂x

  Arrays swept, recorded, second;
  {
    Step scope;
    const Var loss = phi();
    const std::vector<Var> xs = variables();
    const std::vector<Var> gs = grad(loss, xs);
    const Gradients g = backward(loss);
    for (const Var& x : xs) swept.push_back(g[x]);
    for (const Var& d : gs) recorded.push_back(d.value());
  }
  {
    Step scope;
    const Var slope = directional();
    for (const Var& d : grad(slope, variables())) second.push_back(d.value());
  }

  const auto value = [&] {
    Evaluation scope;
    return double(phi().item());
  };
  const auto slope = [&] {
    Step scope;
    return double(directional().item());
  };
  const Worst first_order = compare(1, {swept, recorded}, value, at, step);
  const Worst second_order = compare(2, {second}, slope, at, step);
  return {first_order.error, second_order.error, second_order.error > first_order.error ? second_order.where : first_order.where};
}

// A function of arrays is one of parameters that begin there.
GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step) {
  std::deque<Parameter> parameters(at.begin(), at.end());
  std::vector<Parameter*> pointers;
  for (Parameter& p : parameters) pointers.push_back(&p);
  return check_gradient([&] { return f({parameters.begin(), parameters.end()}); }, pointers, step);
}

}  // namespace autograd
