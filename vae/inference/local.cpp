// The free q of each datum, and its ascent.
#include "vae/inference/local.h"

#include <cmath>
#include <stdexcept>
#include <string>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "vae/inference/target.h"
#include "vae/networks.h"

namespace vae {

LocalPosterior::LocalPosterior(Model& model, std::size_t data) : AroundModel(model) {
  Evaluation scope;
  for (const Var& z_t : generate(model, 1, Stream())) {
    shift_.emplace_back(zeros({data, z_t.shape()[1]}));
    log_scale_.emplace_back(zeros({data, z_t.shape()[1]}));
  }
}

// ->  [S·B, Z_t]
Density LocalPosterior::posterior(const State& s, const Features& x) const {
  const Density q = model_.posterior(s, x);
  const Var variance = q->variance();
  const Var shift = repeat_to(shift_[s.t()], s.rows), log_scale = repeat_to(log_scale_[s.t()], s.rows);
  return nn::Normal(q->mean() + sqrt(variance) * shift, log(variance) + log_scale);
}

void LocalPosterior::visit_posterior(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels(); ++t) {
    const std::string name = "local." + std::to_string(t);
    visitor(name + ".shift", shift_[t]), visitor(name + ".log_scale", log_scale_[t]);
  }
}

namespace {

// Bounds with one sample of z each.  ->  [S·B]: sample by sample, so that memory does not grow with S
std::vector<double> sampled_bounds(const Model& model, const Array& x, std::size_t samples,
                                   const Stream& stream) {
  std::vector<double> all;
  for (std::size_t s = 0; s < samples; ++s) {
    Evaluation scope;
    const Stream noise = stream.at_sample(stream.first_sample + std::uint32_t(s));
    const Array bound = elbo(model, constant(x), 1, KLForm::monte_carlo, noise).elbo.value();
    all.insert(all.end(), bound.data(), bound.data() + bound.size());
  }
  return all;
}

}  // namespace

LocalBound local_bound(Model& model, const Array& x, const LocalInference& how, const Stream& stream) {
  if (how.steps == 0 || how.samples == 0 || how.evaluation_samples == 0)
    throw std::invalid_argument("[local_bound] at least one step and one sample are needed");
  LocalPosterior local(model, x.shape(0));
  nn::NamedParameters free;
  local.visit_posterior(
      [&](const std::string& name, Parameter& parameter) { free.emplace_back(name, &parameter); });

  // Ascend the sum of the bounds: each datum has parameters of its own.
  nn::Adam adam(free, how.rate);
  for (std::size_t step = 0; step < how.steps; ++step) {
    Step scope;
    HoldConstant hold(all_parameters(model));
    adam.alpha = how.rate * (1 - double(step) / double(how.steps));
    const Stream noise = stream.at_epoch(stream.epoch + 1 + std::uint32_t(step));
    adam.step(backward(-sum(elbo(local, constant(x), how.samples, KLForm::monte_carlo, noise).elbo)));
  }

  // Compare.
  const std::size_t B = x.shape(0), S = how.evaluation_samples;
  const std::vector<double> after = sampled_bounds(local, x, S, stream),
                            before = sampled_bounds(model, x, S, stream);
  LocalBound bound;
  for (std::size_t i = 0; i < B; ++i) {
    double sum_after = 0, sum_before = 0, squares = 0;
    for (std::size_t r = i; r < S * B; r += B) sum_after += after[r], sum_before += before[r];
    const double gap = (sum_after - sum_before) / double(S);
    for (std::size_t r = i; r < S * B; r += B)
      squares += (after[r] - before[r] - gap) * (after[r] - before[r] - gap);
    bound.local.push_back(sum_after / double(S)), bound.amortized.push_back(sum_before / double(S));
    bound.gap_error.push_back(std::sqrt(squares / double(S - 1) / double(S)));
  }
  return bound;
}

}  // namespace vae
