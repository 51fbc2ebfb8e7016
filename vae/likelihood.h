// p(x|z): the distribution over images that the decoder's output stands for.
#pragma once

#include <optional>

#include "nn/distributions/density.h"
#include "vae/networks.h"

namespace vae {

using nn::Density;

// log p(x|z)   [rows] nats. std::domain_error if x has pixels outside [0, 1] under a Bernoulli, or a
// continuous one: 0 … 255, perhaps.
Var log_prob(const Density& p, Var x);

// An MLP from z to one number per pixel: the logits of a Bernoulli, continuous or not, or the mean of a
// Gaussian whose σ is one learned number for all pixels. (If the mean can reproduce the pixels exactly, the
// likelihood of a Gaussian grows without bound as σ → 0; log σ² is bounded.)
class Decoder {
 public:
  Decoder(const Architecture& architecture, std::size_t latents, const Stream& stream);

  Density operator()(Var z) const;  // z: [rows,Z]  ->  [rows,D]

  // Starts at the best constant output: the output bias at the data's mean (under a Bernoulli its logit, the
  // mean clipped to [.001, .999], as in the code of Burda et al. 2016; under a continuous one the logit with
  // that mean), and σ at the deviation from it.
  // x: [N,D], N > 0; std::invalid_argument otherwise.
  void start_at(const Array& x);

  // PREFIX.0.weight, …; of a Gaussian also PREFIX.log_std, [1].
  void visit(const std::string& prefix, const nn::Visitor& visitor);

 private:
  LikelihoodKind kind_;
  nn::MLP mlp_;
  std::optional<Parameter> log_std_;  // of a Gaussian
};

}  // namespace vae
