// The three, each with its training; all see batches of 64 fresh draws.
#include "tools/lessons/learned_maps.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "nn/distributions/event.h"
#include "nn/distributions/normal.h"
#include "nn/distributions/normal_mixture.h"
#include "nn/flows/flow.h"
#include "nn/layers/made.h"
#include "nn/optimizers/adam.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

namespace {

using namespace vae;

// Descends −objective, the learning rate falling to a fiftieth.
void ascend(nn::NamedParameters parameters, const PlaneDensity& from, std::uint32_t steps, double rate,
            const std::function<Var(Var x, const Stream& stream)>& objective) {
  nn::Adam adam(std::move(parameters), rate);
  for (std::uint32_t i = 0; i < steps; ++i) {
    adam.alpha = rate * std::pow(0.02, double(i) / steps);
    Step step;
    const Stream stream = Stream().at_epoch(i);
    adam.step(backward(-mean(objective(constant(from.draw(64, stream)), stream))));
  }
}

std::vector<double> numbers(const Var& v) { return {v.value().begin(), v.value().end()}; }

// ---- inverse cdfs -----------------------------------------------------------------------------------------

// p(x₁) p(x₂|x₁), a mixture of K normals each.
struct Conditionals {
  static constexpr std::size_t K = 12;

  // Means spread over [−2, 2], and deviations of e⁻¹.
  Conditionals() : made(2, {32, 32}, 3 * K, nn::activation_named("tanh"), Stream()) {
    Array& bias = made.layers.back().bias.update();
    for (std::size_t k = 0; k < K; ++k)
      for (std::size_t i = 0; i < 2; ++i)
        bias((K + k) * 2 + i) = 4 * (double(k) + 0.5) / double(K) - 2, bias((2 * K + k) * 2 + i) = -2;
  }

  // Of element i given x_<i.  x: [n,2]  ->  [n,2]
  nn::NormalMixture operator()(Var x) const {
    const Var h = permute(reshape(made(x), {x.rows(), 3 * K, 2}), {0, 2, 1});
    return {slice(h, 2, 0, K), slice(h, 2, K, 2 * K), slice(h, 2, 2 * K, 3 * K)};
  }

  Var log_prob(Var x) const {
    return nn::Autoregressive(x.shape(), [this](Var at) -> Density { return (*this)(at); }).log_prob(x);
  }

  // x_i = F_i⁻¹(u_i | x_<i), each by halving [−8, 8].  u: [n,2]  ->  [n,2]
  Array inverse(const Array& u) const {
    Array x = zeros(u.shape());
    for (std::size_t i = 0; i < 2; ++i) {
      Evaluation scope;
      const nn::NormalMixture p = (*this)(constant(x));
      Array low = full(u.shape(), -8), high = full(u.shape(), 8);
      for (int halving = 0; halving < 32; ++halving) {
        const Array middle = 0.5 * (low + high), F = p.cdf(constant(middle)).value();
        for (std::size_t j = 0; j < u.shape(0); ++j) (F(j, i) < u(j, i) ? low : high)(j, i) = middle(j, i);
      }
      for (std::size_t j = 0; j < u.shape(0); ++j) x(j, i) = low(j, i);
    }
    return x;
  }

  nn::MADE made;
};

}  // namespace

LearnedMap learn_inverse_cdfs(const PlaneDensity& from) {
  const auto p = std::make_shared<Conditionals>();
  nn::NamedParameters parameters;
  p->made.visit("made", [&](const std::string& name, Parameter& w) { parameters.emplace_back(name, &w); });
  ascend(parameters, from, 1000, 0.01, [&](Var x, const Stream&) { return p->log_prob(x); });
  return {"inverse cdfs", [p](const Array& x) { return numbers(p->log_prob(constant(x))); },
          [p](std::size_t n, const Stream& stream) {
            return p->inverse((0.5 * erfc(-std::sqrt(0.5) * constant(normal(stream, {n, 2})))).value());
          }};
}

// ---- the flow ---------------------------------------------------------------------------------------------

