// The mixture, each formula over its line.
#include "nn/distributions/mixture.h"

#include <algorithm>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/event.h"
#include "nn/distributions/normal.h"
#include "nn/distributions/normal_mixture.h"

namespace nn {

namespace {

// Σ_k w_k f_k, with weights of each datum.  weights: [B,K]  f_k: [B,…]  ->  [B,…]
Var weighted(Var weights, const std::vector<Var>& f) {
  Shape column(f[0].shape().size(), 1);
  column[0] = weights.rows();
  Var total = constant(zeros({}));
  for (std::size_t k = 0; k < f.size(); ++k)
    total = total + reshape(slice(weights, 1, k, k + 1), column) * f[k];
  return total;
}

std::vector<Var> means(const std::vector<Density>& components) {
  std::vector<Var> all;
  for (const Density& p : components) all.push_back(p->mean());
  return all;
}

}  // namespace

Mixture::Mixture(Var logits, std::vector<Density> given) : logits(logits), components(std::move(given)) {
  // Check that there is a logit for each component,
  const std::size_t K = components.size();
  if (K == 0 || logits.shape().size() != 2 || logits.shape()[1] != K)
    throw std::invalid_argument("[mixture] the logits are " + to_string(logits.shape()) + " for " +
                                std::to_string(K) + " components");

  check_logits("mixture", logits.value());
  for (const Density& p : components)
    if (const Normal* normal = dynamic_cast<const Normal*>(&*p))
      check_size("mixture", "the mu of a normal component", normal->mu.value());

  // that all components are of one kind,
  const bool first_is_discrete = components[0]->is_discrete();
  for (std::size_t k = 1; k < K; ++k)
    if (components[k]->is_discrete() != first_is_discrete)
      throw std::invalid_argument("[mixture] component " + std::to_string(first_is_discrete ? 0 : k) +
                                  " is discrete and component " + std::to_string(first_is_discrete ? k : 0) +
                                  " continuous: probabilities and densities cannot be added");

  // and that they have one shape, with as many data as the logits.
  const Shape event = components[0]->shape();
  for (const Density& p : components)
    if (p->shape() != event || event[0] != logits.rows())
      throw std::invalid_argument("[mixture] the components are " + to_string(event) + " and " +
                                  to_string(p->shape()) + ", the logits " + to_string(logits.shape()));
}

Array Mixture::sample(const Stream& stream) const {
  // Choose a component for each datum.
  const Array choice = Categorical(logits).sample(stream.second());

  // Draw all data from each component, and keep a row where its component was chosen.
  Array x = components[0]->sample(stream);
  const std::size_t K = components.size(), rows = x.shape()[0], width = rows ? x.size() / rows : 0;
  for (std::size_t k = 1; k < K; ++k) {
    const Array drawn = components[k]->sample(stream);
    for (std::size_t i = 0; i < rows; ++i)
      if (choice(i, k) > 0) std::copy_n(drawn.data() + i * width, width, x.data() + i * width);
  }
  return x;
}

bool Mixture::has_rsample() const {
  const auto is_normal = [](const Density& p) { return dynamic_cast<const Normal*>(&*p) != nullptr; };
  return shape().size() == 2 && std::all_of(components.begin(), components.end(), is_normal);
}

// x_d = F⁻¹(u_d | x_<d), F a mixture of normals whose logits are l_k + log N_k(x_<d)
Var Mixture::rsample(const Stream& stream) const {
  if (!has_rsample()) throw_without("rsample");
  const Array drawn = sample(stream);
  std::vector<Var> mu, log_var;
  for (const Density& p : components) {
    const Normal& normal = dynamic_cast<const Normal&>(*p);
    mu.push_back(normal.mu), log_var.push_back(normal.log_var);
  }
  const Var all_mu = stack(mu, 2), all_log_var = stack(log_var, 2);  // [B,D,K]
  Var l = logits;
  std::vector<Var> x;
  for (std::ptrdiff_t d = 0; d < std::ptrdiff_t(shape()[1]); ++d) {
    const Var m = squeeze(slice(all_mu, 1, d, d + 1), 1), s = squeeze(slice(all_log_var, 1, d, d + 1), 1);
    x.push_back(NormalMixture(l, m, s).through(squeeze(slice(constant(drawn), 1, d, d + 1), 1).value()));
    l = l - 0.5 * (s + square((expand_dims(x.back(), 1) - m) * exp(-0.5 * s)));
  }
  return stack(x, 1);
}

// log Σ_k softmax(l)_k p_k(x)
Var Mixture::log_prob(Var x) const {
  std::vector<Var> log_p;
  for (const Density& p : components) log_p.push_back(p->log_prob(x));
  return logsumexp(log_softmax(logits, 1) + stack(log_p, 1), {1});
}

Var Mixture::cdf(Var x) const {
  std::vector<Var> below;
  for (const Density& p : components) below.push_back(p->cdf(x));
  return weighted(softmax(logits, 1), below);
}

Var Mixture::mean() const { return weighted(softmax(logits, 1), means(components)); }

// Σ_k w_k [ (μ_k − mean)² + σ²_k ]
Var Mixture::variance() const {
  const Var center = mean();
  std::vector<Var> each = means(components);
  for (std::size_t k = 0; k < each.size(); ++k)
    each[k] = square(each[k] - center) + components[k]->variance();
  return weighted(softmax(logits, 1), each);
}

}  // namespace nn
