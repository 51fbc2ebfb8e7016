// From names to functions, and the combinations that there are.
#include "tools/config/objective.h"

#include <cmath>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/errors.h"
#include "vae/classes.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"
#include "vae/gradients/score_function.h"
#include "vae/models.h"

namespace tools {

using autograd::Real;

namespace {

// The parameter that makes the bound one of vae::renyi_bound.
Real alpha_of(const Config& c) {
  switch (bound_named(c.bound)) {
    case BoundKind::elbo:
      return 1;
    case BoundKind::iwae:
      return 0;
    case BoundKind::renyi:
      break;
  }
  return Real(*c.renyi_alpha);
}

bool weighs_terms(const Config& c) { return c.beta != 1 || c.warm_up > 0 || c.free_bits > 0; }

Failure contradiction(const std::string& message) { return {exit_usage, message}; }

}  // namespace

std::uint64_t samples_of_objective(const Config& c) {
  return bound_named(c.bound) == BoundKind::elbo ? c.samples : c.importance_samples;
}

vae::Objective objective_of(const Config& c, vae::Model& model, autograd::Var x,
                            const autograd::Stream& noise, Real warmed_up,
                            const std::optional<KnownClasses>& known) {
  const std::size_t samples = samples_of_objective(c);
  switch (gradient_named(c.gradient)) {
    case GradientKind::pathwise:
      if (bound_named(c.bound) == BoundKind::elbo) {
        const vae::KLForm form = kl_form_named(c.kl);
        const vae::Bound bound = known ? vae::elbo_summed(model, x, samples, form, noise, known->one_hot)
                                       : vae::elbo(model, x, samples, form, noise);
        const autograd::Var value = vae::weighted(bound, {warmed_up * Real(c.beta), Real(c.free_bits)});
        return {known ? value + known->weight * vae::log_q_of_known(model, x, known->one_hot) : value, bound};
      }
      return vae::pathwise(model, x, samples, alpha_of(c), noise);
    case GradientKind::stl:
      return vae::sticking_the_landing(model, x, samples, alpha_of(c), noise);
    case GradientKind::dreg:
      return vae::doubly_reparameterized(model, x, samples, alpha_of(c), noise);
    case GradientKind::gdreg:
      return vae::generalized_dreg(model, x, samples, alpha_of(c), noise);
    case GradientKind::score:
      return samples == 1 ? vae::score_function(model, x, samples, noise)
                          : vae::leave_one_out(model, x, samples, noise);
    case GradientKind::vimco:
      break;
  }
  return vae::vimco(model, x, samples, noise);
}

void check_objective(const Config& c) {
  const BoundKind bound = bound_named(c.bound);
  const GradientKind gradient = gradient_named(c.gradient);
  const bool is_elbo = bound == BoundKind::elbo;
  const std::string under_bound = " under --bound " + c.bound, gradient_option = "--gradient " + c.gradient;

  // The samples are those of the bound.
  if (is_elbo && c.importance_samples != 1)
    throw contradiction("--importance-samples means nothing" + under_bound + ", which has --samples");
  if (!is_elbo && c.samples != 1)
    throw contradiction("--samples means nothing" + under_bound + ", which has --importance-samples");
  if (!is_elbo && c.importance_samples < 2)
    throw contradiction("--bound " + c.bound +
                        " with one sample is the ELBO; --importance-samples 5 has five");
  if (c.importance_samples > 1000000) throw contradiction("--importance-samples is at most 1000000");
  if (bound != BoundKind::renyi && c.renyi_alpha)
    throw contradiction("--renyi-alpha means nothing" + under_bound);
  if (c.renyi_alpha && !std::isfinite(Real(*c.renyi_alpha)))
    throw contradiction("--renyi-alpha must be finite, in single precision too");

  // Not every estimator is one of every bound.
  if (gradient == GradientKind::stl && !is_elbo)
    throw contradiction(gradient_option + " is biased" + under_bound + "; --gradient dreg is not");
  if (gradient == GradientKind::dreg && is_elbo)
    throw contradiction(gradient_option + under_bound + " is --gradient stl");
  if (gradient == GradientKind::score && !is_elbo)
    throw contradiction(gradient_option + " is of the ELBO; --gradient vimco is of --bound iwae");
  if (gradient == GradientKind::vimco && bound != BoundKind::iwae)
    throw contradiction(gradient_option + " is of --bound iwae");

  // No gradient leads through a class; it is summed over, in the ELBO.
  const bool needs_no_path = gradient == GradientKind::score || gradient == GradientKind::vimco;
  if (vae::model_named(c.model).has_class && !needs_no_path &&
      !(is_elbo && gradient == GradientKind::pathwise))
    throw contradiction(gradient_option + under_bound +
                        " needs a path through all of z, and a class has none: --model classes sums over it "
                        "under --bound elbo and --gradient pathwise");
  if (c.labelled > 0 && !(is_elbo && gradient == GradientKind::pathwise))
    throw contradiction("--labelled is of --bound elbo and --gradient pathwise");

  // Weights of the terms are those of the ELBO with its KL.
  const auto is_weight = [](double v) { return v >= 0 && std::isfinite(Real(v)); };
  if (!is_weight(c.beta))
    throw contradiction("--beta must be at least 0 and finite, in single precision too");
  if (!is_weight(c.free_bits))
    throw contradiction("--free-bits must be at least 0 and finite, in single precision too");
  if (c.warm_up > 0xffffffff) throw contradiction("--warm-up is at most 4294967295");
  if (weighs_terms(c) && (!is_elbo || gradient != GradientKind::pathwise))
    throw contradiction("--beta, --warm-up and --free-bits are of --bound elbo and --gradient pathwise");
}

}  // namespace tools
