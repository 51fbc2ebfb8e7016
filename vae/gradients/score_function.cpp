// Each estimator: draw z without a gradient, score it, and weigh ∇ log q by what was found there.
#include "vae/gradients/score_function.h"

#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "vae/bounds/renyi.h"

namespace vae {

namespace {

// K samples of z, and what was found there.
struct Scored {
  Bound each;                             // its terms, sample by sample; each.elbo is log w   [K·B]
  Var log_joint, log_posterior, weights;  // log p(x, z), log q(z|x), and log w without a gradient   [K,B]
};

Scored score(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const std::vector<Level> levels =
      descend(model, x, samples, without_gradient(from_posterior(stream.for_batch(x.rows()))));
  const auto by_sample = [&](Var v) { return reshape(v, {samples, x.rows()}); };  // [K·B] -> [K,B]
  const Bound each = bound_along(model, x, levels, 1, KLForm::monte_carlo);
  return {each, by_sample(each.reconstruction + log_p(levels)), by_sample(log_q(levels)),
          by_sample(stop_gradient(each.elbo))};
}

void check_other_samples(const char* name, std::size_t samples) {
  if (samples < 2)
    throw std::invalid_argument("[" + std::string(name) + "] needs at least 2 samples of z for the baseline");
}

// For each sample the mean over the others.  v: [K,B]  ->  [K,B]
Var mean_of_others(Var v) { return (sum(v, {0}, true) - v) / Real(v.rows() - 1); }

// 1/K Σ_k [ log p(x, z_k) + (log w_k − b_k) log q(z_k|x) ], with the value of the bound.  b: [K,B]
Objective ascend_elbo(const Scored& s, Operand baseline) {
  const Var signal = stop_gradient(s.weights - baseline);
  const Bound bound = over_samples(s.each, s.weights.rows());
  return {with_gradient_of(bound.elbo, mean(s.log_joint + signal * s.log_posterior, {0})), bound};
}

}  // namespace

Objective score_function(const Model& model, Var x, std::size_t samples, const Stream& stream,
                         Operand baseline) {
  if (!baseline.is_number && baseline.var.shape() != Shape{x.rows()})
    throw std::invalid_argument("[score_function] the baseline is " + to_string(baseline.var.shape()) +
                                ", not [B] for x of " + to_string(x.shape()));
  return ascend_elbo(score(model, x, samples, stream), baseline);
}

Objective leave_one_out(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  check_other_samples("leave_one_out", samples);
  const Scored s = score(model, x, samples, stream);
  return ascend_elbo(s, mean_of_others(s.weights));
}

Objective vimco(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  check_other_samples("vimco", samples);
  const Scored s = score(model, x, samples, stream);
  const std::size_t K = samples, B = x.rows();

  // L with weight k replaced, for every k: its logarithm is the mean of the others'.  [K,K,B] -> [K,B]
  Array diagonal = zeros({K, K, 1});
  for (std::size_t k = 0; k < K; ++k) diagonal(k, k, 0) = 1;
  const Var replaced =
      where(constant(diagonal), reshape(mean_of_others(s.weights), {K, 1, B}), reshape(s.weights, {1, K, B}));
  const Var L = importance_weighted_bound(s.each.elbo, K);                        // [B]
  const Var signal = logsumexp(s.weights, {0}, true) - logsumexp(replaced, {1});  // L − L₋ₖ   [K,B]

  // L's own derivative, and Σ_k (L − L₋ₖ) log q(z_k|x)
  return {with_gradient_of(L, L + sum(signal * s.log_posterior, {0})), over_samples(s.each, K)};
}

}  // namespace vae
