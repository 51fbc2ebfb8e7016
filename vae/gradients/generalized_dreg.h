// DReG for the parameters of the prior, too (Bauer & Mnih 2021, arXiv 2101.11046). A hierarchy's prior
// p(z_t|z_<t) has parameters θ, whose gradient is a weighted score at z ~ q. With z written as a draw of p,
// z = T(ε̃; θ) at the noise ε̃ that gives this very z, that score is reparameterized as q's is, and becomes
//
//     θ of the prior:  Σ_k [ v_k ∂ log p(x|z_k) / ∂z_k − ( α v_k + (1−α) v_k² ) ∂ log w_k / ∂z_k ] ∂T/∂θ
//
// with v_k as in path_derivative.h. φ is estimated as there, and θ of p(x|z) by its score. Where w is almost
// constant, only the first term is left: there the variance is less than the score's if the likelihood says
// little of z, and more if it says much.
#pragma once

#include "vae/gradients/objective.h"

namespace vae {

// Ascends renyi_bound; unbiased for every α and K, if q has no parameter of p.  x: [B,D]; std::logic_error if
// the prior is no normal, or as in doubly_reparameterized.
Objective generalized_dreg(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream);

}  // namespace vae
