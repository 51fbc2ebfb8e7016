// p(x|z): the distribution over images that the decoder's output stands for.
#pragma once

#include <optional>

#include "vae/networks.h"
#include "vae/pixelcnn.h"

namespace vae {

// log p(x|z)   [rows] nats. std::domain_error if x has pixels outside [0, 1] under a Bernoulli, or a
// continuous one: 0 … 255, perhaps.
Var log_prob(const Density& p, Var x);

// The number of the output's network in a model's stream: beyond those of all other layers.
constexpr std::uint32_t epoch_of_output = 200000;

// How a decoder's numbers for each pixel are read, P of them:
//
//     bernoulli, continuous_bernoulli   a logit
//     gaussian                          the mean; σ is a number for all pixels, or one for each
//     logistic_mixture                  logits, means and log-scales of five discretized logistics, for
//                                       pixels v / 255 (Salimans et al. 2017, arXiv 1701.05517)
//     categorical                       a logit for each of these 256 levels
//
// There are more numbers where a local autoregressive network (pixelcnn.h) makes of them and of the pixels
// before what is added to the first P. (If the mean of a Gaussian can reproduce the pixels exactly, its
// likelihood grows without bound as σ → 0; log σ² is bounded. 1/2σ² weighs the squared error against the KL,
// as 1/β would: `elbo lesson sigma`.) The densities refer to the output, which must outlive them.
class Output {
 public:
  Output(const Architecture& architecture, const Stream& stream);

  // M, how many numbers for each pixel the decoder has to give: P or more.
  std::size_t maps() const { return network_ ? network_->maps() : numbers_; }
  Density operator()(Var h) const;  // h: [rows,M·D]  ->  [rows,D]

  // Starts at the best constant output: the bias of the last layer at the data's mean (under a Bernoulli its
  // logit, the mean clipped to [.001, .999], as in the code of Burda et al. 2016; under a continuous one the
  // logit with that mean), and σ at the deviation from it; logistics around the mean, as wide as the
  // deviation of the pixel; a categorical distribution at the frequencies of the levels.
  // x: [N,D], N > 0  bias: [M·D], of which the first P·D are set; std::invalid_argument otherwise.
  void start_at(const Array& x, Parameter& bias);

  // σ² = 1/D E |x − μ|², the maximiser of E log p(x|z) = −½ D (log 2πσ² + E |x − μ|² / D σ²), if σ is to be
  // optimal (Rybkin, Daniilidis & Levine 2021, arXiv 2006.13202, section 3). `log_px`: that at the present σ.
  void maximize_sigma(double log_px);

  // Of a Gaussian PREFIX.log_std, [1] or [D], unless σ is fixed; PREFIX.pixels.… of the local network.
  void visit(const std::string& prefix, const nn::Visitor& visitor);

 private:
  Var log_var() const;        // of a Gaussian   [1] or [D]
  Density read(Var h) const;  // P numbers for each pixel   [rows,P·D]  ->  [rows,D]

  LikelihoodKind kind_;
  std::size_t pixels_, numbers_;  // D, P
  std::optional<PixelCNN> network_;
  SigmaKind sigma_;
  std::optional<Parameter> log_std_;  // of a Gaussian
};

// An MLP from z to these numbers.
class Decoder {
 public:
  Decoder(const Architecture& architecture, std::size_t latents, const Stream& stream);

  Density operator()(Var z) const { return output_(mlp_(z)); }  // z: [rows,Z]  ->  [rows,D]
  void start_at(const Array& x) { output_.start_at(x, mlp_.layers.back().bias); }
  void maximize_sigma(double log_px) { output_.maximize_sigma(log_px); }
  void visit(const std::string& prefix, const nn::Visitor& visitor);  // PREFIX.0.weight, …, and of `Output`

 private:
  Output output_;
  nn::MLP mlp_;
};

}  // namespace vae
