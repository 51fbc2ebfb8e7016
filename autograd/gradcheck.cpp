// Analytic gradients to two orders, and the finite differences that they are compared with.
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

// ---- differences ------------------------------------------------------------------------------------------

// dφ/dt at t = 0
double five_point_difference(const std::function<double(double t)>& phi, double h) {
  return (8 * (phi(h) - phi(-h)) - (phi(2 * h) - phi(-2 * h))) / (12 * h);
}

// Parameters on the line x + t u, until the end of the scope.
class Line {
 public:
  Line(const std::vector<Parameter*>& at, const Arrays& u) : at_(at), u_(u) {
    for (const Parameter* p : at) start_.push_back(p->value());
  }
  ~Line() {
    for (std::size_t k = 0; k < at_.size(); ++k) at_[k]->update() = start_[k];
  }

  void move_to(double t) {
    for (std::size_t k = 0; k < at_.size(); ++k) {
      Array& x = at_[k]->update();
      for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = Real(double(start_[k].data()[i]) + t * double(u_[k].data()[i]));
    }
  }

 private:
  const std::vector<Parameter*>& at_;
  const Arrays& u_;
  Arrays start_;
};

// One entry, moved by t until the end of the scope.
class MovedEntry {
 public:
  MovedEntry(Parameter& at, std::size_t i, double t) : at_(at), i_(i), before_(at.value().data()[i]) {
    at_.update().data()[i_] = Real(double(before_) + t);
  }
  ~MovedEntry() { at_.update().data()[i_] = before_; }

 private:
  Parameter& at_;
  std::size_t i_;
  Real before_;
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
      const auto moved = [&](double t) {
        const MovedEntry scope(*at[k], i, t);
        return phi();
      };
      entries.push_back({"input " + std::to_string(k) + ", element " + std::to_string(i),
                         five_point_difference(moved, step),
                         {}});
      for (const Arrays& g : gradients) entries.back().analytic.push_back(double(g[k].data()[i]));
    }
    worst.include(entries);
  }
}

// These gradients of φ, along u.
Compared along(std::size_t which, const std::vector<Arrays>& gradients, const std::function<double()>& phi,
               const std::vector<Parameter*>& at, const Arrays& u, double step) {
  Line line(at, u);
  const auto moved = [&](double t) {
    line.move_to(t);
    return phi();
  };
  Compared compared = {"direction " + std::to_string(which), five_point_difference(moved, step), {}};
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

  // Take the exact gradient.
  Arrays truth, mean, squares;
  {
    Step scope;
    truth = gradients(exact(), at);
  }

  // Average the estimate's gradients g, and sum their squared deviations Σ (g − mean)², draw by draw (Welford
  // 1962).
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

  // Compare entry by entry: z = (mean − truth) / (s/√n). Where nothing varies the error is that of rounding.
  EstimatorCheck check;
  check.bound = upper_quantile(error_rate / 2 / double(entries));
  const double n = double(draws);
  for (std::size_t k = 0; k < truth.size(); ++k) {
    double largest = 0;
    for (std::size_t i = 0; i < truth[k].size(); ++i)
      largest =
          std::max({largest, std::abs(double(truth[k].data()[i])), std::abs(double(mean[k].data()[i]))});
    const double rounding = 64 * double(std::numeric_limits<Real>::epsilon()) * largest + 1e-300;
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
