// Images with pixels missing. A pixel that is NaN is integrated out: of independent pixels it has no term,
//
//     log p(x_o|z) = Σ_{d ∈ o} log p(x_d|z)          q(z|x_o) = q(z|x with 0 where a pixel is missing)
//
// with o the pixels that are observed. Bounds and log p are then those of x_o, and a model can be learned
// from such images: Mattei & Frellsen 2019 (arXiv 1812.02633), eq. 4, if which pixels are missing does not
// depend on what they hold. To score the zeros as if they had been seen (a common mistake) learns a model of
// zeros.
#pragma once

#include "nn/distributions/distribution.h"
#include "vae/around.h"

namespace vae {

// p(x|z) of such images. `log_prob` is a std::logic_error where pixels are not independent given z.
struct ObservedPixels : nn::Distribution {
  explicit ObservedPixels(Density whole) : whole(std::move(whole)) {}

  const char* name() const override { return whole->name(); }
  Shape shape() const override { return whole->shape(); }
  bool is_discrete() const override { return whole->is_discrete(); }
  Array sample(const Stream& stream) const override { return whole->sample(stream); }  // of all pixels
  Var mean() const override { return whole->mean(); }
  Var variance() const override { return whole->variance(); }
  Var cdf(Var x) const override { return whole->cdf(x); }
  Var log_probs(Var x) const override;  // 0 where a pixel is missing

  Density whole;  // of whole images
};

// A model of such images.
class Observed : public AroundModel {
 public:
  explicit Observed(Model& model) : AroundModel(model) {}  // which must outlive this object

  Features features(Var x, Var c) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override;  // a missing pixel counts as the mean of that pixel
};

Array observed(const Array& x);         // 1 where a pixel is observed, 0 where it is missing
double share_observed(const Array& x);  // of all pixels; 1 of none

// Of each pixel, over the data in which it is observed; 0 if there is none.  x: [N,D]  ->  [1,D]
Array pixel_means(const Array& x);

// √ of the mean of (y − truth)² over the pixels that are missing in x and known in `truth`; NaN if there is
// none. All [N,D]; or y: [1,D], for all data.
double error_at_missing(const Array& x, const Array& truth, const Array& y);

// Images with the missing pixels filled in; the others are as they were.
struct FilledIn {
  Array mean;               // E[x|x_o]        [B,D]
  Array draws;              // x ~ p(x|x_o)    [S·B,D], row r of datum r mod B
  Array effective_samples;  // (Σ_k w_k)² / Σ_k w_k², of which these are as good as   [B]
};

// By K draws z_k ~ q(z|x_o) with their importance weights w_k = p(x_o, z_k) / q(z_k|x_o):
//
//     E[x_d|x_o] ≈ Σ_k w_k E[x_d|z_k] / Σ_k w_k          x_d ~ p(x_d|z_k) with k in proportion to w_k
//
// Mattei & Frellsen 2019, eq. 12 and section 4.3. Holds K·B rows at once. `model`: an `Observed`.
// x: [B,D]. std::invalid_argument for K = 0.
FilledIn fill_in(const Model& model, const Array& x, std::size_t K, std::size_t S, const Stream& stream);

}  // namespace vae
