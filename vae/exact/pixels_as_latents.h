// An autoregressive model of binary pixels as a VAE whose latents are the pixels, one to a level:
//
//     p(z_t|z_<t) has the logit C_t z_<t + c_t      q(z_t|x): z_t = x_t      p(x|z): x = z
//
// q is a point, and it is the posterior. Its entropy and the reconstruction are 0, and the bound is the sum
// of −KL_t = log p(x_t|x_<t), the autoregressive log-likelihood: a VAE of as many levels as there are pixels
// can be any autoregressive model (Child 2020, arXiv 2011.10650, proposition 1). This one is a fully visible
// sigmoid belief network (Neal 1992).
#pragma once

#include "vae/exact/exact_model.h"

namespace vae {

class PixelsAsLatents : public ExactModel {
 public:
  // All parameters at random. std::invalid_argument for no pixels.
  PixelsAsLatents(std::size_t pixels, const Stream& stream);

  std::size_t levels() const override { return prior_.size(); }  // D
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void visit_posterior(const nn::Visitor&) override {}        // q has nothing to learn
  void visit_generator(const nn::Visitor& visitor) override;  // prior.T.{weight,bias}, no weight for T = 0

  // Σ_t log p(x_t|x_<t).  x: [B,D] of zeros and ones  ->  [B] nats
  Var log_px(Var x) const override;
  Density true_posterior(const State& s, Var x) const override { return posterior(s, {x}); }

 private:
  std::vector<nn::WeightAndBias> prior_;
};

}  // namespace vae
