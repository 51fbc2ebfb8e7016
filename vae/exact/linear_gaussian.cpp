// The linear-Gaussian hierarchy: its factors, the one Gaussian that they are, and the bound's expectation.
#include "vae/exact/linear_gaussian.h"

#include <numeric>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "vae/networks.h"

namespace vae {

namespace {

using nn::MultivariateNormal;

Array identity(std::size_t n) {
  Array I = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) I(i, i) = 1;
  return I;
}

// One matrix for every row.  M: [n,n]  ->  [rows,n,n]
Var for_rows(Var M, std::size_t rows) { return broadcast_to(M, {rows, M.shape()[0], M.shape()[1]}); }

// N(mean, LLᵀ)   mean: [rows,n]  L: [n,n]
Density gaussian(Var mean, Var L) { return MultivariateNormal(mean, for_rows(L, mean.rows())); }

// With one more block v = W u + b + noise of covariance S:
//     mean (m, W m + b)     covariance (C, C Wᵀ; W C, W C Wᵀ + S)
LinearGaussian::Joint extended(const LinearGaussian::Joint& u, Var W, Var b, Var S) {
  const Var WC = matmul(W, u.covariance);
  return {
      concat({u.mean, affine(u.mean, W, b)}, 1),
      concat({concat({u.covariance, transpose(WC)}, 1), concat({WC, matmul(WC, W, false, true) + S}, 1)}, 0)};
}

std::vector<std::size_t> index_range(std::size_t first, std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

Var block(Var C, const std::vector<std::size_t>& rows, const std::vector<std::size_t>& columns) {
  return take(take(C, rows, 0), columns, 1);
}

// aᵀ P a of each row a.  a: [rows,n]  P: [n,n]  ->  [rows]
Var quadratic(Var a, Var P) { return sum(matmul(a, P) * a, {1}); }

}  // namespace

// ---- parameters -------------------------------------------------------------------------------------------

LinearGaussian::LinearGaussian(const LinearGaussianSizes& sizes, const Stream& stream) : sizes_(sizes) {
  if (sizes.latent.empty() || sizes.pixels == 0)
    throw std::invalid_argument("[linear_gaussian] at least one level and one pixel are needed");
  if (sizes.noise == Covariance::full || sizes.posterior == Covariance::isotropic)
    throw std::invalid_argument("[linear_gaussian] noise is isotropic or diagonal, and q diagonal or full");

  std::uint32_t epoch = 0;
  const auto random = [&](const Shape& shape, Real scale) {
    return Parameter(Array(scale * normal(stream.at_epoch(epoch++), shape)));
  };
  const std::size_t D = sizes.pixels;
  std::size_t above = 0;  // Z_<t
  for (const std::size_t Z : sizes.latent) {
    const Shape factor = sizes.posterior == Covariance::full ? Shape{Z, Z} : Shape{Z};
    posterior_.push_back({random({Z, D + above}, 0.4), random({Z}, 0.4), random(factor, 0.3)});
    prior_.push_back({random({Z, above}, 0.7), random({Z}, 0.5), random({Z, Z}, 0.3)});
    above += Z;
  }
  weight_ = random({D, above}, 0.8);
  bias_ = random({D}, 0.5);
  log_var_ = random(sizes.noise == Covariance::isotropic ? Shape{1} : Shape{D}, 0.3);
}

Var LinearGaussian::Conditional::L() const {
  const Var f = factor;
  if (f.shape().size() == 1) return diag(exp(f));
  Array below = zeros(f.shape());
  for (std::size_t i = 0; i < f.rows(); ++i)
    for (std::size_t j = 0; j < i; ++j) below(i, j) = 1;
  return f * constant(below) + diag(exp(diagonal(f)));
}

Var LinearGaussian::Conditional::covariance() const { return matmul(L(), L(), false, true); }

void LinearGaussian::Conditional::visit(const std::string& name, const nn::Visitor& visitor) {
  visitor(name + ".weight", weight), visitor(name + ".bias", bias), visitor(name + ".factor", factor);
}

void LinearGaussian::visit_posterior(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels(); ++t) posterior_[t].visit("posterior." + std::to_string(t), visitor);
}

