// The bound. Each term of the equation is a line: reconstruction, KL of each level, their difference.
#include "vae/elbo.h"

#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "nn/distributions/kl.h"

namespace vae {

namespace {

// KL_t, or what stands for it in one sample.  ->  [rows]
Var kl_of(const Level& level, KLForm form) {
  switch (form) {
    case KLForm::analytic:
      return nn::kl_closed_form(*level.q, level.p);
    case KLForm::monte_carlo:
      return level.log_q() - level.log_p();
    case KLForm::entropy:
      return -(*level.q)->entropy() - level.log_p();
    case KLForm::mixed:
      if (const std::optional<Var> closed = nn::kl_if_closed(*level.q, level.p)) return *closed;
      return level.log_q() - level.log_p();
  }
  throw std::invalid_argument("[elbo] no such form of the KL");
}

// kl and elbo, from their terms.
void add_up(Bound& bound) {
  bound.kl = bound.kl_per_level.front();
  for (std::size_t t = 1; t < bound.kl_per_level.size(); ++t) bound.kl = bound.kl + bound.kl_per_level[t];
  bound.elbo = bound.reconstruction - bound.kl;
}

}  // namespace

Var over_samples(Var v, std::size_t samples) {
  if (samples == 1) return v;
  return mean(reshape(v, {samples, v.rows() / samples}), {0});
}

Bound over_samples(const Bound& each, std::size_t samples) {
  Bound bound;
  bound.reconstruction = over_samples(each.reconstruction, samples);
  for (const Var& kl_t : each.kl_per_level) bound.kl_per_level.push_back(over_samples(kl_t, samples));
  add_up(bound);
  return bound;
}

void check_path(const char* of, const std::vector<Level>& levels) {
  for (const Level& level : levels)
    if (Tape::current().recording() && !(*level.q)->has_rsample())
      throw std::logic_error("[" + std::string(of) + "] no gradient leads through a draw of a " +
                             (*level.q)->name() +
                             "; gradients/score_function.h has estimators that need none");
}

Bound bound_along(const Model& model, Var x, const std::vector<Level>& levels, std::size_t samples,
                  KLForm form) {
  Bound bound;
  bound.reconstruction = over_samples(log_likelihood(model, x, levels), samples);
  for (const Level& level : levels) bound.kl_per_level.push_back(over_samples(kl_of(level, form), samples));
  add_up(bound);
  return bound;
}

Bound elbo(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  check_path("elbo", levels);
  return bound_along(model, x, levels, samples, form);
}

Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  return log_likelihood(model, x, levels) + log_p(levels) - log_q(levels);
}

}  // namespace vae
