// The VAE with a class y beside z, discrete and summed over exactly:
//
//     p(x, y, z) = p(x|z, y) p(z) p(y)          q(y, z|x) = q(z|x, y) q(y|x)
//
// Kingma et al. 2014 (arXiv 1406.5298), section 2.2, model M2. Given y it is a conditional model
// (conditional.h), of any networks and any number of levels of z; q(y|x) is a classifier. Of labelled images
// y is known; without any it groups the images by itself.
#pragma once

#include <memory>

#include "nn/layers/mlp.h"
#include "vae/elbo.h"
#include "vae/networks.h"

namespace vae {

class ClassVAE : public Model {
 public:
  // Level 0 is y, one-hot, [rows,K], K = Architecture::classes; the levels of `given_y`, a model whose
  // condition it is, follow.
  ClassVAE(const Architecture& architecture, std::unique_ptr<Model> given_y, const Stream& stream);

  std::size_t levels() const override { return 1 + given_y_->levels(); }
  std::optional<Array> first_values() const override;  // the K classes
  // x, the logits of q(y|x), and of the model given y what does not see y.
  Features features(Var x, Var c) const override;
  Var update(const State& s, Var z_t) const override;
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override { given_y_->start_at(x); }
  void maximize_sigma(double log_px) override { given_y_->maximize_sigma(log_px); }
  void visit_posterior(const nn::Visitor& visitor) override;  // classifier.…, and those of the model given y
  void visit_generator(const nn::Visitor& visitor) override;  // prior.y, [K], likewise

 private:
  nn::MLP classifier_;   // x -> the logits of q(y|x)   [B,D]  ->  [B,K]
  Parameter log_prior_;  // the logits of p(y)   [K]
  std::unique_ptr<Model> given_y_;
};

// log q(y|x) of a ClassVAE where y is known: known is [B,K], a row one-hot, or 0 where it is not.  ->  [B]
// nats, 0 there
Var log_q_of_known(const Model& model, Var x, Var known);

}  // namespace vae
