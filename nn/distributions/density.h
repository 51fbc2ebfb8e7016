// A density of a family that is chosen at run time, for what holds densities of several families, such as a
// mixture.
#pragma once

#include <variant>

#include "nn/distributions/bernoulli.h"
#include "nn/distributions/beta.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/discretized_logistic.h"
#include "nn/distributions/gamma.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "nn/distributions/uniform.h"

namespace nn {

using Density = std::variant<Bernoulli, Beta, Categorical, ContinuousBernoulli, DiscretizedLogistic, Gamma,
                             Laplace, Logistic, MultivariateNormal, Normal, Uniform>;

// Whether it gives its mass to single values: such a one is summed over, the others integrated.
bool is_discrete(const Density& p);

// As the members of the family.
Var log_prob(const Density& p, Var x);                 // [B] nats
Array sample(const Density& p, const Stream& stream);  // [B,…]
Var rsample(const Density& p,
            const Stream& stream);     // std::logic_error naming a family through which no path leads
Var cdf(const Density& p, Var x);      // [B,…]; std::logic_error for a family that has none
const Shape& shape(const Density& p);  // [B,…]
Var mean(const Density& p);            // [B,…]
Var variance(const Density& p);        // [B,…]
Var entropy(const Density& p);         // [B] nats
const char* family(const Density& p);  // its name in messages: "multivariate_normal"

}  // namespace nn