void LinearGaussian::visit_generator(const nn::Visitor& visitor) {
  for (std::size_t t = 1; t < levels(); ++t) prior_[t].visit("prior." + std::to_string(t), visitor);
  visitor("decoder.weight", weight_), visitor("decoder.bias", bias_), visitor("decoder.log_var", log_var_);
}

// ---- the factors ------------------------------------------------------------------------------------------

// p(z₀) = N(0, I),  p(z_t|z_<t) = N(W_t z_<t + b_t, L_t L_tᵀ)   ->  [rows, Z_t]
Density LinearGaussian::prior(const State& s) const {
  const Conditional& p = prior_[s.t()];
  if (s.t() == 0) return nn::Normal::standard({s.rows, sizes_.latent[0]});
  return gaussian(affine(concat(s.z, 1), p.weight, p.bias), p.L());
}

// q(z_t|z_<t, x) = N(A_t (x, z_<t) + a_t, Q_t Q_tᵀ)   ->  [S·B, Z_t]
Density LinearGaussian::posterior(const State& s, const Features& x) const {
  const Conditional& q = posterior_[s.t()];
  const Var mean = affine(side_by_side(repeat_to(x.front(), s.rows), s.z), q.weight, q.bias);
  if (sizes_.posterior == Covariance::full) return gaussian(mean, q.L());
  return nn::Normal(mean, broadcast_to(2 * Var(q.factor), mean.shape()));
}

// p(x|z) = N(W z + b, Ψ)   ->  [rows, D]
Density LinearGaussian::decode(const State& s) const {
  const Var mean = affine(concat(s.z, 1), weight_, bias_);
  return nn::Normal(mean, broadcast_to(log_var_, mean.shape()));
}

Var LinearGaussian::prior_covariance(std::size_t t) const {
  return t == 0 ? constant(identity(sizes_.latent[0])) : prior_[t].covariance();
}

Var LinearGaussian::noise() const { return broadcast_to(exp(log_var_), {sizes_.pixels}); }

void LinearGaussian::set_decoder(const Array& W, const Array& b, const Array& psi) {
  if (W.shape() != weight_.shape() || b.shape() != bias_.shape() || psi.shape() != log_var_.shape())
    throw std::invalid_argument("[set_decoder] W, b and psi are " + to_string(W.shape()) + ", " +
                                to_string(b.shape()) + " and " + to_string(psi.shape()) + " but must be " +
                                to_string(weight_.shape()) + ", " + to_string(bias_.shape()) + " and " +
                                to_string(log_var_.shape()));
  Evaluation scope;
  weight_.update() = W;
  bias_.update() = b;
  log_var_.update() = log(constant(psi)).value();
}

// ---- all of them together ---------------------------------------------------------------------------------

LinearGaussian::Joint LinearGaussian::joint() const {
  Joint u = {constant(zeros({1, sizes_.latent[0]})), prior_covariance(0)};
  for (std::size_t t = 1; t < levels(); ++t)
    u = extended(u, prior_[t].weight, prior_[t].bias, prior_covariance(t));
  return extended(u, weight_, bias_, diag(noise()));
}

// log N(x; m_x, C_xx)
Var LinearGaussian::log_px(Var x) const {
  const Joint u = joint();
  const std::size_t D = sizes_.pixels, Z = u.mean.shape()[1] - D;
  const Var mean = slice(u.mean, 1, std::ptrdiff_t(Z), std::ptrdiff_t(Z + D));
  const std::vector<std::size_t> at_x = index_range(Z, D);
  return gaussian(broadcast_to(mean, {x.rows(), D}), cholesky(block(u.covariance, at_x, at_x)))->log_prob(x);
}

