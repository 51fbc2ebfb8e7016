// Analytic gradients to two orders, and their comparison with finite differences.
#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <limits>
#include <stdexcept>

#include "autograd/finite_differences.h"
#include "autograd/ops.h"
#include "autograd/random.h"

namespace autograd {

namespace {

using Arrays = std::vector<Array>;
using Vars = std::vector<Var>;

// Fixed weights in ±[½, 1½], different for each `which`.
Array weights(const Shape& shape, std::uint32_t which) {
  const Stream stream = Stream().at(Purpose::checking).at_epoch(which);
  Array w = uniform(stream.at_level(0), shape);
  const Array sign = uniform(stream.at_level(1), shape);
  for (std::size_t i = 0; i < w.size(); ++i)
    w.data()[i] = (Real(0.5) + w.data()[i]) * (sign.data()[i] < Real(0.5) ? -1 : 1);
  return w;
}

// v ~ N(0, I) over all parameters together, different for each `which`.
Arrays direction(const std::vector<Parameter*>& at, std::uint32_t which) {
  const Stream stream = Stream().at(Purpose::checking).at_epoch(which).at_level(2);
  Arrays v;
  for (const Parameter* p : at) v.push_back(normal(stream.at_sample(std::uint32_t(v.size())), p->shape()));
  return v;
}

// Σ |w·x|
double size_of_terms(const Arrays& w, const Arrays& x) {
  double total = 0;
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t i = 0; i < x[k].size(); ++i)
      total += std::abs(double(w[k].data()[i]) * double(x[k].data()[i]));
  return total;
}

// Σ w·x, of arrays or of Vars
double dot(const Arrays& w, const Arrays& x) {
  double total = 0;
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t i = 0; i < x[k].size(); ++i) total += double(w[k].data()[i]) * double(x[k].data()[i]);
  return total;
}
Var dot(const Arrays& w, const Vars& x) {
  Var total = constant(zeros({}));
  for (std::size_t k = 0; k < x.size(); ++k) total = total + sum(x[k] * constant(w[k]));
  return total;
}

Arrays values(const Vars& xs) {
  Arrays all;
  for (const Var& x : xs) all.push_back(x.value());
  return all;
}

// ---- analytic gradients -----------------------------------------------------------------------------------

// φ = Σ r·f, and its derivatives by the parameters.
class Objective {
 public:
  Objective(const std::function<Var()>& f, const std::vector<Parameter*>& at) : f_(f), at_(at) {}

  double value() const {
    Evaluation scope;
    return double(phi().item());
  }

  // Σ |r·f|, of which φ and its differences have a rounding error
  double size() const {
    Evaluation scope;
    const Var y = f_();
    return size_of_terms({weights(y.shape(), 0)}, {y.value()});
  }

  // ∂φ/∂x, by `backward` and by `grad`.
  std::vector<Arrays> gradients() const {
    Step scope;
    const Var y = phi();
    const Vars xs = variables();
    const Arrays recorded = values(grad(y, xs));
    if (!Tape::current().node(y).needs_gradient) return {recorded};
    const Gradients g = backward(y);
    Arrays swept;
    for (const Var& x : xs) swept.push_back(g[x]);
    return {swept, recorded};
  }

  // vᵀ∂φ/∂x
  double slope(const Arrays& v) const {
    Step scope;
    return double(dot(v, grad(phi(), variables())).item());
  }

  // ∂(vᵀ∂φ/∂x)/∂x
  Arrays slope_gradient(const Arrays& v) const {
    Step scope;
    const Var slope = dot(v, grad(phi(), variables()));
    return values(grad(slope, variables()));
  }

 private:
  Var phi() const {
    const Var y = f_();
    return dot({weights(y.shape(), 0)}, {y});
  }
  Vars variables() const {
    Vars xs;
    for (const Parameter* p : at_) xs.push_back(*p);
    return xs;
  }

  const std::function<Var()>& f_;
  const std::vector<Parameter*>& at_;
};

// ---- their comparison -------------------------------------------------------------------------------------

// A derivative at a place, and what the analytic gradients say about it.
struct Compared {
  std::string place;
  double numeric;
  std::vector<double> analytic;
};

struct Worst {
  int order;
  double rounding;  // of a difference
  double error = 0;
  std::string text = {};

