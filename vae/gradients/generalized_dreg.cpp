// z as a draw of the prior, and the estimator.
#include "vae/gradients/generalized_dreg.h"

#include <stdexcept>
#include <string>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "vae/bounds/renyi.h"

namespace vae {

namespace {

// z as T(ε̃; θ) = μ + Lε̃ with ε̃ = L⁻¹(z − μ) constant: its value is z, and a gradient leads to μ and L.
Var as_draw_of(const Density& p, Var z) {
  if (const auto* normal = dynamic_cast<const nn::Normal*>(&*p)) {
    const Var noise = stop_gradient((z - normal->mu) * exp(-0.5 * normal->log_var));
    return normal->mu + exp(0.5 * normal->log_var) * noise;
  }
  if (const auto* normal = dynamic_cast<const nn::MultivariateNormal*>(&*p)) {
    const Var L = normal->factor,
              noise = stop_gradient(solve_triangular(L, expand_dims(z - normal->mu, 2)));  // [rows,Z,1]
    return normal->mu + squeeze(matmul(L, noise), 2);
  }
  throw std::logic_error("[generalized_dreg] a " + std::string(p->name()) +
                         " is no normal, and the noise of its draws is not known here");
}

Chooser as_draws_of_prior(const Latents& z) {
  return [z](std::size_t t, const std::optional<Density>&, const Density& p) {
    return nn::Draw{as_draw_of(p, z[t]), {}};
  };
}

}  // namespace

Objective generalized_dreg(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  check_path("generalized_dreg", levels);
  const Latents from_q = latents(levels), z = stop_gradient(from_q);
  const Latents from_p =
      latents(descend(model, samples * x.rows(), as_draws_of_prior(z)));  // a path to θ of the prior
  const Var of_decoder = log_likelihood(model, x, z);                     // a path to θ of p(x|z)   [K·B]

  // The terms at each z, of which only the paths through z have a gradient.  [K·B] each
  const HoldConstant hold(all_parameters(model));
  const auto scored = [&](const Latents& at) {
    return bound_along(model, x, descend(model, x, samples, given(at)), 1, KLForm::monte_carlo);
  };
  const Bound to_phi = scored(from_q), to_prior = scored(from_p);

  const auto by_sample = [&](Var v) { return reshape(v, {samples, x.rows()}); };  // [K·B] -> [K,B]
  const Var v = softmax((1 - alpha) * by_sample(stop_gradient(to_phi.elbo)), 0);
  const Var c = alpha * v + (1 - alpha) * square(v);
  const Var surrogate = sum(
      v * by_sample(of_decoder + to_prior.reconstruction) + c * by_sample(to_phi.elbo - to_prior.elbo), {0});
  return {with_gradient_of(renyi_bound(to_phi.elbo, samples, alpha), surrogate),
          over_samples(to_phi, samples)};
}

}  // namespace vae
