// The tape as a picture: for looking at what was recorded.
//
//     std::ofstream("step.dot") << to_dot(Tape::current());          $ dot -Tsvg step.dot -o step.svg
//
// A box for every node of the tape in creation order, n0, n1, …, with its operation and its shape; an arrow
// from each operand that is a Var, in the operands' order from left to right. An operand that is a number
// stands in the box in its place: sub(1, ·). Parameters are filled, arrays that are given (constants) are
// dashed. The same computation gives the same text.
#pragma once

#include <string>

#include "autograd/tape.h"

namespace autograd {

std::string to_dot(const Tape& tape);

}  // namespace autograd
