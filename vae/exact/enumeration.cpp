// Sums over all states: each function lists the states, beside all data, and adds up the model's factors.
#include "vae/exact/enumeration.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "vae/networks.h"

namespace vae {

namespace {

Latents repeat_levels(Latents z, std::size_t times) {
  for (Var& z_t : z) z_t = repeat_rows(z_t, times);
  return z;
}

// v: [K·B]  ->  [K,B]
Var by_state(Var v, std::size_t B) { return reshape(v, {v.rows() / B, B}); }

}  // namespace

// ---- states -----------------------------------------------------------------------------------------------

Array all_bits(std::size_t n) {
  Array bits = empty({std::size_t(1) << n, n});
  for (std::size_t k = 0; k < bits.shape(0); ++k)
    for (std::size_t i = 0; i < n; ++i) bits(k, i) = Real(k >> (n - 1 - i) & 1);
  return bits;
}

Array all_one_hots(std::size_t n) {
  Array classes = zeros({n, n});
  for (std::size_t k = 0; k < n; ++k) classes(k, k) = 1;
  return classes;
}

Latents all_states(const States& states, std::size_t first) {
  Latents z;
  std::size_t K = 1;
  for (std::size_t t = first; t < states.size(); ++t) {
    const std::size_t K_t = states[t].shape(0);
    z = repeat_levels(z, K_t);
    z.push_back(repeat(constant(states[t]), K));
    K *= K_t;
  }
  return z;
}

// ---- sums -------------------------------------------------------------------------------------------------

Var log_px_by_enumeration(const Model& model, Var x, const States& states) {
  const Latents z = repeat_levels(all_states(states), x.rows());
  return logsumexp(by_state(log_joint(model, x, z), x.rows()), {0});
}

Enumerated posterior_by_enumeration(const Model& model, const State& s, Var x, const States& states) {
  // Every state of z_t and of the levels below it, under every row of z_<t.
  const std::size_t t = s.t(), K_t = states[t].shape(0);
  const Latents below = all_states(states, t);
  const std::size_t K = below.front().rows();
  Latents z;
  for (const Var& z_s : s.z) z.push_back(repeat(z_s, K));
  for (const Var& z_s : below) z.push_back(repeat_rows(z_s, s.rows));

  // log Σ_{z_>t} p(x, z), up to a constant log p(z_t|z_<t, x)   [K·rows] -> [K_t, K/K_t, rows] -> [rows, K_t]
  const Var joint = reshape(log_joint(model, repeat_to(x, s.rows), z), {K_t, K / K_t, s.rows});
  return {states[t], transpose(logsumexp(joint, {1}))};
}

Bound bound_by_enumeration(const Model& model, Var x, const States& states) {
  const std::size_t B = x.rows();
  const Latents z = repeat_levels(all_states(states), B);
  const std::vector<Level> levels = descend(model, x, z.front().rows() / B, given(z));
  const Var q = exp(log_q(levels));  // q(z|x)   [K·B]
  const auto expectation = [&](Var f) { return sum(by_state(where(q, q * f, 0), B), {0}); };

  Bound bound;
  bound.reconstruction = expectation(log_likelihood(model, x, levels));
  for (const Level& level : levels) bound.kl_per_level.push_back(expectation(level.log_q() - level.log_p()));
  bound.kl = bound.kl_per_level.front();
  for (std::size_t t = 1; t < levels.size(); ++t) bound.kl = bound.kl + bound.kl_per_level[t];
  bound.elbo = bound.reconstruction - bound.kl;
  return bound;
}

}  // namespace vae
