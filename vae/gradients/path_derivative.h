// Gradients that lead through z, for posteriors whose draws are a differentiable function of φ and of noise,
// z = z(ε; φ). Written for one sample, d/dφ of log w = log p(x, z) − log q(z|x) has two parts:
//
//     d log w / dφ  =  ∂ log w / ∂z · dz/dφ  −  ∂ log q(z|x) / ∂φ        the path, and the score
//
// The score has expectation 0 under q but not variance 0; at q = p(z|x) the path alone does. So these
// estimators differ in what they do with it. Here z is the vector of all levels, and the path of log q leads
// through z_t and also through the z_<t that its conditionals depend on: z is drawn first, and scored once
// more at the same z with φ held constant (../../autograd/hold_constant.h). Code that holds the conditionals
// themselves, N(z_t; μ_t, σ_t) with constant μ_t and σ_t, blocks that second path: then sticking the landing
// has variance at the posterior, and DReG with K > 1 is biased.
//
// All ascend renyi_bound (../bounds/renyi.h): α = 1 is the ELBO in K samples, α = 0 the importance-weighted
// bound. x: [B,D]; std::invalid_argument as in `elbo`, std::logic_error if q has draws without a gradient.
#pragma once

#include "vae/gradients/objective.h"

namespace vae {

// Both parts as they are: the plain derivative (Kingma & Welling 2013, section 2.3). Unbiased.
Objective pathwise(const Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream);

// The path alone (Roeder, Wu & Duvenaud 2017, arXiv 1703.09194, section 3, algorithm 1). Unbiased for α = 1.
// For α ≠ 1 and K > 1 it is biased in φ, because the scores then have weights that depend on z.
Objective sticking_the_landing(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream);

// The doubly reparameterized gradient (Tucker et al. 2019, arXiv 1810.04152, eq. 7–8): the weighted score is
// reparameterized once more, which leaves, with v_k = w_k^(1−α) / Σ_j w_j^(1−α),
//
//     φ:  Σ_k ( α v_k + (1−α) v_k² ) ∂ log w_k / ∂z_k · dz_k/dφ        θ:  Σ_k v_k ∂ log p(x, z_k) / ∂θ
//
// For α = 0 this is the paper's; for α = 1 it is sticking the landing; between, the paper's steps are the
// same with w^(1−α) for w. Unbiased for every α and K, if q has no parameter of p; for hierarchies see Bauer
// & Mnih 2021 (arXiv 2101.11046).
Objective doubly_reparameterized(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream);

}  // namespace vae
