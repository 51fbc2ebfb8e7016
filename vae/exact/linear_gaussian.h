// Hierarchies in which every conditional is linear with a constant covariance, so that all of them together
// are one Gaussian, and log p(x), the posterior and every term of the bound are linear algebra:
//
//     p(z₀) = N(0, I)   p(z_t|z_<t) = N(W_t z_<t + b_t, L_t L_tᵀ)   p(x|z) = N(W z + b, Ψ)
//     q(z_t|z_<t, x) = N(A_t (x, z_<t) + a_t, Q_t Q_tᵀ)
//
// With one level and Ψ = σ²I it is probabilistic PCA (Tipping & Bishop 1999), with a diagonal Ψ
// factor analysis. The posterior is of the form of q (Bishop 2006, eq. 2.81–2.82); with a diagonal Q_t, q is
// a mean field.
#pragma once

#include "vae/elbo.h"
#include "vae/exact/exact_model.h"

namespace vae {

enum class Covariance { isotropic, diagonal, full };

struct LinearGaussianSizes {
  std::size_t pixels = 3;                    // D
  std::vector<std::size_t> latent = {2};     // Z_t of each level
  Covariance noise = Covariance::isotropic;  // of Ψ: isotropic or diagonal
  Covariance posterior = Covariance::full;   // of Q_t Q_tᵀ: full, or diagonal
};

class LinearGaussian : public ExactModel {
 public:
  // All parameters at random. std::invalid_argument without a level or a pixel, or for another covariance.
  LinearGaussian(const LinearGaussianSizes& sizes, const Stream& stream);

  std::size_t levels() const override { return posterior_.size(); }
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void visit_posterior(const nn::Visitor& visitor) override;  // posterior.T.{weight,bias,factor}
  void visit_generator(const nn::Visitor& visitor) override;  // the same of prior.T for T ≥ 1; decoder.…

  Var log_px(Var x) const override;
  Density true_posterior(const State& s, Var x) const override;

  // The expectation under q of each term of the bound, exactly, and differentiable in θ and φ: what `elbo`
  // estimates.  x: [B,D]  ->  [B] each
  Bound expected_bound(Var x) const;

  // Gives φ the values at which q is the posterior, so that the bound is log p(x). A diagonal Q_t of a model
  // with one level becomes the best mean field: the posterior's mean, with variances 1/P_ii for its precision
  // P. std::logic_error for a mean field of several levels.
  void set_posterior_exact();

  // W: [D,Z], Z of all levels; b: [D]; the diagonal of Ψ: [D], or [1] if it is isotropic.
  // std::invalid_argument for other shapes.
  void set_decoder(const Array& W, const Array& b, const Array& psi);

  const LinearGaussianSizes& sizes() const { return sizes_; }

  // Of u = (z₀, …, z_{L−1}, x) under p.
  struct Joint {
    Var mean, covariance;  // [1,N]  [N,N]
  };
  Joint joint() const;

 private:
  // N(weight · given + bias, LLᵀ). `factor` holds L with the logarithms of its diagonal: [n,n], or [n] of a
  // diagonal L.
  struct Conditional {
    Parameter weight, bias, factor;
    Var L() const;
    Var covariance() const;
    void visit(const std::string& name, const nn::Visitor& visitor);
  };
  // u_a given u_b:  N(K u_b + intercept, covariance)
  struct Regression {
    Var K, intercept, covariance;
  };

  Regression true_conditional(std::size_t t) const;  // of z_t, given (x, z_<t)
  Var prior_covariance(std::size_t t) const;
  Var noise() const;  // the diagonal of Ψ   [D]

  LinearGaussianSizes sizes_;
  std::vector<Conditional> posterior_, prior_;  // of each level; the prior of level 0 is N(0, I)
  Parameter weight_, bias_, log_var_;           // of the decoder
};

}  // namespace vae
