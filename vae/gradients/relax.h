// RELAX and REBAR: the score function for one level of bits b, with a baseline that knows b and is undone by
// a path. A real z is drawn whose sign is b, and once more, z̃, given b:
//
//     z = l + logit u,   b = 1 where z > 0,   z̃ ~ p(z|b),   l the logits of q(b|x)
//     ĝ = [ f(b) − c(z̃) ] ∇ log q(b|x) + ∇ c(z) − ∇ c(z̃)           f = log p(x, b) − log q(b|x)
//
// Unbiased for every c (Grathwohl et al. 2018, arXiv 1711.00123), with little variance where c(z̃) is near
// f(b). REBAR (Tucker et al. 2017, arXiv 1703.07370) takes f itself, at relaxed bits. The relaxed path alone,
// ∇ f(σ(z/τ)), is the gradient of another objective, and biased.
#pragma once

#include "vae/gradients/objective.h"

namespace vae {

// c(z).  z: [K·B,Z]  ->  [K·B] nats. What `backward` gives for parameters of its own means nothing.
using Control = std::function<Var(Var z)>;

// f at the relaxed bits σ(z/τ).  x: [B,D]. std::domain_error unless τ > 0.
Control at_relaxed_bits(const Model& model, Var x, Real temperature);

// Of the ELBO in K samples.  x: [B,D]. std::logic_error for another q than one level of a Bernoulli,
// std::invalid_argument as in `elbo`.
Objective relax(Model& model, Var x, std::size_t samples, const Control& control, const Stream& stream);

}  // namespace vae
