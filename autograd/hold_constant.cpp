// The set of parameters that the tape takes as constants.
#include "autograd/hold_constant.h"

namespace autograd {

ParameterSet held_constant() { return Tape::current().constants_; }

HoldConstant::HoldConstant(const std::vector<const Parameter*>& parameters)
    : tape_(Tape::current()), outer_(tape_.constants_) {
  tape_.constants_.insert(parameters.begin(), parameters.end());
}

HoldConstant HoldConstant::exactly(ParameterSet parameters) {
  Tape& tape = Tape::current();
  return {tape, std::exchange(tape.constants_, std::move(parameters))};
}

HoldConstant::~HoldConstant() { tape_.constants_ = outer_; }

}  // namespace autograd
