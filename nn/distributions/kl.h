// KL(q ‖ p) of families that are chosen at run time. Where both are known when the program is compiled, it is
// kl(q, p), of which each pair that has a closed form has one, in the header of the family.
#pragma once

#include <optional>

#include "nn/distributions/density.h"
#include "nn/distributions/relaxed_one_hot.h"

namespace nn {

// The closed form, kl(q, p), if the pair has one.  ->  [B] nats. The second throws std::logic_error naming
// both families if it has none.
std::optional<Var> kl_if_closed(const Density& q, const Density& p);
Var kl_closed_form(const Density& q, const Density& p);

// The average of log q(z) − log p(z) over samples z ~ q, which is unbiased, and by chance may be negative.
// Sample s is drawn from stream.at_sample(stream.first_sample + s).  ->  [B] nats, differentiable in q
// through the samples, and in p. std::logic_error for a q without rsample, std::invalid_argument for 0
// samples. (A KL between a discrete and a continuous distribution is undefined.)
Var kl_monte_carlo(const Density& q, const Density& p, std::size_t samples, const Stream& stream);
Var kl_monte_carlo(const RelaxedOneHot& q, const RelaxedOneHot& p, std::size_t samples, const Stream& stream);

}  // namespace nn
