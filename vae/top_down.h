// The very deep VAE (Child 2020, arXiv 2011.10650, section 3): the model of autoregressive.h by convolutions,
// in which a running state h carries what is known of the levels above. Level t stands at a side r_t, of
// r₀ = 1 ≤ r₁ ≤ … up to half the image's side:
//
//     bottom-up        f_t = features of x at side r_t
//     p(z_t|z_<t)    = N(μ, σ²)(h_t), from h_t alone; p(z₀) = N(0, I), or another of prior.h
//     q(z_t|z_<t, x) = N(μ, σ²)(h_t, f_t)
//     h_{t+1}        = block(h_t + W z_t), enlarged to the side of the next level and given its channels
//     p(x|z)         = its parameters are h_L, whose four channels are the pixels of squares of 2 × 2
//
// Several pixels are enlarged by repeating each in a square. One pixel becomes the next side by a matrix with
// weights for each pixel of it, C·C'·r² of them, which is not in Child: repeated, it would say the same
// everywhere, and z₀ little of where things are.
//
// The image is taken as four channels of half its side and put together again at the end, which saves most of
// the work. The levels of a side may share their weights: the same step is then taken several times. What
// conditions the model, c, goes into h₀, and so to every factor. So that deep hierarchies are stable, the
// last weights of N residual branches in a row begin scaled by 1/√N, and those of each μ and log σ² at zero,
// where every KL is 0.
#pragma once

#include <vector>

#include "nn/layers/blocks.h"
#include "vae/likelihood.h"
#include "vae/model.h"
#include "vae/prior.h"

namespace vae {

class TopDownVAE : public Model {
 public:
  // The levels are spread evenly over the sides (of 28 pixels: 1, 4, 7, 14), from the smallest; fewer levels
  // than sides leave the largest out. std::invalid_argument unless the image is square with an even side,
  // there are two channels or more, for one side or all, 1 to 200 levels, and levels that share their weights
  // have equally many latents.
  TopDownVAE(const Architecture& architecture, const Stream& stream);

  std::size_t levels() const override { return networks_of_.size(); }
  Features features(Var x,
                    Var c) const override;   // x: [B,D]  ->  what q sees of f_t, of each level   [B,C,r,r]
  Var start(const State& s) const override;  // h₀   [rows,C,r,r]
  Var update(const State& s, Var z_t) const override;  // h_{t+1}
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override { output_.start_at(x, pixel_bias_), prior_->start_at(x); }
  void maximize_sigma(double log_px) override { output_.maximize_sigma(log_px); }
  void visit_posterior(const nn::Visitor& visitor) override;  // features.…, posterior.T.…
  void visit_generator(const nn::Visitor& visitor) override;  // place.R.…, prior.T.…, update.T.…, decoder.…

 private:
  // The networks of a level at side r, or of all that share them.  h: [rows,C,r,r]
  struct LevelNetworks {
    std::size_t first;                 // the first level that has them, by which they are named
    std::size_t side, latent;          // r, and the channels of z_t
    nn::Conv2d of_features, of_state;  // their sum is the hidden layer of q
    nn::Conv2d posterior;              // -> μ, log σ²
    std::optional<nn::Conv2d> prior;   // h -> μ, log σ²; none for t = 0 alone
    nn::Conv2d project;                // z_t -> C
    nn::ResidualConvBlock block;
  };

  // Where h comes to a side: by a projection, if the side before is one pixel or has other channels; and a
  // number for each channel and pixel that is added. At the first side, h₀.
  struct Place {
    std::size_t side;
    std::optional<nn::Conv2d> project;  // -> C, or from one pixel -> C·r·r
    Parameter h;                        // [C,r,r]
  };

  // Of the features at one side: from the next larger side, and blocks.
  struct Rung {
    std::size_t side;
    nn::Conv2d down;
    nn::ResidualConvBlock block;
  };

  const LevelNetworks& level(std::size_t t) const { return networks_[networks_of_[t]]; }
  const Place& place(std::size_t side) const;
  Var enlarged(Var h, std::size_t side) const;
  Var through(const nn::ResidualConvBlock& block, Var h) const;

  std::unique_ptr<Prior> prior_;  // p(z₀)
  Var (*activation_)(Var);
  std::vector<Rung> rungs_;  // the largest side first
  std::vector<Place> places_;
  std::optional<nn::Linear> condition_;  // c -> what it adds to h₀ at every pixel   [rows,C]
  std::vector<LevelNetworks> networks_;
  std::vector<std::size_t> networks_of_;  // level t -> its networks
  bool recompute_blocks_;
  Output output_;
  nn::Conv2d decoder_;    // h -> 4M, for the M maps of the output
  Parameter pixel_bias_;  // [M·D]
};

}  // namespace vae
