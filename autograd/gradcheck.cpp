// Analytic gradients to two orders, and the finite differences that they are held against.
#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <limits>
#include <stdexcept>

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
  for (std::size_t i = 0; i < w.size(); ++i)
    w.data()[i] = (Real(0.5) + w.data()[i]) * (sign.data()[i] < Real(0.5) ? -1 : 1);
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

// The worst of these gradients, each a list by input, against five-point differences of φ, which is a
// function of the parameters.
Worst compare(int order, const std::vector<Arrays>& analytic, const std::function<double()>& phi,
              const std::vector<Parameter*>& at, double step) {
  Worst worst;
  for (std::size_t k = 0; k < at.size(); ++k) {
    for (std::size_t i = 0; i < at[k]->value().size(); ++i) {
      const Real here = at[k]->value().data()[i];
      const auto value_at = [&](double steps) {
        struct PutBack {
          ~PutBack() { at.update().data()[i] = value; }
          Parameter& at;
          std::size_t i;
          Real value;
        } const put_back{*at[k], i, here};
        at[k]->update().data()[i] = Real(double(here) + steps * step);
        return phi();
      };
      const double numeric = (8 * (value_at(1) - value_at(-1)) - (value_at(2) - value_at(-2))) / (12 * step);
      for (const Arrays& gradients : analytic) {
        const double found = double(gradients[k].data()[i]);
        const double error = std::abs(found - numeric) / std::max(1.0, std::abs(numeric));
        if (error <= worst.error) continue;  // NaN goes on
        char text[160];
        std::snprintf(text, sizeof text, "order %d: input %zu, element %zu: analytic %.10g, numeric %.10g",
                      order, k, i, found, numeric);
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

  Arrays swept, recorded, curvature;
  {
    Step scope;
    const Var loss = phi();
    const std::vector<Var> xs = variables();
    const std::vector<Var> gs = grad(loss, xs);
    for (const Var& d : gs) recorded.push_back(d.value());
    if (Tape::current().node(loss).needs_gradient) {
      const Gradients g = backward(loss);
      for (const Var& x : xs) swept.push_back(g[x]);
    } else {
      swept = recorded;
    }
  }
  {
    Step scope;
    const Var slope = directional();
    for (const Var& d : grad(slope, variables())) curvature.push_back(d.value());
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
  const Worst second_order = compare(2, {curvature}, slope, at, step);
  const GradientCheck first = {first_order.error, 0, first_order.where},
                      second = {0, second_order.error, second_order.where};
  return {first.order1, second.order2, (second.excess() > first.excess() ? second : first).worst};
}

// A function of arrays is one of parameters that begin there.
GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step) {
  std::deque<Parameter> parameters(at.begin(), at.end());
  std::vector<Parameter*> pointers;
  for (Parameter& p : parameters) pointers.push_back(&p);
  return check_gradient([&] { return f({parameters.begin(), parameters.end()}); }, pointers, step);
}

namespace {

Arrays gradients(Var y, const std::vector<Parameter*>& at) {
  const Gradients g = backward(y);
  Arrays values;
  for (const Parameter* p : at) values.push_back(g[*p]);
  return values;
}

// x with Φ(−x) = p, by bisection
double upper_quantile(double p) {
  double low = 0, high = 40;
  while (high - low > 1e-9) {
    const double x = (low + high) / 2;
    (0.5 * std::erfc(x / std::sqrt(2.0)) > p ? low : high) = x;
  }
  return high;
}

}  // namespace

EstimatorCheck check_estimator(const std::function<Var(const Stream&)>& estimate,
                               const std::function<Var()>& exact, const std::vector<Parameter*>& at,
                               std::size_t draws, double error_rate) {
  std::size_t entries = 0;
  for (const Parameter* p : at) entries += p->value().size();
  if (draws < 2 || entries == 0 || !(error_rate > 0 && error_rate < 1))
    throw std::invalid_argument("[check_estimator] " + std::to_string(draws) + " draws, " +
                                std::to_string(entries) + " numbers, error rate " +
                                std::to_string(error_rate));

  Arrays truth, mean, squares;  // squares: Σ (g − mean)², updated draw by draw (Welford 1962)
  {
    Step scope;
    truth = gradients(exact(), at);
  }
  for (const Array& t : truth) mean.push_back(zeros(t.shape())), squares.push_back(zeros(t.shape()));
  for (std::size_t n = 1; n <= draws; ++n) {
    Step scope;
    const Arrays g = gradients(estimate(Stream().at(Purpose::checking).at_epoch(std::uint32_t(n))), at);
    for (std::size_t k = 0; k < g.size(); ++k)
      for (std::size_t i = 0; i < g[k].size(); ++i) {
        const Real before = g[k].data()[i] - mean[k].data()[i];
        mean[k].data()[i] += before / Real(n);
        squares[k].data()[i] += before * (g[k].data()[i] - mean[k].data()[i]);
      }
  }

  EstimatorCheck check;
  check.bound = upper_quantile(error_rate / 2 / double(entries));
  const double n = double(draws);
  for (std::size_t k = 0; k < truth.size(); ++k) {
    double largest = 0;
    for (std::size_t i = 0; i < truth[k].size(); ++i)
      largest =
          std::max({largest, std::abs(double(truth[k].data()[i])), std::abs(double(mean[k].data()[i]))});
    const double rounding =
        64 * double(std::numeric_limits<Real>::epsilon()) * largest + 1e-300;  // where nothing varies
    for (std::size_t i = 0; i < truth[k].size(); ++i) {
      const double right = double(truth[k].data()[i]), found = double(mean[k].data()[i]);
      const double error = std::sqrt(double(squares[k].data()[i]) / (n - 1) / n);
      const double z = std::abs(found - right) / (error + rounding);
      if (z <= check.z) continue;  // NaN goes on
      char text[160];
      std::snprintf(text, sizeof text, "input %zu, element %zu: mean %.6g ± %.2g, exact %.6g", k, i, found,
                    error, right);
      check.z = std::isnan(z) ? HUGE_VAL : z;
      check.worst = text;
    }
  }
  return check;
}

}  // namespace autograd
