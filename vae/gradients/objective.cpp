// What the estimators share.
#include "vae/gradients/objective.h"

#include "autograd/ops.h"

namespace vae {

Var with_gradient_of(Var value, Var surrogate) {
  return stop_gradient(value) + (surrogate - stop_gradient(surrogate));
}

}  // namespace vae
