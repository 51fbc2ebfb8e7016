// Is it a likelihood? What is called log p(x) must be the logarithm of a distribution over images. On images
// of D binary pixels, with D so small that all 2ᴰ can be listed, this can be seen:
//
//     Σ_x p(x) = 1;   p(x) of one image does not depend on the others of its batch;   training and evaluation
//     give the same p(x);   and if p(x) = Π_i p(x_i|x_<i), the logits of pixel i do not depend on x_≥i
//
// A decoder that normalises by the statistics of its batch sees the pixels to come, and other images. In one
// batch of all images these statistics are constants, so even then p sums to one: each image is taken alone,
// too. The check is for log p(x|z) at any z, of any model, and for log p(x) where that is known
// (../exact/exact_model.h).
#pragma once

#include <functional>
#include <string>

#include "nn/layers/dropout.h"
#include "vae/model.h"

namespace vae {

// log p(x), to be judged.  x: [B,D]  ->  [B] nats
using Likelihood = std::function<Var(Var x, nn::Mode mode)>;

// log p(x|z) of a model at this z, the same for all images.  z_t: [1,Z_t]. A Model has no mode, so of one
// `mode` below is 0.
Likelihood likelihood_at(const Model& model, Latents z);

struct LikelihoodCheck {
  double total = 0;        // Σ_x p(x) over all images, in one batch
  double total_alone = 0;  // the same, each image in a batch of its own
  double batch = 0;        // the largest |log p(x) in a batch − log p(x) alone|, for two batches   nats
  double mode = 0;         // the largest |log p(x) in training − log p(x) in evaluation|   nats

  // 1e-9 is for rounding in double.
  bool holds(double tolerance = 1e-9) const;
  std::string verdict(double tolerance = 1e-9) const;  // one line: "a likelihood", or what is wrong
};

// Evaluates 2ᴰ images; std::invalid_argument unless 1 ≤ D ≤ 12. If a value is NaN, the
// check does not hold.
LikelihoodCheck check_likelihood(const Likelihood& log_prob, std::size_t pixels);

// The largest |∂ l_bi / ∂ x_cj| that an autoregressive decoder may not have: of the logits l of pixel i of
// image b in pixel j of image c, unless b = c and j precedes i, place[j] < place[i]. place[i] is the place of
// pixel i in the order; empty: the pixels' own order.  x: [B,D]  logits: [B,D]
// std::invalid_argument if the logits have another shape, or `place` another length.
double largest_acausal_slope(const std::function<Var(Var x)>& logits, const Array& x,
                             std::vector<std::size_t> place = {});

}  // namespace vae
