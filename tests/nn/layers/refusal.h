// The message with which a layer refuses its inputs.
#pragma once

#include <functional>

#include "autograd/tape.h"
#include "tests/autograd/messages.h"

inline std::string refusal(const std::function<autograd::Var()>& f) {
  autograd::Evaluation scope;
  return message_of<std::invalid_argument>([&] { f(); });
}

inline autograd::Var of_zeros(const autograd::Shape& shape) {
  return autograd::constant(autograd::zeros(shape));
}
