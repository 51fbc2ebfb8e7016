// The variational autoencoder.
//
//     p(x, z) = p(x|z) N(z; 0, I)          q(z|x) = N(z; μ(x), σ²(x))
//
// Kingma & Welling 2013 (arXiv 1312.6114), section 3 and appendix C; Doersch 2016 (arXiv 1606.05908),
// section 2. Its bound is in elbo.h; how it is trained, in ../tools/run/train.cpp.
#pragma once

#include "vae/model.h"

namespace vae {

class VAE : public Model {
 public:
  // std::invalid_argument unless there is exactly one latent size.
  VAE(const Architecture& architecture, const Stream& stream);

  Normal prior(std::size_t rows) const;  // p(z)               ->  [rows,Z]
  Normal encode(Var x) const;            // q(z|x).  x: [B,D]  ->  [B,Z]
  Likelihood decode(Var z) const;        // p(x|z).  z: [rows,Z]  ->  [rows,D]

  std::vector<Level> infer(Var x, std::size_t samples, const Stream& stream) const override;
  std::vector<Level> generate(std::size_t rows, const Stream& stream,
                              std::vector<Level> above = {}) const override;
  Likelihood decode(const std::vector<Level>& levels) const override { return decode(levels.front().z); }
  void start_at(const Array& x) override { decoder_.start_at(x); }
  void visit(const nn::Visitor& visitor) override;  // encoder.…, decoder.…

 private:
  std::size_t latent_;  // Z
  nn::MLP encoder_;     // x -> μ, log σ²   [B,D]  ->  [B,2Z]
  Decoder decoder_;
};

}  // namespace vae
