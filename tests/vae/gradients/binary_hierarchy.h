// A hierarchy of binary latents, z₀ ∈ {0,1}² and z₁ ∈ {0,1}, whose eight states can be summed over, so that
// every bound's expectation is known, and is differentiable.
#pragma once

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "vae/descent.h"
#include "vae/networks.h"

struct BinaryHierarchy : vae::Model {
  using Var = autograd::Var;
  using Parameter = autograd::Parameter;

  std::size_t levels() const override { return 2; }
  vae::Density prior(const vae::State& s) const override {
    if (s.t() == 0) return nn::Bernoulli(broadcast_to(prior0, {s.rows, 2}));
    return nn::Bernoulli(affine(s.z[0], prior1, prior1_bias));
  }
  vae::Density posterior(const vae::State& s, const vae::Features& x) const override {
    const Var of_x = vae::repeat_to(x.front(), s.rows);
    if (s.t() == 0) return nn::Bernoulli(affine(of_x, posterior0, posterior0_bias));
    return nn::Bernoulli(affine(autograd::concat({of_x, s.z[0]}, 1), posterior1, posterior1_bias));
  }
  vae::Density decode(const vae::State& s) const override {
    return nn::Bernoulli(affine(autograd::concat(s.z, 1), decoder, decoder_bias));
  }
  void visit_posterior(const nn::Visitor& visit) override {
    visit("posterior.0.weight", posterior0), visit("posterior.0.bias", posterior0_bias);
    visit("posterior.1.weight", posterior1), visit("posterior.1.bias", posterior1_bias);
  }
  void visit_generator(const nn::Visitor& visit) override {
    visit("prior.0", prior0), visit("prior.1.weight", prior1), visit("prior.1.bias", prior1_bias);
    visit("decoder.weight", decoder), visit("decoder.bias", decoder_bias);
  }

  static Parameter random(const autograd::Shape& shape, std::uint32_t which) {
    return Parameter(autograd::normal(autograd::Stream().at_epoch(which), shape));
  }
  Parameter prior0 = random({2}, 1), prior1 = random({1, 2}, 2), prior1_bias = random({1}, 3);
  Parameter posterior0 = random({2, 3}, 4), posterior0_bias = random({2}, 5);
  Parameter posterior1 = random({1, 5}, 6), posterior1_bias = random({1}, 7);
  Parameter decoder = random({3, 3}, 8), decoder_bias = random({3}, 9);
};

// q(z|x) and log w of all eight states z.  x: [B,3]  ->  [8,B] each
struct AllStates {
  autograd::Var q, log_w;
};
inline AllStates all_states(const BinaryHierarchy& model, autograd::Var x) {
  using namespace autograd;
  const std::size_t B = x.rows();
  Array first = empty({8 * B, 2}), second = empty({8 * B, 1});
  for (std::size_t r = 0; r < 8 * B; ++r) {
    const std::size_t state = r / B;
    first(r, 0) = state & 1, first(r, 1) = state >> 1 & 1, second(r, 0) = state >> 2;
  }
  const vae::Latents z = {constant(first), constant(second)};
  const Var log_q = vae::log_posterior(model, x, z);
  return {reshape(exp(log_q), {8, B}), reshape(vae::log_joint(model, x, z) - log_q, {8, B})};
}

// E[ log w ], and E[ log ½ (w₁ + w₂) ].  ->  [B]
inline autograd::Var expected_elbo(const BinaryHierarchy& model, autograd::Var x) {
  const AllStates s = all_states(model, x);
  return sum(s.q * s.log_w, {0});
}
inline autograd::Var expected_iwae_of_two(const BinaryHierarchy& model, autograd::Var x) {
  using namespace autograd;
  const AllStates s = all_states(model, x);
  const std::size_t B = x.rows();
  const Var zero = constant(zeros({8, 8, B}));
  const auto first = [&](Var v) { return reshape(v, {8, 1, B}) + zero; };
  const auto second = [&](Var v) { return reshape(v, {1, 8, B}) + zero; };
  const Var bound = logsumexp(stack({first(s.log_w), second(s.log_w)}), {0}) - std::log(2.0);
  return sum(first(s.q) * second(s.q) * bound, {0, 1});
}
