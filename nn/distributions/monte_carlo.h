// KL(q ‖ p) for pairs without a closed form, as an average over samples z ~ q of log q(z) − log p(z):
// unbiased, and below 0 when chance will have it. To be asked for by name, because a closed form (kl.h) is
// exact.
#pragma once

#include "nn/distributions/mixture.h"
#include "nn/distributions/relaxed_one_hot.h"

namespace nn {

// Sample s is drawn from stream.at_sample(stream.first_sample + s); [B] nats, differentiable by q along the
// path of the samples. std::logic_error if no path leads through q, std::invalid_argument for 0 samples.
Var kl_monte_carlo(const Density& q, const Density& p, std::size_t samples, const Stream& stream);
Var kl_monte_carlo(const Density& q, const Mixture& p, std::size_t samples, const Stream& stream);
Var kl_monte_carlo(const RelaxedOneHot& q, const RelaxedOneHot& p, std::size_t samples, const Stream& stream);

}  // namespace nn
