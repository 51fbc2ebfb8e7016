// What an estimator of a gradient returns. An estimator of ∇ E_q[…] is written as a value whose `backward` is
// the estimate: an objective, of which the loss is −mean(objective.value). It need not be the derivative of
// its value. Under every estimator the value is that of the bound which is ascended.
//
// Read next: path_derivative.h (z leads back to φ), score_function.h (it need not).
#pragma once

#include "vae/elbo.h"

namespace vae {

struct Objective {
  Var value;    // the bound that is ascended   [B] nats
  Bound bound;  // the ELBO of the same draws, and its terms, to be told
};

// This value, with the gradient of another, the surrogate. Both [B].
Var with_gradient_of(Var value, Var surrogate);

}  // namespace vae
