// KL(q ‖ p) of pairs without a closed form, as the average of log q(z) − log p(z) over samples z ~ q. The
// estimate is unbiased, and by chance may be negative. Where an overload `kl(q, p)` exists it is exact; this
// one is asked for by its own name. (A KL between a discrete and a continuous distribution is undefined.)
#pragma once

#include "nn/distributions/mixture.h"
#include "nn/distributions/relaxed_one_hot.h"

namespace nn {

// Sample s is drawn from stream.at_sample(stream.first_sample + s).  ->  [B] nats, differentiable in q
// through the samples, and in p. std::logic_error for a discrete q, std::invalid_argument for 0 samples.
Var kl_monte_carlo(const Density& q, const Density& p, std::size_t samples, const Stream& stream);
Var kl_monte_carlo(const Density& q, const Mixture& p, std::size_t samples, const Stream& stream);
Var kl_monte_carlo(const RelaxedOneHot& q, const RelaxedOneHot& p, std::size_t samples, const Stream& stream);

}  // namespace nn
