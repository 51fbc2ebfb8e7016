// Dropout (Srivastava et al. 2014): in training, each unit is left out with probability p, and the others are
// scaled up, so that the expectation is what evaluation computes, the identity.
#pragma once

#include "autograd/random.h"
#include "nn/mode.h"
#include "nn/parameters.h"

namespace nn {

// y = x ∘ m / (1 − p),  m ~ Bernoulli(1 − p), in training; y = x in evaluation.  x: [B,…]  ->  [B,…]
// m comes from the stream's purpose `dropout`, whatever it was for; layers of one network need levels of
// their own.
struct Dropout {
  explicit Dropout(Real p);  // std::domain_error unless 0 ≤ p < 1

  Var operator()(Var x, Mode mode, const Stream& stream) const;

  Real p;
};

}  // namespace nn
