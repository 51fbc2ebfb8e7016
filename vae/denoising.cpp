// What posteriors see of x.
#include "vae/denoising.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

Corrupted::Corrupted(Model& model, Real rate, const Stream& stream)
    : AroundModel(model), rate_(rate), stream_(stream) {
  if (!(rate >= 0 && rate < 1))
    throw std::domain_error("[Corrupted] pixels are missing with a probability of " + std::to_string(rate) +
                            ", which is not within [0, 1)");
}

Features Corrupted::features(Var x, Var c) const {
  if (rate_ == 0) return model_.features(x, c);
  const Var u = constant(uniform(stream_.for_batch(x.rows()), x.shape()));
  return model_.features(where(u < rate_, 0, x), c);
}

}  // namespace vae
