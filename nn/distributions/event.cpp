// What the distributions share: sums over the event, checks of shapes and parameters, supports.
#include "nn/distributions/event.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"

namespace nn {

Var sum_event(Var x) {
  Axes axes;
  for (std::size_t i = 1; i < x.shape().size(); ++i) axes.push_back(i);
  return sum(x, axes);
}

std::size_t last_axis(Var x) { return x.shape().size() - 1; }

Var spread_last(Var x, std::size_t n) {
  Shape shape = x.shape();
  const Var column = expand_dims(x, shape.size());
  shape.push_back(n);
  return broadcast_to(column, shape);
}

Var scaled(Var d, Var s) {
  const Var half = exp(0.5 * s);
  return d * half * half;
}

Var times_log(Var x, Var log_p) {
  const Var none = log_p < -std::numeric_limits<Real>::max();  // p = 0
  return where(none * x, -infinity, x * where(none, 0, log_p));
}

Var kl_terms(Var log_q, Var log_p) {
  const Var q = exp(log_q), p = exp(log_p);
  const Var u = where(q, log_p - log_q, -1);  // where q is 0, p is left of the term
  const Var is_near = abs(u) < 1;
  return where(is_near, q * exp_excess(where(is_near, u, 0)), p - q - q * u);
}

// ---- checks -----------------------------------------------------------------------------------------------

void check_event(const char* what, const Shape& value, const Shape& parameters) {
  if (value != parameters || value.empty())
    throw std::invalid_argument(std::string("[") + what + "] the value is " + to_string(value) +
                                " but the parameters are " + to_string(parameters));
}

void check_parameters(const char* distribution, const char* name, const Shape& a, const char* other_name,
                      const Shape& b) {
  if (a != b || a.empty())
    throw std::invalid_argument(std::string("[") + distribution + "] " + name + " is " + to_string(a) +
                                " but " + other_name + " is " + to_string(b) +
                                (a == b ? ": a first axis is needed" : ""));
}

void check_classes(const char* distribution, const Shape& logits) {
  if (logits.size() < 2 || logits.back() == 0)
    throw std::invalid_argument(std::string("[") + distribution + "] the logits are " + to_string(logits) +
                                ": a first axis and a last one, of classes, are needed");
}

void check_positive(const char* distribution, const char* parameter, const Array& x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(x.data()[i] > 0 && std::isfinite(x.data()[i])))
      throw std::domain_error(std::string("[") + distribution + "] " + parameter + " is " +
                              std::to_string(x.data()[i]) + " at element " + std::to_string(i) +
                              "; it must be positive and finite");
}

void check_size(const char* distribution, const char* parameter, const Array& x, Real most) {
  const auto is_larger = [most](Real v) { return std::abs(v) > most; };
  const Real* const values = x.data();
  int larger = 0;  // counted without leaving the loop, so that it is vectorized
  for (std::size_t i = 0, n = x.size(); i < n; ++i) larger += is_larger(values[i]);
  if (larger == 0) return;
  const std::size_t i = std::size_t(std::find_if(values, values + x.size(), is_larger) - values);
  char bound[40] = "finite";
  if (most < std::numeric_limits<Real>::max()) std::snprintf(bound, sizeof bound, "within ±%g", double(most));
  throw std::domain_error(std::string("[") + distribution + "] " + parameter + " is " +
                          std::to_string(values[i]) + " at element " + std::to_string(i) + "; it must be " +
                          bound);
}

void check_difference(const char* what, const Array& a, const Array& b) {
  const auto is_undefined = [](Real a, Real b) { return a == b && std::abs(a) == infinity; };
  const Real *const a_ = a.data(), *const b_ = b.data();
  int undefined = 0;  // counted as above
  for (std::size_t i = 0, n = a.size(); i < n; ++i) undefined += is_undefined(a_[i], b_[i]);
  if (undefined > 0)
    throw std::domain_error(std::string("[") + what + "] the difference of two infinities, " +
                            std::to_string(undefined) + " times");
}

void check_logits(const char* distribution, const Array& logits) {
  const std::size_t K = logits.shape().back();
  for (std::size_t i = 0; i < logits.size(); i += K) {
    const Real* const row = logits.data() + i;
    const bool all_none = std::all_of(row, row + K, [](Real l) { return l == -infinity; });
    if (all_none || std::any_of(row, row + K, [](Real l) { return l == infinity; }))
      throw std::domain_error(std::string("[") + distribution + "] the logits of row " +
                              std::to_string(i / K) +
                              (all_none ? " are all -inf: there is no class" : " have one that is inf"));
  }
}

// ---- mixtures of elements ---------------------------------------------------------------------------------

void check_components(const char* mixture, Var logits, const char* a_name, Var a, const char* b_name, Var b) {
  const Shape& shape = logits.shape();
  if (shape.size() < 2 || shape.back() == 0 || a.shape() != shape || b.shape() != shape)
    throw std::invalid_argument("[" + std::string(mixture) + "] logits are " + to_string(shape) + ", " +
                                a_name + " " + to_string(a.shape()) + ", " + b_name + " " +
                                to_string(b.shape()));
  check_logits(mixture, logits.value());
}

Shape without_last_axis(const Shape& shape) { return Shape(shape.begin(), shape.end() - 1); }

Array choose_components(Var logits, const Array& all, const Stream& stream) {
  Evaluation scope;
  const Var choice = constant(Categorical(logits).sample(stream.second()));
  return sum(choice * constant(all), {last_axis(logits)}).value();
}

// ---- supports ---------------------------------------------------------------------------------------------

Var within(Var x, Operand low, Operand high, Var f) {
  return where(x < low, -infinity, where(x > high, -infinity, f));
}

Var on_simplex(Var x, Var f) {
  const std::size_t k = last_axis(x);
  const Real rounding = std::sqrt(std::numeric_limits<Real>::epsilon());
  const Var off = abs(sum(x, {k}) - 1) - rounding;
  return where(-min(x, {k}), -infinity, where(off, -infinity, f));
}

}  // namespace nn
