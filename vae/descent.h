// The way down a model's levels. It is one for all uses; they differ in how z_t is chosen:
//
//     inference    z_t ~ q(z_t|z_<t, x)
//     generation   z_t ~ p(z_t|z_<t)
//     scoring      z_t is given
//
// With z given, log p(x, z) and log q(z|x) can be had anywhere: for Markov chains, annealed importance
// sampling, and the path-derivative gradients (gradients/).
#pragma once

#include <functional>
#include <optional>

#include "vae/model.h"

namespace vae {

// One level on the way down. All [rows, Z_t].
struct Level {
  std::optional<Density> q;        // q(z_t|z_<t, x); none without x
  Density p;                       // p(z_t|z_<t)
  Var z;                           // as chosen
  std::optional<Var> drawn_log_q;  // log q(z_t|z_<t, x), where the draw told it   [rows]
  State below;                     // what the levels below see, and after the last one the decoder

  Var log_q() const { return drawn_log_q ? *drawn_log_q : (*q)->log_prob(z); }  // [rows]
  Var log_p() const { return p->log_prob(z); }                                  // [rows]
};

// Chooses z_t, by drawing or otherwise.
using Chooser = std::function<nn::Draw(std::size_t t, const std::optional<Density>& q, const Density& p)>;
Chooser from_posterior(const Stream& stream);              // z_t ~ q, with the noise of stream.at_level(t)
Chooser from_prior(const Stream& stream);                  // z_t ~ p, with the noise of stream.at_level(t)
Chooser nearer_to_mean(Chooser choose, Real temperature);  // E_p z_t + temperature · (z_t − E_p z_t)
Chooser given(Latents z, Chooser below = nullptr);  // z_t = z[t]; the levels below these by another chooser

Chooser without_gradient(Chooser choose);  // as another chooser, but no gradient leads through z_t

// In the following, std::invalid_argument for more levels of z than the model has, or than are asked for.
//
// What the factors of the level below z see, or the decoder, if z has all levels.  z_t: [rows, Z_t]
State state_below(const Model& model, const Latents& z, std::size_t rows);

// The factors at given z.  x: [B,D]  z_s: [rows, Z_s]  ->  [rows, Z_t], of p(x|z) images [rows, D]
Density prior(const Model& model, const Latents& z, std::size_t rows);                // p(z_t|z_<t)
Density posterior(const Model& model, const Latents& z, Var x, std::size_t samples);  // q(z_t|z_<t, x)
Density decode(const Model& model, const Latents& z);                                 // p(x|z)

// All levels. x: [B,D] for S samples of each datum, which makes S·B rows, or without x so many rows.
// std::invalid_argument for S = 0.
std::vector<Level> descend(const Model& model, Var x, std::size_t samples, const Chooser& choose);
std::vector<Level> descend(const Model& model, std::size_t rows, const Chooser& choose);

// z ~ q(z|x).  x: [B,D]  ->  [S·B, Z_t] each. std::invalid_argument for S = 0, or if the stream names another
// number of data than B.
std::vector<Level> infer(const Model& model, Var x, std::size_t samples, const Stream& stream);

// z ~ p(z), or the levels below those that are given. At temperatures below 1 z is nearer to the mean of each
// p(z_t|z_<t): likelier, and less varied.  ->  [rows, Z_t] each
Latents generate(const Model& model, std::size_t rows, const Stream& stream, Latents above = {},
                 Real temperature = 1);

Latents latents(const std::vector<Level>& levels);
Latents stop_gradient(const Latents& z);  // without a gradient through any of them

// Σ_t log q(z_t|z_<t, x) and Σ_t log p(z_t|z_<t)   [rows]
Var log_q(const std::vector<Level>& levels);
Var log_p(const std::vector<Level>& levels);

// log p(x|z).  x: [B,D]  z_t: [S·B, Z_t]  ->  [S·B] nats. std::domain_error if x has pixels outside [0, 1]
// under a Bernoulli: 0 … 255, perhaps.
Var log_likelihood(const Model& model, Var x, const Latents& z);
Var log_likelihood(const Model& model, Var x, const std::vector<Level>& levels);

// log p(x, z) and log q(z|x) at given z.  x: [B,D]  z_t: [S·B, Z_t]  ->  [S·B] nats
Var log_joint(const Model& model, Var x, const Latents& z);
Var log_posterior(const Model& model, Var x, const Latents& z);

}  // namespace vae
