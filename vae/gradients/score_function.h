// Gradients that need no path through z, for a q of any family, also a discrete one. They rest on
//
//     ∇_φ E_q[ f(z) ]  =  E_q[ (f(z) − b) ∇_φ log q(z|x) ] + E_q[ ∇_φ f(z) ]
//
// for every b that does not depend on z, because E_q[ ∇ log q ] = 0 (REINFORCE, Williams 1992). All are
// unbiased, with a variance that grows with how much f − b varies: choosing b, the baseline, is the art.
//
// x: [B,D]; std::invalid_argument as in `elbo`, and where K = 1 is too few.
#pragma once

#include "vae/gradients/objective.h"

namespace vae {

// Of the ELBO in K samples: f = log w = log p(x, z) − log q(z|x). The baseline is a number, or one for each
// datum, [B], as a network of x may give it (Mnih & Gregor 2014, arXiv 1402.0030, section 2.3); it is taken
// as a constant. std::invalid_argument for another shape.
Objective score_function(const Model& model, Var x, std::size_t samples, const Stream& stream,
                         Operand baseline = 0);

// The same, K ≥ 2: the baseline of each sample is the mean of f over the datum's other samples.
Objective leave_one_out(const Model& model, Var x, std::size_t samples, const Stream& stream);

// VIMCO (Mnih & Rezende 2016, arXiv 1602.06725): of the importance-weighted bound L = log 1/K Σ_k w_k,
// K ≥ 2. The baseline of sample k is L with the geometric mean of the other weights in the place of w_k.
Objective vimco(const Model& model, Var x, std::size_t samples, const Stream& stream);

}  // namespace vae
