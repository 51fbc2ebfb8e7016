// Images with pixels missing. A pixel that is NaN is integrated out: of independent pixels it has no term,
//
//     log p(x_o|z) = Σ_{d ∈ o} log p(x_d|z)          q(z|x_o) = q(z|x with 0 where a pixel is missing)
//
// with o the pixels that are observed. Bounds and log p are then those of x_o, and a model can be learned
// from such images: Mattei & Frellsen 2019 (arXiv 1812.02633), eq. 4, if which pixels are missing does not
// depend on what they hold. To score the zeros as if they had been seen (a common mistake) learns a model of
// zeros.
#pragma once

#include "vae/around.h"

namespace vae {

// A model of such images. log p(x|z) is a std::logic_error where pixels are not independent given z.
class Observed : public AroundModel {
 public:
  explicit Observed(Model& model) : AroundModel(model) {}  // which must outlive this object

  Features features(Var x, Var c) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override;  // a missing pixel counts as the mean of that pixel, x: [N,D]
};

Array observed(const Array& x);         // 1 where a pixel is observed, 0 where it is missing
double share_observed(const Array& x);  // of all pixels; 1 of none

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
