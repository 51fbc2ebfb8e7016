// The mutual information of z and the datum's index n under q, by the aggregate posterior
// q(z) = 1/N Σ_n q(z|x_n):
//
//     1/N Σ_n KL( q(z|x_n) ‖ p(z) )  =  I(n; z)  +  KL( q(z) ‖ p(z) )
//            kl                        information     marginal_kl
//
// Hoffman & Johnson 2016 ("ELBO surgery", NIPS workshop on advances in approximate Bayesian inference). The
// KL of the bound is paid for what z tells of the datum, at most log N, and for how far the codes of all data
// together are from the prior.
#pragma once

#include "vae/model.h"

namespace vae {

// Estimates from z ~ q(z|x_n), in nats, with the standard errors over the draws.
struct AggregatePosterior {
  double kl = 0, information = 0, marginal_kl = 0;  // kl = information + marginal_kl
  double kl_error = 0, information_error = 0, marginal_kl_error = 0;
};

// For these N data, which are all that q(z) is made of, with S draws for each. All levels of z are taken
// together. x: [N,D]; std::invalid_argument for another shape, or fewer than two data or two draws. It takes
// S·N² evaluations of log q(z|x), `rows` at a time, at least N.
AggregatePosterior aggregate_posterior(const Model& model, const Array& x, std::size_t samples,
                                       const Stream& stream, std::size_t rows = 10000);

}  // namespace vae
