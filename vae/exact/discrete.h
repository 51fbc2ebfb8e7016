// Hierarchies of discrete latents, bits or one class of several at each level, with every conditional linear
// in its logits, so few that sums over all states are possible:
//
//     p(z₀) has logits c₀   p(z_t|z_<t) has logits C_t z_<t + c_t   p(x|z) = Bernoulli(W z + b)
//     q(z_t|z_<t, x) has logits A_t (x, z_<t) + a_t
//
// With one level of bits p(x, z) is a sigmoid belief network (Neal 1992), with one class it is a mixture of
// Bernoullis. No gradient leads through a draw of z: estimators by the score function (gradients/) are tested
// here. The sums: enumeration.h.
#pragma once

#include "vae/exact/enumeration.h"
#include "vae/exact/exact_model.h"

namespace vae {

enum class LatentKind { bits, one_hot };

struct DiscreteSizes {
  std::size_t pixels = 3;                 // D
  std::vector<std::size_t> latent = {3};  // Z_t of each level: bits, or classes
  LatentKind kind = LatentKind::bits;
};

class Discrete : public ExactModel {
 public:
  // All parameters at random. std::invalid_argument without a level, a latent or a pixel, or if z has more
  // than 2¹² states.
  Discrete(const DiscreteSizes& sizes, const Stream& stream);

  std::size_t levels() const override { return posterior_.size(); }
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void visit_posterior(const nn::Visitor& visitor) override;  // posterior.T.{weight,bias}
  void visit_generator(const nn::Visitor& visitor) override;  // prior.0.bias, prior.T.…, decoder.…

  Var log_px(Var x) const override;
  Density true_posterior(const State& s, Var x) const override;

  // The expectation under q of each term of the bound, exactly, and differentiable in θ and φ: what `elbo`
  // estimates.  x: [B,D]  ->  [B] each
  Bound expected_bound(Var x) const { return bound_by_enumeration(*this, x, states_); }

  const States& states() const { return states_; }

 private:
  Density conditional(Var logits) const;  // [rows,Z_t]

  LatentKind kind_;
  States states_;
  std::vector<nn::WeightAndBias> posterior_, prior_;
  nn::WeightAndBias decoder_;
};

}  // namespace vae
