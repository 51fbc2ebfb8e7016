// p(x|z): the distribution over images that the decoder's output stands for.
#pragma once

#include <optional>

#include "vae/networks.h"
#include "vae/pixelcnn.h"

namespace vae {

// log p(x|z)   [rows] nats. std::domain_error if x has pixels outside [0, 1] under a Bernoulli, or a
// continuous one: 0 … 255, perhaps.
Var log_prob(const Density& p, Var x);

// How a decoder's numbers for each pixel are read. The first is the logit of a Bernoulli, continuous or not,
// or the mean of a Gaussian whose σ is one learned number for all pixels. (If the mean can reproduce the
// pixels exactly, the likelihood of a Gaussian grows without bound as σ → 0; log σ² is bounded.) There are
// more numbers where a local autoregressive network (pixelcnn.h) makes of them and of the pixels before what
// is added to the first. The number of its network in a model's stream: beyond those of all other layers.
constexpr std::uint32_t epoch_of_output = 200000;

class Output {
 public:
  Output(const Architecture& architecture, const Stream& stream);

  std::size_t maps() const { return network_ ? PixelCNN::maps : 1; }  // M, the numbers for each pixel
  Density operator()(Var h) const;                                    // h: [rows,M·D]  ->  [rows,D]

  // Starts at the best constant output: the bias of the last layer at the data's mean (under a Bernoulli its
  // logit, the mean clipped to [.001, .999], as in the code of Burda et al. 2016; under a continuous one the
  // logit with that mean), and σ at the deviation from it.
  // x: [N,D], N > 0  bias: [M·D], of which the first D are set; std::invalid_argument otherwise.
  void start_at(const Array& x, Parameter& bias);

  void visit(const std::string& prefix, const nn::Visitor& visitor);  // of a Gaussian PREFIX.log_std, [1]

 private:
  Density read(Var h) const;  // one number for each pixel

  LikelihoodKind kind_;
  std::optional<PixelCNN> network_;
  std::optional<Parameter> log_std_;  // of a Gaussian
};

// An MLP from z to these numbers.
class Decoder {
 public:
  Decoder(const Architecture& architecture, std::size_t latents, const Stream& stream);

  Density operator()(Var z) const { return output_(mlp_(z)); }  // z: [rows,Z]  ->  [rows,D]
  void start_at(const Array& x) { output_.start_at(x, mlp_.layers.back().bias); }
  void visit(const std::string& prefix, const nn::Visitor& visitor);  // PREFIX.0.weight, …, and of `Output`

 private:
  Output output_;
  nn::MLP mlp_;
};

}  // namespace vae
