#include "nn/event.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

Var sum_event(Var x) {
  Axes axes;
  for (std::size_t i = 1; i < x.shape().size(); ++i) axes.push_back(i);
  return sum(x, axes);
}

void check_event(const char* what, const Shape& value, const Shape& parameters) {
  if (value != parameters || value.empty())
    throw std::invalid_argument(std::string("[") + what + "] the value is " + to_string(value) + " but the parameters are " +
                                to_string(parameters));
}

}  // namespace nn
