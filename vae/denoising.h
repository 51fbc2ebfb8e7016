// A model whose posteriors see x with pixels missing, while x itself is scored: what they make of the rest
// must tell the missing pixels too.
//
//     x̃_d = 0 with probability r, else x_d          E_x̃ E_q(z|x̃)[ log p(x, z) − log q(z|x̃) ]  ≤  log p(x)
//
// The denoising autoencoder (Vincent et al. 2008, section 2.3) where q is a point, the denoising VAE
// elsewhere (Im et al. 2017, arXiv 1511.06406, section 3). For training; a model is judged with nothing
// missing.
#pragma once

#include "vae/around.h"

namespace vae {

class Corrupted : public AroundModel {
 public:
  // std::domain_error unless 0 ≤ r < 1. The noise of datum i is keyed by the stream's place of it.
  Corrupted(Model& model, Real rate, const Stream& stream);

  Features features(Var x, Var c) const override;  // of x̃

 private:
  Real rate_;
  Stream stream_;
};

}  // namespace vae