// K = C_ab C_bb⁻¹,  intercept m_a − K m_b,  covariance C_aa − K C_ba   (Bishop 2006, eq. 2.81–2.82)
LinearGaussian::Regression LinearGaussian::true_conditional(std::size_t t) const {
  const Joint u = joint();
  const auto first = sizes_.latent.begin();
  const std::size_t above = std::accumulate(first, first + std::ptrdiff_t(t), std::size_t(0)),
                    Z = std::accumulate(first, sizes_.latent.end(), std::size_t(0));
  const std::vector<std::size_t> a = index_range(above, sizes_.latent[t]);
  std::vector<std::size_t> b = index_range(Z, sizes_.pixels);  // x, then z_<t
  for (std::size_t i = 0; i < above; ++i) b.push_back(i);

  const Var C_ab = block(u.covariance, a, b);
  const Var K = matmul(C_ab, inverse(block(u.covariance, b, b)));
  const Var intercept = take(u.mean, a, 1) - matmul(take(u.mean, b, 1), K, false, true);
  return {K, reshape(intercept, {a.size()}), block(u.covariance, a, a) - matmul(K, C_ab, false, true)};
}

Density LinearGaussian::true_posterior(const State& s, Var x) const {
  const Regression r = true_conditional(s.t());
  const Var mean = affine(side_by_side(repeat_to(x, s.rows), s.z), r.K, r.intercept);
  return gaussian(mean, cholesky(r.covariance));
}

void LinearGaussian::set_posterior_exact() {
  Evaluation scope;
  if (sizes_.posterior == Covariance::diagonal && levels() > 1)
    throw std::logic_error(
        "[set_posterior_exact] a mean field of several levels has no best one in closed form");
  for (std::size_t t = 0; t < levels(); ++t) {
    const Regression r = true_conditional(t);
    Conditional& q = posterior_[t];
    q.weight.update() = r.K.value();
    q.bias.update() = r.intercept.value();
    if (sizes_.posterior == Covariance::full) {
      const Var L = cholesky(r.covariance);
      q.factor.update() = (L + diag(log(diagonal(L)) - diagonal(L))).value();
    } else {
      q.factor.update() = (-0.5 * log(diagonal(inverse(r.covariance)))).value();
    }
  }
}

// ---- the bound --------------------------------------------------------------------------------------------

// Over z_<t ~ q the difference of the means of q and p, δ = (A_t − W_t) z_<t + …, is Gaussian, and
//
//     E KL_t = ½ [ tr P (Q_t Q_tᵀ + Cov δ) + E δᵀ P E δ − Z_t + log |L_t L_tᵀ| − log |Q_t Q_tᵀ| ]
//
// with P = (L_t L_tᵀ)⁻¹, and
//
//     E log p(x|z) = log N(x; W E z + b, Ψ) − ½ tr Ψ⁻¹ W Cov z Wᵀ
Bound LinearGaussian::expected_bound(Var x) const {
  const std::ptrdiff_t D = std::ptrdiff_t(sizes_.pixels);
  Bound bound;
  Latents mean;  // E z₀, …, E z_{t−1}   [B, Z_s]
  Joint z;       // of z_<t under q; its mean is not used
  for (std::size_t t = 0; t < levels(); ++t) {
    const Conditional& q = posterior_[t];
    const Var S_q = q.covariance(), S_p = prior_covariance(t), P = inverse(S_p);
    Var delta = affine(side_by_side(x, mean), q.weight, q.bias), spread = S_q;
    const Var mean_t = delta;
    if (t == 0) {
      z = {constant(zeros({1, S_q.rows()})), S_q};
    } else {
      const Var A = slice(q.weight, 1, D, std::ptrdiff_t(q.weight.shape()[1])),
                difference = A - prior_[t].weight;
      delta = delta - affine(concat(mean, 1), prior_[t].weight, prior_[t].bias);
      spread = spread + matmul(matmul(difference, z.covariance), difference, false, true);
      z = extended(z, A, q.bias, S_q);
    }
    const Var kl_t =
        0.5 * (quadratic(delta, P) + sum(P * spread) - Real(sizes_.latent[t]) + logdet(S_p) - logdet(S_q));
    bound.kl_per_level.push_back(kl_t);
    bound.kl = t == 0 ? kl_t : bound.kl + kl_t;
    mean.push_back(mean_t);
  }
  const Var W = weight_, psi = noise();
  const Var error = square(x - affine(concat(mean, 1), W, bias_)) +
                    diagonal(matmul(matmul(W, z.covariance), W, false, true));
  bound.reconstruction = -0.5 * sum(nn::log_2pi + log(psi) + error / psi, {1});
  bound.elbo = bound.reconstruction - bound.kl;
  return bound;
}

}  // namespace vae
