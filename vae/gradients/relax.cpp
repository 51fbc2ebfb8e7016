// The two draws, and the estimator.
#include "vae/gradients/relax.h"

#include <stdexcept>
#include <string>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"

namespace vae {

namespace {

Var logit_of_uniform(const Stream& stream, const Shape& shape) {
  const Var u = constant(uniform(stream, shape));
  return log(u) - log1p(-u);
}

const nn::Bernoulli& bits_of(const Model& model, const Density& q) {
  const auto* bits = dynamic_cast<const nn::Bernoulli*>(&*q);
  if (!bits || model.levels() != 1)
    throw std::logic_error("[relax] q is a " + std::string(q->name()) + " at one of " +
                           std::to_string(model.levels()) + " levels, not a Bernoulli at the only one");
  return *bits;
}

}  // namespace

Control at_relaxed_bits(const Model& model, Var x, Real temperature) {
  if (!(temperature > 0))
    throw std::domain_error("[at_relaxed_bits] the temperature is " + std::to_string(temperature) +
                            ", not above 0");
  return [&model, x, temperature](Var z) {
    const Latents bits = {sigmoid(z / temperature)};
    return log_joint(model, x, bits) - log_posterior(model, x, bits);
  };
}

Objective relax(Model& model, Var x, std::size_t samples, const Control& control, const Stream& stream) {
  const Stream noise = stream.for_batch(x.rows());
  Var z, z_given_b;  // with a gradient to φ   [K·B,Z]
  const Chooser draw = [&](std::size_t, const std::optional<Density>& q, const Density&) {
    const Var l = bits_of(model, *q).logits;
    z = l + logit_of_uniform(noise, l.shape());
    const Var b = z > 0;

    // z > 0 has probability σ(l); given that, z = log(1 + (1 + e^l) v / (1 − v)), v ~ U(0, 1).
    const Var v = logit_of_uniform(noise.second(), l.shape());
    z_given_b = where(b, softplus(v + softplus(l)), -softplus(v + softplus(-l)));
    return nn::Draw{b, {}};
  };
  const std::vector<Level> levels = descend(model, x, samples, draw);
  const Bound each = bound_along(model, x, levels, 1, KLForm::monte_carlo),
              bound = over_samples(each, samples);
  const Var log_joint = each.reconstruction + log_p(levels);  // [K·B]

  // Only the paths through z count. (The other terms of c cancel on average, and are noise.)
  const HoldConstant hold(all_parameters(model));
  const Var c = control(z), c_given_b = control(z_given_b);
  const Var signal = stop_gradient(each.elbo - c_given_b);
  const Var surrogate = log_joint + signal * log_q(levels) + c - c_given_b;
  return {with_gradient_of(bound.elbo, over_samples(surrogate, samples)), bound};
}

}  // namespace vae
