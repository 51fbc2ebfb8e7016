// What is left of x where pixels are missing, and what these may have been.
#include "vae/missing.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "vae/elbo.h"

namespace vae {

namespace {

// A density of whole images, of which the observed pixels are scored.
struct OfObserved : nn::Distribution {
  explicit OfObserved(Density p) : whole(std::move(p)) {}

  const char* name() const override { return whole->name(); }
  Shape shape() const override { return whole->shape(); }
  bool is_discrete() const override { return whole->is_discrete(); }
  Array sample(const Stream& stream) const override { return whole->sample(stream); }
  Var mean() const override { return whole->mean(); }
  Var variance() const override { return whole->variance(); }
  Var cdf(Var x) const override { return whole->cdf(x); }
  Var log_probs(Var x) const override {
    const Var seen = constant(observed(x.value()));
    return where(seen, whole->log_probs(where(seen, x, 0)), 0);
  }

  Density whole;
};

}  // namespace

Array observed(const Array& x) {
  Array seen = empty(x.shape());
  std::transform(x.data(), x.data() + x.size(), seen.data(), [](Real v) { return Real(!std::isnan(v)); });
  return seen;
}

double share_observed(const Array& x) {
  const auto missing = std::count_if(x.data(), x.data() + x.size(), [](Real v) { return std::isnan(v); });
  return x.size() == 0 ? 1 : 1 - double(missing) / double(x.size());
}

Features Observed::features(Var x, Var c) const {
  return model_.features(where(constant(observed(x.value())), x, 0), c);
}

Density Observed::decode(const State& s) const { return OfObserved(model_.decode(s)); }

void Observed::start_at(const Array& x) {
  const Array seen = observed(x);
  const std::size_t D = x.shape(1);
  std::vector<Real> sum(D), count(D);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (seen.data()[i] > 0) sum[i % D] += x.data()[i], ++count[i % D];
  Array whole = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (seen.data()[i] == 0) whole.data()[i] = sum[i % D] / std::max<Real>(1, count[i % D]);
  model_.start_at(whole);
}

FilledIn fill_in(const Model& model, const Array& x, std::size_t K, std::size_t S, const Stream& stream) {
  Evaluation scope;
  const std::size_t B = x.shape(0), D = x.shape(1);

  // z_k ~ q(z|x_o), and log w_k   [B,K]
  const std::vector<Level> levels = infer(model, constant(x), K, stream);
  const Var log_w = bound_along(model, constant(x), levels, 1, KLForm::monte_carlo).elbo;
  const Var by_datum = transpose(reshape(log_w, {K, B}));

  // Σ_k w_k E[x|z_k], of weights that sum to one
  const Var w = transpose(softmax(by_datum, 1)), of_rows = reshape(w, {K, B, 1});
  const Var mean = sum(of_rows * reshape(model.decode(levels.back().below)->mean(), {K, B, D}), {0});

  // Choose a k for each draw, and draw x at its z.
  const std::size_t rows = S * B;
  const Array chosen =
      nn::Categorical(repeat(by_datum, S)).sample(stream.at(Purpose::missing).at_level(1).for_batch(B));
  std::vector<std::size_t> places(rows);  // k B + datum
  for (std::size_t r = 0; r < rows; ++r) {
    const Real* one_hot = chosen.data() + r * K;
    places[r] = std::size_t(std::max_element(one_hot, one_hot + K) - one_hot) * B + r % B;
  }
  Latents z;
  for (const Level& level : levels) z.push_back(take(level.z, places));
  const Array draws = decode(model, z)->sample(stream.at(Purpose::output).for_batch(B));

  const auto keep = [&](const Array& filled) {  // the observed pixels
    Array all = filled;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (const Real v = x.data()[i % x.size()]; !std::isnan(v)) all.data()[i] = v;
    return all;
  };
  return {keep(mean.value()), keep(draws), (1 / sum(square(w), {0})).value()};
}

}  // namespace vae
