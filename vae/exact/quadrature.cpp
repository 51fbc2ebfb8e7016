// Integrals over one or two latents: sums over nodes, each node beside all data.
#include "vae/exact/quadrature.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "vae/descent.h"
#include "vae/exact/enumeration.h"
#include "vae/exact/gauss_hermite.h"
#include "vae/networks.h"

namespace vae {

namespace {

std::size_t checked_latents(const Model& model) {
  Evaluation scope;
  const auto all_zero = [](const Array& a) {
    return std::all_of(a.data(), a.data() + a.size(), [](Real v) { return v == 0; });
  };
  if (model.levels() == 1) {
    const Density p = model.prior(state_below(model, {}, 1));
    const auto* normal = dynamic_cast<const nn::Normal*>(&*p);
    if (normal && all_zero(normal->mu.value()) && all_zero(normal->log_var.value()) && p->shape()[1] <= 2)
      return p->shape()[1];
  }
  throw std::invalid_argument(
      "[by_quadrature] the model must have one level, N(0, I) of at most two latents");
}

}  // namespace

// ---- log p(x) ---------------------------------------------------------------------------------------------

ByQuadrature::ByQuadrature(Model& model, std::size_t n) : model_(model) {
  const std::size_t Z = checked_latents(model), K = Z == 1 ? n : n * n;
  const GaussHermite rule(n);
  nodes_ = empty({K, Z}), log_weights_ = zeros({K, 1});
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t j = 0; j < Z; ++j) {
      const std::size_t i = j == 0 ? k % n : k / n;
      nodes_(k, j) = Real(rule.nodes[i]);
      log_weights_(k, 0) += Real(std::log(rule.weights[i]));
    }
}

Var ByQuadrature::log_terms(Var x) const {
  const std::size_t K = nodes_.shape(0), B = x.rows();
  const Var z = repeat_rows(constant(nodes_), B);  // [K·B,Z]
  return reshape(log_likelihood(model_, x, {z}), {K, B}) + constant(log_weights_);
}

Var ByQuadrature::log_px(Var x) const { return logsumexp(log_terms(x), {0}); }

Density ByQuadrature::true_posterior(const State& s, Var x) const {
  return QuadraturePosterior(model_, x, s.rows / x.rows(), constant(nodes_), log_terms(x));
}

// ---- the posterior ----------------------------------------------------------------------------------------

QuadraturePosterior::QuadraturePosterior(const Model& model, Var x, std::size_t samples, Var nodes,
                                         Var log_terms)
    : model_(&model), x_(x), samples_(samples), nodes_(nodes), log_terms_(log_terms) {}

Shape QuadraturePosterior::shape() const { return {samples_ * x_.rows(), nodes_.shape()[1]}; }

// log p(z|x) = log p(x, z) − log p(x)
Var QuadraturePosterior::log_prob(Var z) const {
  nn::check_event("quadrature_posterior.log_prob", z.shape(), shape());
  return log_joint(*model_, x_, {z}) - repeat(logsumexp(log_terms_, {0}), samples_);
}

// Σ_k p(z_k|x) z_k
Var QuadraturePosterior::mean() const {
  return repeat(matmul(softmax(log_terms_, 0), nodes_, true), samples_);
}

// E zzᵀ − E z E zᵀ
Var QuadraturePosterior::covariance() const {
  const std::size_t K = nodes_.rows(), Z = nodes_.shape()[1], rows = shape()[0];
  const Var zz = reshape(expand_dims(nodes_, 2) * expand_dims(nodes_, 1), {K, Z * Z}), m = mean();
  const Var Ezz = repeat(matmul(softmax(log_terms_, 0), zz, true), samples_);
  return reshape(Ezz, {rows, Z, Z}) - expand_dims(m, 2) * expand_dims(m, 1);
}

Var QuadraturePosterior::variance() const { return diagonal(covariance()); }

Array QuadraturePosterior::sample(const Stream& stream) const {
  if (shape()[1] != 1)
    throw std::logic_error("[quadrature_posterior] draws exist for one latent only, not for two");
  // F at the end of each interval, for each datum: the density at its middle, summed and normalised.
  Evaluation scope;
  constexpr std::size_t G = 4000;
  constexpr double end = 9, width = 2 * end / G;
  const std::size_t B = x_.rows();
  Array middles = empty({G, 1});
  for (std::size_t g = 0; g < G; ++g) middles(g, 0) = Real(-end + width * (double(g) + 0.5));
  const Var log_p = reshape(log_joint(*model_, x_, {repeat_rows(constant(middles), B)}), {G, B});
  const Array F = cumsum(softmax(log_p, 0), 0).value();

  // z = F⁻¹(u)
  const Array u = uniform(stream, shape());
  Array z = empty(shape());
  for (std::size_t r = 0; r < z.shape(0); ++r) {
    const std::size_t i = r % B;
    std::size_t low = 0, high = G - 1;  // the first interval with F ≥ u lies among these
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (F(middle, i) < u(r, 0))
        low = middle + 1;
      else
        high = middle;
    }
    const double before = low == 0 ? 0 : double(F(low - 1, i)), mass = double(F(low, i)) - before;
    const double part = mass > 0 ? std::clamp((double(u(r, 0)) - before) / mass, 0.0, 1.0) : 0.5;
    z(r, 0) = Real(-end + width * (double(low) + part));
  }
  return z;
}

}  // namespace vae
