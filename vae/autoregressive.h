// The variational autoencoder with an autoregressive prior, whose posterior factorises the same way:
//
//     p(z) = p(z₀) Π_t p(z_t|z_<t)          q(z|x) = q(z₀|x) Π_t q(z_t|z_<t, x)          p(x|z) of all levels
//     together
//
// Child 2020 (arXiv 2011.10650), section 2.2, here fully connected: each conditional is a diagonal Gaussian
// from an MLP of what it is conditioned on. One level makes the plain VAE of vae.h.
#pragma once

#include <optional>

#include "vae/model.h"

namespace vae {

class AutoregressiveVAE : public Model {
 public:
  // std::invalid_argument unless there are 1 to 256 levels.
  AutoregressiveVAE(const Architecture& architecture, const Stream& stream);

  std::vector<Level> infer(Var x, std::size_t samples, const Stream& stream) const override;
  std::vector<Level> generate(std::size_t rows, const Stream& stream,
                              std::vector<Level> above = {}) const override;
  Likelihood decode(const std::vector<Level>& levels) const override;
  void start_at(const Array& x) override { decoder_.start_at(x); }
  void visit(const nn::Visitor& visitor) override;  // posterior.T.…, prior.T.… for T ≥ 1, decoder.…

 private:
  struct Networks {
    nn::MLP posterior;             // x, z_<t -> μ, log σ²   [D + Σ_{s<t} Z_s]  ->  [2Z_t]
    std::optional<nn::MLP> prior;  // z_<t -> μ, log σ²; none at the top
    std::size_t latent;            // Z_t
  };

  Normal prior(const std::vector<Level>& above, std::size_t rows) const;                // p(z_t | z_<t)
  Normal posterior(const std::vector<Level>& above, Var x, std::size_t samples) const;  // q(z_t | z_<t, x)
  Level descend(const std::vector<Level>& above, const Var* x, std::size_t samples, std::size_t rows,
                const Stream& stream) const;

  std::vector<Networks> levels_;
  Decoder decoder_;
};

}  // namespace vae
