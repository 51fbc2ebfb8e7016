// Exact values of a model whose latents are discrete and few: sums over all their states. They go through
// the model's own factors at given z (descent.h), so they hold for any model:
//
//     p(x) = Σ_z p(x, z)        p(z_t|z_<t, x) ∝ Σ_{z_>t} p(x, z)        E_q f = Σ_z q(z|x) f(z)
//
// Models of this kind: discrete.h. Every function of theirs is differentiable, so the gradients of estimators
// that need no path through z can be tested against these.
#pragma once

#include "vae/elbo.h"
#include "vae/exact/enumerated.h"

namespace vae {

// The values that the latents of each level can have.   [K_t, Z_t] each
using States = std::vector<Array>;

Array all_bits(std::size_t n);      // 00…0 to 11…1   [2ⁿ,n]
Array all_one_hots(std::size_t n);  // [n,n]

// All states of the levels from `first` on, with the last level the fastest.  ->  [K, Z_t] each, K = Π K_t
Latents all_states(const States& states, std::size_t first = 0);

// log Σ_z p(x, z).  x: [B,D]  ->  [B] nats
Var log_px_by_enumeration(const Model& model, Var x, const States& states);

// p(z_t|z_<t, x).  s: of S·B rows  x: [B,D]  ->  [S·B, Z_t]
Enumerated posterior_by_enumeration(const Model& model, const State& s, Var x, const States& states);

// The expectation under q of each term of the bound, which `elbo` estimates.  x: [B,D]  ->  [B] each
Bound bound_by_enumeration(const Model& model, Var x, const States& states);

}  // namespace vae
