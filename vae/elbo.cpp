// The bound. Each term of the equation is a line: reconstruction, KL of each level, their difference.
#include "vae/elbo.h"

#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "nn/distributions/kl.h"
#include "vae/networks.h"

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
  if (model.first_values()) return elbo_summed(model, x, samples, form, stream);
  const std::vector<Level> levels = infer(model, x, samples, stream);
  check_path("elbo", levels);
  return bound_along(model, x, levels, samples, form);
}

Bound elbo_summed(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream,
                  std::optional<Var> known) {
  const std::optional<Array> values = model.first_values();
  if (!values) throw std::logic_error("[elbo_summed] z₀ of this model has no list of values");
  const std::size_t B = x.rows(), K = values->shape(0);

  // Every value beside every datum, and the levels below it drawn: row (s·K + k)·B + i.
  const Var z0 = repeat(repeat_rows(constant(*values), B), samples);
  const std::vector<Level> levels =
      descend(model, x, samples * K, given({z0}, from_posterior(stream.for_batch(B))));
  check_path("elbo", {levels.begin() + 1, levels.end()});

  // q_k, or 1 where it is known, and Σ_k of what is weighed with it   [S·K·B]  ->  [B]
  const Var log_q = levels.front().log_q();
  Var q = exp(log_q), log_weight = log_q;
  if (known) {
    const Var is_known = repeat_to(sum(*known, {1}), z0.rows());
    const Var one = repeat(reshape(transpose(*known), {K * B}), samples);
    q = where(is_known, one, q), log_weight = where(is_known, 0, log_q);
  }
  const auto expectation = [&](Var f) {
    return mean(sum(reshape(where(q, q * f, 0), {samples, K, B}), {1}), {0});
  };
  Bound bound;
  bound.reconstruction = expectation(log_likelihood(model, x, levels));
  bound.kl_per_level.push_back(expectation(log_weight - levels.front().log_p()));
  for (std::size_t t = 1; t < levels.size(); ++t)
    bound.kl_per_level.push_back(expectation(kl_of(levels[t], form)));
  add_up(bound);
  return bound;
}

Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const std::vector<Level> levels = infer(model, x, samples, stream);
  return log_likelihood(model, x, levels) + log_p(levels) - log_q(levels);
}

}  // namespace vae
