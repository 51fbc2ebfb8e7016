// The bound. Each term of the equation is a line: reconstruction, KL of each level, their difference.
#include "vae/elbo.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/kl.h"

namespace vae {

namespace {

// The mean over samples.  v: [S·B]  ->  [B]
Var over_samples(Var v, std::size_t samples) {
  if (samples == 1) return v;
  return mean(reshape(v, {samples, v.rows() / samples}), {0});
}

// A bound's gradient must lead through z.
void check_path(const std::vector<Level>& levels) {
  for (const Level& level : levels)
    if (Tape::current().recording() && !(*level.q)->has_rsample())
      throw std::logic_error(std::string("[elbo] no gradient leads through a draw of a ") +
                             (*level.q)->name() +
                             "; gradients/score_function.h has estimators that need none");
}

}  // namespace

Bound elbo(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  check_path(levels);

  Bound bound;
  bound.reconstruction = over_samples(log_likelihood(model, x, latents(levels)), samples);
  for (const Level& level : levels) {
    const Var kl_t = form == KLForm::analytic ? nn::kl_closed_form(*level.q, level.p)
                                              : level.log_q() - level.log_p();  // [S·B]
    bound.kl_per_level.push_back(over_samples(kl_t, samples));
  }
  bound.kl = bound.kl_per_level.front();
  for (std::size_t t = 1; t < levels.size(); ++t) bound.kl = bound.kl + bound.kl_per_level[t];
  bound.elbo = bound.reconstruction - bound.kl;
  return bound;
}

Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  return log_likelihood(model, x, latents(levels)) + log_p(levels) - log_q(levels);
}

}  // namespace vae
