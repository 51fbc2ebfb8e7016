// The variational autoencoder with an autoregressive prior, whose posterior factorises the same way:
//
//     p(z) = p(z₀) Π_t p(z_t|z_<t)          q(z|x) = q(z₀|x) Π_t q(z_t|z_<t, x)          p(x|z) of all levels together
//
// Child 2020 (arXiv 2011.10650), section 2.2, here fully connected: each conditional is a diagonal Gaussian from an MLP of what it is
// conditioned on. One level makes the plain VAE of vae.h.
#pragma once

#include "vae/model.h"

namespace vae {

class AutoregressiveVAE : public Model {
 public:
  AutoregressiveVAE(const Architecture& architecture, const Stream& stream);

  std::vector<Level> infer(Var x, std::size_t samples, const Stream& stream) const override;
  std::vector<Level> generate(std::size_t rows, const Stream& stream) const override;
  Likelihood decode(const std::vector<Level>& levels) const override;
  void start_at(const Array& x) override { decoder_.start_at(x); }
  void visit(const nn::Visitor& visitor) override;  // posterior.T.…, prior.T.… for T ≥ 1, decoder.…

 private:
  struct Networks {
    nn::MLP posterior;           // x, z_<t -> μ, log σ²   [D + Σ_{s<t} Z_s]  ->  [2Z_t]
    std::vector<nn::MLP> prior;  // z_<t -> μ, log σ²; none at the top, where p(z₀) = N(0, I)
    std::size_t latent;          // Z_t
  };

  Level descend(std::size_t t, const std::vector<Level>& above, const Var* x, std::size_t samples, std::size_t rows,
                const Stream& stream) const;

  std::vector<Networks> levels_;
  Decoder decoder_;
};

}  // namespace vae
