// KL(q ‖ p) = E_q [ log q(x) − log p(x) ] between densities of different families, [B] nats; between densities of one family it
// stands with the family. The overloads are the registry: a pair that is not here does not compile, and is estimated where
// kl_monte_carlo (monte_carlo.h) is asked for by name. Not here: mixtures, which have no closed
// form; Beta to Laplace, which needs the slopes of the incomplete beta function; and some pairs that could be added.
//
// With H(q) the entropy, KL = −H(q) − E_q log p(x); and E_q log p(x) asks only for a few moments of q, such as its mean and its
// variance where p is normal.
#pragma once

#include "nn/beta.h"
#include "nn/continuous_bernoulli.h"
#include "nn/gamma.h"
#include "nn/laplace.h"
#include "nn/logistic.h"
#include "nn/normal.h"
#include "nn/uniform.h"

namespace nn {

Var kl(const Beta& q, const Normal& p);
Var kl(const ContinuousBernoulli& q, const Normal& p);
Var kl(const Gamma& q, const Normal& p);
Var kl(const Laplace& q, const Normal& p);
Var kl(const Logistic& q, const Normal& p);
Var kl(const Uniform& q, const Normal& p);

Var kl(const Gamma& q, const Laplace& p);
Var kl(const Logistic& q, const Laplace& p);
Var kl(const Normal& q, const Laplace& p);
Var kl(const Uniform& q, const Laplace& p);

// ∞ where p does not cover q.
Var kl(const Beta& q, const ContinuousBernoulli& p);
Var kl(const Beta& q, const Gamma& p);
Var kl(const Beta& q, const Uniform& p);
Var kl(const ContinuousBernoulli& q, const Uniform& p);
Var kl(const Uniform& q, const Beta& p);
Var kl(const Uniform& q, const ContinuousBernoulli& p);
Var kl(const Uniform& q, const Gamma& p);

// Always ∞: q reaches where p does not.
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
Var kl(const Normal& q, const Beta& p);
Var kl(const Normal& q, const ContinuousBernoulli& p);
Var kl(const Normal& q, const Gamma& p);
Var kl(const Normal& q, const Uniform& p);

}  // namespace nn
