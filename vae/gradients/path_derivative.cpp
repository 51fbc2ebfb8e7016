// Each estimator: draw z, score it with some parameters held constant, weigh.
#include "vae/gradients/path_derivative.h"

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "vae/bounds/renyi.h"

namespace vae {

namespace {

// z ~ q(z|x), with a gradient to φ.
std::vector<Level> drawn(const char* of, const Model& model, Var x, std::size_t samples,
                         const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  check_path(of, levels);
  return levels;
}

// The terms of the bound at this z, sample by sample; `elbo` is log w.  ->  [K·B] each
Bound scored(const Model& model, Var x, std::size_t samples, const Latents& z) {
  return bound_along(model, x, descend(model, x, samples, given(z)), 1, KLForm::monte_carlo);
}

}  // namespace

Objective pathwise(const Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  const std::vector<Level> levels = drawn("pathwise", model, x, samples, stream);
  const Bound each = bound_along(model, x, levels, 1, KLForm::monte_carlo);
  return {renyi_bound(each.elbo, samples, alpha), over_samples(each, samples)};
}

Objective sticking_the_landing(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  const Latents z = latents(drawn("sticking_the_landing", model, x, samples, stream));
  const HoldConstant hold(posterior_parameters(model));
  const Bound each = scored(model, x, samples, z);
  return {renyi_bound(each.elbo, samples, alpha), over_samples(each, samples)};
}

Objective doubly_reparameterized(Model& model, Var x, std::size_t samples, Real alpha, const Stream& stream) {
  const Latents z = latents(drawn("doubly_reparameterized", model, x, samples, stream));

  // log w with a gradient in θ only, and in z only.  [K·B]
  const HoldConstant hold_phi(posterior_parameters(model));
  const Bound in_theta = scored(model, x, samples, stop_gradient(z));
  const HoldConstant hold_all(all_parameters(model));
  const Bound in_z = scored(model, x, samples, z);

  // Σ_k v_k log w_k(θ) + Σ_k (α v_k + (1−α) v_k²) log w_k(z)   [B]
  const auto by_sample = [&](Var v) { return reshape(v, {samples, x.rows()}); };  // [K·B] -> [K,B]
  const Var v = softmax((1 - alpha) * by_sample(stop_gradient(in_theta.elbo)), 0);
  const Var surrogate =
      sum(v * by_sample(in_theta.elbo) + (alpha * v + (1 - alpha) * square(v)) * by_sample(in_z.elbo), {0});
  return {with_gradient_of(renyi_bound(in_theta.elbo, samples, alpha), surrogate),
          over_samples(in_theta, samples)};
}

}  // namespace vae
