#include "nn/optimizer.h"

#include <stdexcept>

namespace nn {

void check_shapes(const std::string& name, const Parameter& parameter, const Array& gradient, const Array& state) {
  if (gradient.shape() != parameter.shape() || state.shape() != parameter.shape())
    throw std::invalid_argument("[optimizer] " + name + " is " + to_string(parameter.shape()) + " but its gradient is " +
                                to_string(gradient.shape()) + " and its state is " + to_string(state.shape()));
}

}  // namespace nn
