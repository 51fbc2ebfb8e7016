// Finding where a NaN or an infinity comes from.
//
//     TraceNonFinite trace;               // from here to the end of this block
//     ... record, backward ...            // std::domain_error at the first value or adjoint that is not
//     finite
//
// Constants, and while gradients are recorded what is computed of them alone, are let through: NaN may stand
// for a number that is missing. The message names the operation, its shapes and the element, and from where
// its inputs came, with the range of each:
//
//     log [2,3] is -inf at element 4
//       of relu [2,3], 0 to 1.5
//         of affine [2,3], -2.1 to 1.5
//           ...
#pragma once

#include <string>

#include "autograd/observer.h"

namespace autograd {

class TraceNonFinite : public Observer {
 public:
  void computed(const Tape& tape, std::size_t index) override;
  void pulled(const Tape& tape, std::size_t index, std::size_t input, const Array& adjoint) override;
};

// "tanh [100,500] of affine [100,500]" for node `index`.
std::string describe(const Tape& tape, std::size_t index);

bool all_finite(const Array& a);

// The first such node in creation order that holds an infinite value or NaN, described; empty if there is
// none.
std::string first_non_finite(const Tape& tape);

// What node `index` was computed from, and what that was computed from, so many levels deep: a line each,
// indented.
std::string origins(const Tape& tape, std::size_t index, std::size_t depth = 3);

}  // namespace autograd
