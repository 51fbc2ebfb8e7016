// The conditional VAE: every factor also sees c, such as a label, or the upper half of an image whose lower
// half is x.
//
//     p(x, z|c) = p(x|z, c) Π_t p(z_t|z_<t, c)          q(z|x, c) = Π_t q(z_t|z_<t, x, c)
//
// Kingma et al. 2014 (arXiv 1406.5298), section 2.2, model M2; Sohn, Lee & Yan 2015, section 4. p(z₀) is the
// same for every c, unless its family says otherwise (prior.h). Where c is given, this is a latent-variable
// model of x as any other, so that what is written for models serves it unchanged: bounds, gradients,
// evidence, inference.
#pragma once

#include <optional>

#include "vae/model.h"

namespace vae {

// A model with Architecture::condition, given c. Row r has the c of datum r mod B. The model must outlive
// this object.
class Given : public Model {
 public:
  // c: [B,C]; without one, the model as it is. std::invalid_argument for another number of axes.
  Given(Model& model, std::optional<Array> c);

  std::size_t levels() const override { return model_.levels(); }
  std::optional<Array> first_values() const override { return model_.first_values(); }
  Var condition(std::size_t rows) const override;
  Features features(Var x, Var c) const override { return model_.features(x, c); }
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
  std::optional<Array> c_;
};

// At c = 0 for so many numbers C, or none: for what depends on shapes alone, such as the memory of a step.
Given given_zeros(Model& model, std::size_t C);

}  // namespace vae