LearnedMap learn_flow(const PlaneDensity& from) {
  std::vector<nn::Bijection> steps;
  for (std::uint32_t k = 0; k < 8; ++k)
    steps.emplace_back(nn::CouplingFlow(2, k % 2 ? nn::Half::first : nn::Half::second, {16, 16},
                                        nn::activation_named("tanh"), Stream().at_epoch(k)));
  steps.emplace_back(nn::AffineFlow(2));
  const auto flow = std::make_shared<nn::Flow>(std::move(steps));
  nn::NamedParameters parameters;
  flow->visit("flow", [&](const std::string& name, Parameter& w) { parameters.emplace_back(name, &w); });
  const auto log_prob = [flow](Var x) {
    return nn::Transformed(nn::Normal::standard(x.shape()), *flow).log_prob(x);
  };
  ascend(parameters, from, 1200, 0.02, [&](Var x, const Stream&) { return log_prob(x); });
  return {"coupling flow", [=](const Array& x) { return numbers(log_prob(constant(x))); },
          [flow](std::size_t n, const Stream& stream) {
            return flow->forward(constant(normal(stream, {n, 2}))).value.value();
          }};
}

// ---- the VAE ----------------------------------------------------------------------------------------------

namespace {

// log p(x) = log ∫ N(z; 0, I) N(x; f(z), σ²I) dz, a sum over a grid of z within ±5, fine because f is steep
// where it has cut a ring open. (Importance sampling from q is nats too low: one x comes of several z there,
// and q knows one of them.)
std::vector<double> log_density_of(const VAE& model, const Array& x) {
  const std::size_t side = 320, K = side * side;
  const double step = 10 / double(side);
  Array z = empty({K, 2});
  for (std::size_t k = 0; k < K; ++k)
    z(k, 0) = step * (double(k % side) + 0.5) - 5, z(k, 1) = step * (double(k / side) + 0.5) - 5;
  const Density p = model.decode(constant(z));
  const Array f = p->mean().value(), pz = exp(nn::Normal::standard({K, 2}).log_prob(constant(z))).value();
  const double variance = p->variance().value()(0, 0);
  std::vector<double> all, squares(K);
  for (std::size_t i = 0; i < x.shape(0); ++i) {
    const double x0 = x(i, 0), x1 = x(i, 1);
    double least = 1e300, sum = 0;
    for (std::size_t k = 0; k < K; ++k) {
      const double d0 = x0 - f(k, 0), d1 = x1 - f(k, 1);
      squares[k] = d0 * d0 + d1 * d1, least = std::min(least, squares[k]);
    }
    for (std::size_t k = 0; k < K; ++k)
      if (const double more = squares[k] - least; more < 60 * variance)  // else below e⁻³⁰ of the nearest
        sum += pz(k) * std::exp(-0.5 * more / variance);
    all.push_back(std::log(sum * step * step / variance) - 0.5 * least / variance - nn::log_2pi);
  }
  return all;
}

}  // namespace

LearnedMap learn_decoder(const PlaneDensity& from) {
  Architecture a;
  a.pixels = 2, a.hidden = {32, 32}, a.latent = {2}, a.likelihood = LikelihoodKind::gaussian;
  a.activation = &nn::activation_named("relu");
  const auto model = std::make_shared<VAE>(a, Stream());
  // σ begins at 0.2: at the deviation of the data the first steps would give up a latent.
  for (const auto& [name, w] : model->parameters())
    if (name == "decoder.log_std") w->update().fill(std::log(0.2));
  ascend(model->parameters(), from, 2500, 0.01,
         [&](Var x, const Stream& stream) { return elbo(*model, x, 1, KLForm::analytic, stream).elbo; });
  return {"VAE", [model](const Array& x) { return log_density_of(*model, x); },
          [model](std::size_t n, const Stream& stream) {
            const Latents z = generate(*model, n, stream.at(Purpose::prior));
            return decode(*model, z)->sample(stream.at(Purpose::output));
          }};
}

}  // namespace tools
