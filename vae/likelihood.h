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

// How one number per pixel is read: the logits of a Bernoulli, continuous or not, or the mean of a
// Gaussian whose σ is one learned number for all pixels. (If the mean can reproduce the pixels exactly, the
// likelihood of a Gaussian grows without bound as σ → 0; log σ² is bounded.)
class Output {
 public:
  explicit Output(LikelihoodKind kind);

  Density operator()(Var h) const;  // h: [rows,D]  ->  [rows,D]

  // Starts at the best constant output: the bias of the last layer at the data's mean (under a Bernoulli its
  // logit, the mean clipped to [.001, .999], as in the code of Burda et al. 2016; under a continuous one the
  // logit with that mean), and σ at the deviation from it.
  // x: [N,D], N > 0  bias: [D]; std::invalid_argument otherwise.
  void start_at(const Array& x, Parameter& bias);

  void visit(const std::string& prefix, const nn::Visitor& visitor);  // of a Gaussian PREFIX.log_std, [1]

 private:
  LikelihoodKind kind_;
  std::optional<Parameter> log_std_;  // of a Gaussian
};

// An MLP from z to that number.
class Decoder {
 public:
  Decoder(const Architecture& architecture, std::size_t latents, const Stream& stream);

  Density operator()(Var z) const { return output_(mlp_(z)); }  // z: [rows,Z]  ->  [rows,D]
  void start_at(const Array& x) { output_.start_at(x, mlp_.layers.back().bias); }
  void visit(const std::string& prefix, const nn::Visitor& visitor);  // PREFIX.0.weight, …, and of `Output`

 private:
  nn::MLP mlp_;
  Output output_;
};

}  // namespace vae
