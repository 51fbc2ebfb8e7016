// A model whose posteriors see x with pixels missing, while x itself is scored: what they make of the rest
// must tell the missing pixels too.
//
//     x̃_d = 0 with probability r, else x_d          E_x̃ E_q(z|x̃)[ log p(x, z) − log q(z|x̃) ]  ≤  log p(x)
//
// The denoising autoencoder (Vincent et al. 2008, section 2.3) where q is a point, the denoising VAE
// elsewhere (Im et al. 2017, arXiv 1511.06406, section 3). For training; a model is judged with nothing
// missing.
#pragma once

#include "vae/model.h"

namespace vae {

class Corrupted : public Model {
 public:
  // The model must outlive this object. std::domain_error unless 0 ≤ r < 1. The noise of datum i is keyed by
  // the stream's place of it.
  Corrupted(Model& model, Real rate, const Stream& stream);

  std::size_t levels() const override { return model_.levels(); }
  std::optional<Array> first_values() const override { return model_.first_values(); }
  Features features(Var x, Var c) const override;  // of x̃
  Var condition(std::size_t rows) const override { return model_.condition(rows); }
  bool features_see_condition() const override { return model_.features_see_condition(); }
  Var start(const State& s) const override { return model_.start(s); }
  Var update(const State& s, Var z_t) const override { return model_.update(s, z_t); }
  Density prior(const State& s) const override { return model_.prior(s); }
  Density posterior(const State& s, const Features& x) const override { return model_.posterior(s, x); }
  Density decode(const State& s) const override { return model_.decode(s); }
  void visit_posterior(const nn::Visitor& visitor) override { model_.visit_posterior(visitor); }
  void visit_generator(const nn::Visitor& visitor) override { model_.visit_generator(visitor); }

 private:
  Model& model_;
  Real rate_;
  Stream stream_;
};

}  // namespace vae