  // Derivatives of which the largest says how large the gradient is, but not less than a million roundings.
  void include(const std::vector<Compared>& all) {
    double size = 0;
    for (const Compared& c : all) size = std::max(size, std::abs(c.numeric));
    size = std::max(size, 1e6 * rounding);
    for (const Compared& c : all)
      for (const double analytic : c.analytic) {
        const double unit = size > 0 ? std::min(size, std::max(1.0, std::abs(c.numeric))) : 1;
        const double e = std::abs(analytic - c.numeric) / unit;
        if (e <= error) continue;  // NaN goes on
        char numbers[80];
        std::snprintf(numbers, sizeof numbers, ": analytic %.10g, numeric %.10g", analytic, c.numeric);
        error = std::isnan(e) ? HUGE_VAL : e;
        text = "order " + std::to_string(order) + ": " + c.place + numbers;
      }
  }
};

// These gradients of φ, by every entry.
void compare_entries(Worst& worst, const std::vector<Arrays>& gradients, const std::function<double()>& phi,
                     const std::vector<Parameter*>& at, double step) {
  for (std::size_t k = 0; k < at.size(); ++k) {
    std::vector<Compared> entries;
    for (std::size_t i = 0; i < at[k]->value().size(); ++i) {
      entries.push_back({"input " + std::to_string(k) + ", element " + std::to_string(i),
                         difference_at(*at[k], i, phi, step),
                         {}});
      for (const Arrays& g : gradients) entries.back().analytic.push_back(double(g[k].data()[i]));
    }
    worst.include(entries);
  }
}

// These gradients of φ, along u.
Compared along(std::size_t which, const std::vector<Arrays>& gradients, const std::function<double()>& phi,
               const std::vector<Parameter*>& at, const Arrays& u, double step) {
  Compared compared = {"direction " + std::to_string(which), difference_along(at, u, phi, step), {}};
  for (const Arrays& g : gradients) compared.analytic.push_back(dot(u, g));
  return compared;
}

}  // namespace

void GradientCheck::include(const GradientCheck& other) {
  if (other.excess() > excess()) worst = other.worst;
  order1 = std::max(order1, other.order1);
  order2 = std::max(order2, other.order2);
}

GradientCheck check_gradient(const std::function<Var()>& f, const std::vector<Parameter*>& at, double step,
                             std::size_t directions) {
  if (sizeof(Real) < sizeof(double))
    throw std::logic_error(
        "[check_gradient] differences of floats say nothing: build with Real = double (elbo64)");
  const Objective objective(f, at);
  const std::vector<Arrays> gradients = objective.gradients();
  const auto value = [&] { return objective.value(); };
  double size = objective.size(), entries = 0;
  for (const Parameter* p : at) entries += double(p->value().size());
  const double h = directions == 0 ? step : step / std::sqrt(std::sqrt(std::max(1.0, entries)));

  // A difference of numbers of this size is off by a few roundings of it, divided by h. A slope is the sum of
  // terms as large as φ, and may be smaller.
  const auto rounding = [h](double size) {
    return 32 * double(std::numeric_limits<Real>::epsilon()) * size / h;
  };
  Worst first = {1, rounding(size)}, second = {2, 0};

  if (directions == 0) {
    // Compare every entry.
    Arrays v;
    for (const Parameter* p : at) v.push_back(weights(p->shape(), std::uint32_t(1 + v.size())));
    const auto slope = [&] { return objective.slope(v); };
    second.rounding = rounding(size + size_of_terms(v, gradients.back()));
    compare_entries(first, gradients, value, at, h);
    compare_entries(second, {objective.slope_gradient(v)}, slope, at, h);
  } else {
    // Compare along random directions, both orders of each.
    std::vector<Compared> first_order, second_order;
    for (std::size_t j = 0; j < directions; ++j) {
      const Arrays v = direction(at, std::uint32_t(j)), u = direction(at, std::uint32_t(j + 1));
      const auto slope = [&] { return objective.slope(v); };
      second.rounding = std::max(second.rounding, rounding(size + size_of_terms(v, gradients.back())));
      first_order.push_back(along(j, gradients, value, at, v, h));
      second_order.push_back(along(j, {objective.slope_gradient(v)}, slope, at, u, h));
    }
    first.include(first_order);
    second.include(second_order);
  }

  GradientCheck check = {first.error, 0, first.text};
  check.include({0, second.error, second.text});
  return check;
}

// A function of arrays is one of parameters that begin there.
GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step,
                             std::size_t directions) {
  std::deque<Parameter> parameters(at.begin(), at.end());
  std::vector<Parameter*> pointers;
  for (Parameter& p : parameters) pointers.push_back(&p);
  return check_gradient([&] { return f(Vars(parameters.begin(), parameters.end())); }, pointers, step,
                        directions);
}

}  // namespace autograd
