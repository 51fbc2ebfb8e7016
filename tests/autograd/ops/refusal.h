// What operations say when they refuse their operands.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "tests/autograd/messages.h"

// The message of the std::invalid_argument that f throws, "" if it throws none.
inline std::string refusal(const std::function<void()>& f) {
  autograd::Evaluation scope;
  return message_of<std::invalid_argument>(f);
}

// An operand of this shape, which is all that matters.
inline autograd::Var operand(const autograd::Shape& shape) {
  return autograd::constant(autograd::zeros(shape));
}
