// The mixture of normals of each element, each formula over its line.
#include "nn/distributions/normal_mixture.h"

#include "autograd/custom.h"
#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/normal.h"

namespace nn {

NormalMixture::NormalMixture(Var logits, Var mu, Var log_var) : logits(logits), mu(mu), log_var(log_var) {
  check_components("normal_mixture", logits, "mu", mu, "log_var", log_var);
  check_size("normal_mixture", "mu", mu.value());
  Normal(mu, log_var);  // checks them
}

Shape NormalMixture::shape() const { return without_last_axis(logits.shape()); }

Array NormalMixture::sample(const Stream& stream) const {
  return choose_components(logits, Normal(mu, log_var).sample(stream), stream);
}

// log Σ_k softmax(l_d)_k N(x_d; μ_dk, σ²_dk)
Var NormalMixture::log_probs(Var x) const {
  check_event("normal_mixture.log_prob", x.shape(), shape());
  const std::size_t k = last_axis(logits);
  const Var each = -0.5 * (log_2pi + log_var + square((expand_dims(x, k) - mu) * exp(-0.5 * log_var)));
  return logsumexp(log_softmax(logits, k) + each, {k});
}

// x = F⁻¹(u; l, μ, s), s = log σ²: of F(x; l, μ, s) = u follows dx = − dF / p(x), so with the share r_k =
// w_k N_k(x) / p(x) of each component in the density at x
//
//     ∂x/∂μ_k = r_k          ∂x/∂s_k = r_k ½(x − μ_k)          ∂x/∂l_k = −w_k (F_k(x) − F(x)) / p(x)
Var NormalMixture::through(const Array& x) const {
  const std::size_t k = last_axis(logits), K = logits.shape().back();
  const auto log_joint = [=](Var l, Var m, Var s, Var x) {  // log w_k N_k(x)
    return log_softmax(l, k) - 0.5 * (log_2pi + s + square((expand_dims(x, k) - m) * exp(-0.5 * s)));
  };
  const auto share = [=](Var l, Var m, Var s, Var x) { return softmax(log_joint(l, m, s, x), k); };
  return custom(
      "normal_mixture", {logits, mu, log_var}, [&](const Array&, const Array&, const Array&) { return x; },
      [=](Var g, Var l, Var m, Var s, Var x) {
        const Var each = Normal(m, s).cdf(spread_last(x, K)),  // F_k
            F = sum(softmax(l, k) * each, {k}, true), log_p = logsumexp(log_joint(l, m, s, x), {k}, true);
        return -expand_dims(g, k) * (each - F) * exp(log_softmax(l, k) - log_p);
      },
      [=](Var g, Var l, Var m, Var s, Var x) { return expand_dims(g, k) * share(l, m, s, x); },
      [=](Var g, Var l, Var m, Var s, Var x) {
        return 0.5 * expand_dims(g, k) * share(l, m, s, x) * (expand_dims(x, k) - m);
      });
}

// F = Σ_k softmax(l)_k F_k
Var NormalMixture::cdf(Var x) const {
  check_event("normal_mixture.cdf", x.shape(), shape());
  const std::size_t k = last_axis(logits);
  return sum(softmax(logits, k) * Normal(mu, log_var).cdf(spread_last(x, logits.shape().back())), {k});
}

Var NormalMixture::mean() const {
  const std::size_t k = last_axis(logits);
  return sum(softmax(logits, k) * mu, {k});
}

// Σ_k w_k [ σ²_k + (μ_k − mean)² ]
Var NormalMixture::variance() const {
  const std::size_t k = last_axis(logits);
  return sum(softmax(logits, k) * (exp(log_var) + square(mu - expand_dims(mean(), k))), {k});
}

}  // namespace nn
