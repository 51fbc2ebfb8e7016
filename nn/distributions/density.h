// A density of a family that is chosen at run time. Mixtures (mixture.h) and flows (../flows/flow.h) are made
// of such.
#pragma once

#include <variant>

#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/discretized_logistic.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"

namespace nn {

using Density = std::variant<Bernoulli, Categorical, ContinuousBernoulli, DiscretizedLogistic, Laplace,
                             Logistic, MultivariateNormal, Normal>;

// Whether it gives probability to single values; expectations are then sums, otherwise integrals.
bool is_discrete(const Density& p);

// As the members of the family.
const Shape& shape(const Density& p);                  // [B,…]
Var log_prob(const Density& p, Var x);                 // [B] nats
Array sample(const Density& p, const Stream& stream);  // [B,…]
Var rsample(const Density& p, const Stream& stream);   // [B,…]; std::logic_error for a discrete family
Var cdf(const Density& p, Var x);                      // [B,…]; std::logic_error for a family that has none
Var mean(const Density& p);                            // [B,…]
Var variance(const Density& p);                        // [B,…]
Var entropy(const Density& p);                         // [B] nats

}  // namespace nn
