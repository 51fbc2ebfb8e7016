#include "nn/distributions/event.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

const Real infinity = std::numeric_limits<Real>::infinity();

}  // namespace

Var sum_event(Var x) {
  Axes axes;
  for (std::size_t i = 1; i < x.shape().size(); ++i) axes.push_back(i);
  return sum(x, axes);
}

void check_event(const char* what, const Shape& value, const Shape& parameters) {
  if (value != parameters || value.empty())
    throw std::invalid_argument(std::string("[") + what + "] the value is " + to_string(value) +
                                " but the parameters are " + to_string(parameters));
}

void check_positive(const char* distribution, const char* parameter, const Array& x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(x.data()[i] > 0 && std::isfinite(x.data()[i])))
      throw std::domain_error(std::string("[") + distribution + "] " + parameter + " is " +
                              std::to_string(x.data()[i]) + " at element " + std::to_string(i) +
                              "; it must be positive and finite");
}

Var within(Var x, Operand low, Operand high, Var f) {
  return where(x < low, -infinity, where(x > high, -infinity, f));
}

Var spread_last(Var x, std::size_t n) {
  Shape shape = x.shape();
  const Var column = expand_dims(x, shape.size());
  shape.push_back(n);
  return broadcast_to(column, shape);
}

Var on_simplex(Var x, Var f) {
  const std::size_t last = x.shape().size() - 1;
  const Real rounding = std::sqrt(std::numeric_limits<Real>::epsilon());
  const Var off = abs(sum(x, {last}) - Real(1)) - rounding;
  return where(-min(x, {last}), -infinity, where(off, -infinity, f));
}

}  // namespace nn
