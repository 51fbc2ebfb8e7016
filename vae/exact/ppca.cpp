// Maximum likelihood by principal components, and EM.
#include "vae/exact/ppca.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/ops/symmetric_eigen.h"
#include "nn/distributions/event.h"
#include "nn/distributions/multivariate_normal.h"

namespace vae {

namespace {

void check_one_level(const char* what, const LinearGaussian& model) {
  if (model.levels() != 1)
    throw std::invalid_argument(std::string("[") + what + "] the model has " +
                                std::to_string(model.levels()) + " levels, not one");
}

}  // namespace

// ---- principal components ---------------------------------------------------------------------------------

PrincipalComponents::PrincipalComponents(const Array& data) {
  if (data.dimension() != 2 || data.size() == 0)
    throw std::invalid_argument("[principal_components] x is " + to_string(data.shape()) + ", not [N,D]");
  Evaluation scope;
  const Var x = constant(data), m = autograd::mean(x, {0}), d = x - m;
  const SymmetricEigen eigen = symmetric_eigen((matmul(d, d, true) / Real(data.shape(0))).value());
  mean = m.value(), variances = eigen.values, axes = eigen.vectors;
}

double PrincipalComponents::mean_of_rest(std::size_t q) const {
  const std::size_t D = variances.size();
  if (q >= D)
    throw std::invalid_argument("[ppca] " + std::to_string(q) + " latents leave none of " +
                                std::to_string(D) + " variances to the noise");
  double rest = 0;
  for (std::size_t i = q; i < D; ++i) rest += double(variances(i)) / double(D - q);
  return rest;
}

void set_maximum_likelihood(LinearGaussian& model, const PrincipalComponents& data) {
  set_maximum_likelihood(model, data, data.mean_of_rest(model.sizes().latent.front()));
}

// W = U_q (Λ_q − σ²I)^½, where 0 stands for what is negative
void set_maximum_likelihood(LinearGaussian& model, const PrincipalComponents& data, double sigma2) {
  check_one_level("set_maximum_likelihood", model);
  if (model.sizes().noise != Covariance::isotropic)
    throw std::invalid_argument("[set_maximum_likelihood] only isotropic noise has a closed form");
  if (!(sigma2 > 0))
    throw std::invalid_argument("[set_maximum_likelihood] a variance of " + std::to_string(sigma2));
  const std::size_t D = data.variances.size(), q = model.sizes().latent.front();
  Array W = zeros({D, q});
  for (std::size_t i = 0; i < std::min(q, D); ++i)
    for (std::size_t d = 0; d < D; ++d)
      W(d, i) = data.axes(d, i) * Real(std::sqrt(std::max(double(data.variances(i)) - sigma2, 0.0)));
  model.set_decoder(W, data.mean, full({1}, Real(sigma2)));
}

double maximum_log_px(const PrincipalComponents& data, std::size_t q) {
  const std::size_t D = data.variances.size();
  double log_det = double(D - q) * std::log(data.mean_of_rest(q));
  for (std::size_t i = 0; i < q; ++i) log_det += std::log(double(data.variances(i)));
  return -0.5 * (double(D) * double(nn::log_2pi) + log_det + double(D));
}

std::vector<bool> predicted_collapse(const PrincipalComponents& data, std::size_t q, double sigma2) {
  std::vector<bool> collapses;
  for (std::size_t i = 0; i < q; ++i)
    collapses.push_back(i >= data.variances.size() || double(data.variances(i)) <= sigma2);
  return collapses;
}

// ---- EM ---------------------------------------------------------------------------------------------------

// With u = (z, 1), E over z ~ q and ⟨·⟩ the mean over the data:
//     (W b) = ⟨x E uᵀ⟩ ⟨E u uᵀ⟩⁻¹        Ψ = diag ⟨ E (x − W z − b)(x − W z − b)ᵀ ⟩
void maximize_over_theta(LinearGaussian& model, const Array& data) {
  check_one_level("maximize_over_theta", model);
  Evaluation scope;
  const Var x = constant(data);
  const std::size_t N = x.rows(), Z = model.sizes().latent.front();

  // E z of each datum [N,Z], and Cov z, which is the same for all [Z,Z].
  const Density q = posterior(model, {}, x, 1);
  const Var Ez = q->mean();
  const auto* with_full = dynamic_cast<const nn::MultivariateNormal*>(&*q);
  const Var covariance = with_full ? with_full->covariance() : diag(q->variance());
  const Var S = reshape(slice(covariance, 0, 0, 1), {Z, Z});

  const Var Eu = concat({Ez, constant(full({N, 1}, 1))}, 1);
  const Var Euu = matmul(Eu, Eu, true) / Real(N) + pad(pad(S, 0, 0, 1), 1, 0, 1);
  const Var Wb = matmul(matmul(x, Eu, true) / Real(N), inverse(Euu));  // [D,Z+1]
  const Var W = slice(Wb, 1, 0, std::ptrdiff_t(Z));
  Var psi = mean(square(x - matmul(Eu, Wb, false, true)), {0}) + sum(matmul(W, S) * W, {1});
  if (model.sizes().noise == Covariance::isotropic) psi = mean(psi, {0}, true);
  model.set_decoder(W.value(),
                    reshape(slice(Wb, 1, std::ptrdiff_t(Z), std::ptrdiff_t(Z + 1)), {W.rows()}).value(),
                    psi.value());
}

void em_step(LinearGaussian& model, const Array& x) {
  model.set_posterior_exact();
  maximize_over_theta(model, x);
}

}  // namespace vae
