// Variational inference per datum: θ is fixed, and each x has a q of its own that maximizes its bound, where
// amortized inference asks one network for all of them. What the network loses is the amortization gap
// (Cremer, Li & Duvenaud 2018, arXiv 1801.03558):
//
//     log p(x) − elbo(amortized q)  =  log p(x) − elbo(best q)  +  elbo(best q) − elbo(amortized q)
//                                      (approximation gap)         (amortization gap)
//
// The q of datum i moves and scales the amortized one:
//
//     q_i(z_t|z_<t) = N(μ_t + σ_t m_{i,t}, σ_t² exp s_{i,t}),   μ_t, σ_t² of q(z_t|z_<t, x_i)
//
// with a diagonal covariance, so that with one level it is any diagonal normal, and m = s = 0 is the
// amortized q itself (of a q with a full covariance, its diagonal).
#pragma once

#include "vae/around.h"
#include "vae/elbo.h"

namespace vae {

// The same model, with a q for each of these B data: x must be those.
class LocalPosterior : public AroundModel {
 public:
  LocalPosterior(Model& model, std::size_t data);  // at the amortized q

  Density posterior(const State& s, const Features& x) const override;
  void visit_posterior(const nn::Visitor& visitor) override;  // local.T.{shift,log_scale}, [B,Z_t]: m, s

 private:
  std::vector<Parameter> shift_, log_scale_;
};

struct LocalInference {
  std::size_t steps = 500;   // of Adam, with a rate that falls to 0
  std::size_t samples = 10;  // of z for each gradient
  double rate = 0.05;
  std::size_t evaluation_samples = 1000;  // for the bounds below
};

// Both [B] nats, at the same noise, and the standard error of their difference, the amortization gap.
struct LocalBound {
  std::vector<double> local, amortized, gap_error;
};

// Fits the q of each datum by the pathwise gradient, its parameters alone.  x: [B,D].  A gradient must lead
// through draws of q: std::logic_error otherwise. std::invalid_argument for 0 steps or samples.
LocalBound local_bound(Model& model, const Array& x, const LocalInference& how, const Stream& stream);

}  // namespace vae
