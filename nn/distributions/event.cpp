// What the distributions share: sums over the event, checks of shapes and parameters, supports.
#include "nn/distributions/event.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

Array Reparameterized::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

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
