// Probabilistic PCA and factor analysis, the linear VAEs whose maximum likelihood is known or reached by
// exact EM:
//
//     p(z) = N(0, I)   p(x|z) = N(W z + b, Ψ)          Ψ = σ²I: probabilistic PCA; diagonal: factor analysis
//
// In closed form for Ψ = σ²I (Tipping & Bishop 1999, eq. 7–8): with λ₁ ≥ λ₂ ≥ … the eigenvalues of the data's
// covariance and U_q the first q eigenvectors,
//
//     W = U_q (Λ_q − σ²I)^½        σ² = 1/(D − q) Σ_{i>q} λ_i        b the mean
//
// EM as coordinate ascent of the bound (Neal & Hinton 1998): over q with θ fixed, then over θ with q fixed.
// The model is a LinearGaussian of one level, with all its bounds and estimators.
#pragma once

#include "vae/exact/linear_gaussian.h"

namespace vae {

// Of data x: [N,D]; the covariance divides by N. std::invalid_argument for no data or another shape.
struct PrincipalComponents {
  explicit PrincipalComponents(const Array& x);

  double mean_of_rest(std::size_t q) const;  // 1/(D − q) Σ_{i>q} λ_i; std::invalid_argument unless q < D

  Array mean;       // [D]
  Array variances;  // λ, from the largest to the smallest   [D]
  Array axes;       // U, whose column i belongs to λ_i   [D,D]
};

// Gives θ the maximum of Σ log p(x) for these data, with σ² free, or at the σ² given. q is not changed
// (set_posterior_exact). std::invalid_argument unless the model has one level and Ψ = σ²I, and for σ² ≤ 0.
void set_maximum_likelihood(LinearGaussian& model, const PrincipalComponents& data);
void set_maximum_likelihood(LinearGaussian& model, const PrincipalComponents& data, double sigma2);

// The mean of log p(x) over the data at that maximum, with σ² free:
//     −½ [ D log 2π + Σ_{i≤q} log λ_i + (D − q) log σ² + D ]   nats
double maximum_log_px(const PrincipalComponents& data, std::size_t q);

// Of q latents, those that the maximum at this σ² does not use: latent i collapses to the prior if and only
// if λ_i ≤ σ² (Lucas et al. 2019, arXiv 1911.02469; Dai et al. 2018). With a diagonal Q, the
// latents of a trained linear VAE are these, in some order.
std::vector<bool> predicted_collapse(const PrincipalComponents& data, std::size_t q, double sigma2);

// The M-step: gives θ the maximum of Σ bound over W, b and Ψ, with q as it is: the regression of x on z ~ q.
// x: [N,D].  std::invalid_argument unless the model has one level.
void maximize_over_theta(LinearGaussian& model, const Array& x);

// One step of EM: the E-step, q ← the posterior, or the best mean field (set_posterior_exact), then the
// M-step. With a full Q it is exact EM, and Σ log p(x) never falls (Bishop 2006, section 12.2.2 for
// Ψ = σ²I, 12.2.4 for factor analysis; Rubin & Thayer 1982); with a diagonal one it is variational EM, and
// the bound never falls.
void em_step(LinearGaussian& model, const Array& x);

}  // namespace vae
