// Dropout (Srivastava et al. 2014). In training each unit is set to zero with probability p, and the others
// are scaled by 1 / (1 − p), so that the expectation is the output of evaluation, x itself.
#pragma once

#include "autograd/random.h"
#include "autograd/tape.h"

namespace nn {

using namespace autograd;

// Whether the layer is being trained. A layer that needs to know it is told at every call.
enum class Mode { training, evaluation };

// y = x ∘ m / (1 − p),  m ~ Bernoulli(1 − p), in training; y = x in evaluation.  x: [B,…]  ->  [B,…]
// m is drawn from the stream with its purpose replaced by `dropout`. Several layers of one network need
// streams of different levels.
struct Dropout {
  explicit Dropout(Real p);  // std::domain_error unless 0 ≤ p < 1

  Var operator()(Var x, Mode mode, const Stream& stream) const;

  Real p;
};

}  // namespace nn
