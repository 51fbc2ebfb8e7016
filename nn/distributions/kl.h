// KL(q ‖ p) = E_q [ log q(x) − log p(x) ] between densities of different families, [B] nats; between
// densities of one family it stands with the family, as between a family and its mixture or its diagonal
// form. The overloads are the registry: a pair that is not here does not compile, and is estimated where
// kl_monte_carlo (monte_carlo.h) is asked for by name. No closed form have
//   a Logistic as p, whose log(1 + eᵗ) leads to dilogarithms and beyond;
//   ContinuousBernoulli to Beta and to Gamma, whose log x leads to exponential integrals;
//   Beta to Laplace, which needs the slopes of the incomplete beta function in its parameters;
//   mixtures, but those of discretized logistics; relaxed one-hots; and what different flows transform.
// No meaning have a discrete family beside a continuous one, and pixels of 256 levels beside coins or
// classes.
//
// With H(q) the entropy, KL = −H(q) − E_q log p(x); and E_q log p(x) asks only for a few moments of q, such
// as its mean and its variance where p is normal.
#pragma once

#include "nn/distributions/bernoulli.h"
#include "nn/distributions/beta.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/density.h"
#include "nn/distributions/gamma.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "nn/distributions/uniform.h"

namespace nn {

Var kl(const Beta& q, const Normal& p);
Var kl(const ContinuousBernoulli& q, const Normal& p);
Var kl(const Gamma& q, const Normal& p);
Var kl(const Laplace& q, const Normal& p);
Var kl(const Logistic& q, const Normal& p);
Var kl(const Uniform& q, const Normal& p);

Var kl(const Beta& q, const MultivariateNormal& p);
Var kl(const ContinuousBernoulli& q, const MultivariateNormal& p);
Var kl(const Gamma& q, const MultivariateNormal& p);
Var kl(const Laplace& q, const MultivariateNormal& p);
Var kl(const Logistic& q, const MultivariateNormal& p);
Var kl(const Uniform& q, const MultivariateNormal& p);

Var kl(const ContinuousBernoulli& q, const Laplace& p);
Var kl(const Gamma& q, const Laplace& p);
Var kl(const Logistic& q, const Laplace& p);
Var kl(const MultivariateNormal& q, const Laplace& p);
Var kl(const Normal& q, const Laplace& p);
Var kl(const Uniform& q, const Laplace& p);

// Of one-hot vectors, seen as coins.
Var kl(const Categorical& q, const Bernoulli& p);

// ∞ where p does not cover q.
Var kl(const Beta& q, const ContinuousBernoulli& p);
Var kl(const Beta& q, const Gamma& p);
Var kl(const Beta& q, const Uniform& p);
Var kl(const ContinuousBernoulli& q, const Uniform& p);
Var kl(const Uniform& q, const Beta& p);
Var kl(const Uniform& q, const ContinuousBernoulli& p);
Var kl(const Uniform& q, const Gamma& p);

// Always ∞: q reaches where p does not.
Var kl(const Bernoulli& q, const Categorical& p);
Var kl(const Gamma& q, const Beta& p);
Var kl(const Gamma& q, const ContinuousBernoulli& p);
Var kl(const Gamma& q, const Uniform& p);
Var kl(const Laplace& q, const Beta& p);
Var kl(const Laplace& q, const ContinuousBernoulli& p);
Var kl(const Laplace& q, const Gamma& p);
Var kl(const Laplace& q, const Uniform& p);
Var kl(const Logistic& q, const Beta& p);
Var kl(const Logistic& q, const ContinuousBernoulli& p);
Var kl(const Logistic& q, const Gamma& p);
Var kl(const Logistic& q, const Uniform& p);
Var kl(const MultivariateNormal& q, const Beta& p);
Var kl(const MultivariateNormal& q, const ContinuousBernoulli& p);
Var kl(const MultivariateNormal& q, const Gamma& p);
Var kl(const MultivariateNormal& q, const Uniform& p);
Var kl(const Normal& q, const Beta& p);
Var kl(const Normal& q, const ContinuousBernoulli& p);
Var kl(const Normal& q, const Gamma& p);
Var kl(const Normal& q, const Uniform& p);

// The same of families chosen at run time. std::logic_error names the pair that has no closed form, or no
// meaning.
Var kl_by_family(const Density& q, const Density& p);

}  // namespace nn
