// What is left of x where pixels are missing, and what these may have been.
#include "vae/missing.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "vae/elbo.h"
#include "vae/networks.h"

namespace vae {

Var ObservedPixels::log_probs(Var x) const {
  const Var seen = constant(observed(x.value()));
  return where(seen, whole->log_probs(where(seen, x, 0)), 0);
}

Array observed(const Array& x) {
  Array seen = empty(x.shape());
  std::transform(x.data(), x.data() + x.size(), seen.data(), [](Real v) { return Real(!std::isnan(v)); });
  return seen;
}

double share_observed(const Array& x) {
  const auto missing = std::count_if(x.data(), x.data() + x.size(), [](Real v) { return std::isnan(v); });
  return x.size() == 0 ? 1 : 1 - double(missing) / double(x.size());
}

Array pixel_means(const Array& x) {
  const Array seen = observed(x);
  const std::size_t D = x.shape(1);
  Array sum = zeros({1, D}), count = zeros({1, D});
  for (std::size_t i = 0; i < x.size(); ++i)
    if (seen.data()[i] > 0) sum(0, i % D) += x.data()[i], ++count(0, i % D);
  for (std::size_t d = 0; d < D; ++d) sum(0, d) /= std::max<Real>(1, count(0, d));
  return sum;
}

double error_at_missing(const Array& x, const Array& truth, const Array& y) {
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isnan(x.data()[i]) && !std::isnan(truth.data()[i]))
      squares += std::pow(double(y.data()[i % y.size()] - truth.data()[i]), 2), ++count;
  return std::sqrt(squares / count);
}

Features Observed::features(Var x, Var c) const {
  return model_.features(where(constant(observed(x.value())), x, 0), c);
}

Density Observed::decode(const State& s) const { return ObservedPixels(model_.decode(s)); }

void Observed::start_at(const Array& x) {
  Evaluation scope;
  const Var means = broadcast_to(constant(pixel_means(x)), x.shape());
  model_.start_at(where(constant(observed(x)), constant(x), means).value());
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

  const auto beside_observed = [&](Var filled) {
    const Var all = repeat_to(constant(x), filled.rows());
    return where(constant(observed(all.value())), all, filled).value();
  };
  return {beside_observed(mean), beside_observed(constant(draws)), (1 / sum(square(w), {0})).value()};
}

}  // namespace vae
