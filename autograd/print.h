// Arrays and Vars as text, for looking at them.
#pragma once

#include <iosfwd>
#include <string>

#include "autograd/tape.h"

namespace autograd {

// The shape and the values, of long axes the first three and the last three:
// "[2,9] {{1, 2, 3, …, 7, 8, 9}, {0, 0.5, 1, …, 1e+10, nan, inf}}"
std::string to_string(const Array& a);

// The operation, and its value: "tanh [2,2] {{0, 0.5}, {-0.5, 1}}".
std::ostream& operator<<(std::ostream& out, const Var& x);

}  // namespace autograd

// to_string for streams. It stands in xtensor's namespace, where the compiler looks for it, because Array is
// a type of xtensor's.
namespace xt {
std::ostream& operator<<(std::ostream& out, const autograd::Array& a);
}
