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

#include "vae/around.h"

namespace vae {

// A model with Architecture::condition, given c. Row r has the c of datum r mod B.
class Given : public AroundModel {
 public:
  // c: [B,C]; without one, the model as it is. std::invalid_argument for another number of axes.
  Given(Model& model, std::optional<Array> c);

  Var condition(std::size_t rows) const override;

 private:
  std::optional<Array> c_;
};

// At c = 0 for so many numbers C, or none: for what depends on shapes alone, such as the memory of a step.
Given given_zeros(Model& model, std::size_t C);

}  // namespace vae
