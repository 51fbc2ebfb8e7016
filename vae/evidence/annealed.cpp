// The chains, up and down the temperatures.
#include "vae/evidence/annealed.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "vae/evidence/weights.h"
#include "vae/inference/hmc.h"

namespace vae {

std::vector<double> annealing_schedule(std::size_t temperatures) {
  const double T = double(temperatures);
  const auto at = [&](double t) { return 1 / (1 + std::exp(-4 * (2 * t / T - 1))); };
  std::vector<double> beta;
  for (std::size_t t = 0; t <= temperatures; ++t) beta.push_back((at(double(t)) - at(0)) / (at(T) - at(0)));
  return beta;
}

namespace {

class Path {
 public:
  Path(Model& model, const Array& x, const Annealing& how, const Stream& stream)
      : model_(model),
        x_(x),
        how_(how),
        stream_(stream.for_batch(x.shape(0))),
        fixed_(all_parameters(model)),
        sizes_(latent_sizes(model)),
        beta_(annealing_schedule(how.temperatures)) {
    if (how.temperatures == 0 || how.chains == 0)
      throw std::invalid_argument("[annealed] at least one temperature and one chain are needed");
    find_step_sizes();
  }

  // K chains of each datum.  ->  [K·B,Z]
  Array prior_draws(std::size_t epoch) const {
    Evaluation scope;
    return join_levels(generate(model_, how_.chains * x_.shape(0), at(epoch)));
  }

  // Σ (β_next − β) log p(x|z) on the way from the β `first` to the β `last`   [K·B]
  std::vector<double> log_weights(Array z, std::size_t first, std::size_t last, std::size_t epoch) const {
    std::vector<double> log_w(z.shape(0));
    Walkers walkers = {std::move(z), zeros({log_w.size()})};
    for (std::size_t t = first; t != last;) {
      const std::size_t next = last > first ? t + 1 : t - 1;
      const Array l = log_px_given(walkers.z);
      for (std::size_t r = 0; r < log_w.size(); ++r)
        log_w[r] += (beta_[next] - beta_[t]) * double(l.data()[r]);
      t = next;
      if (t != last) step(t, epoch + t, walkers);
    }
    return log_w;
  }

 private:
  // One HMC step that leaves p(z) p(x|z)^β_t as it is. ε varies from step to step, so that no trajectory
  // comes back to where it began each time (Neal 2011, section 3.2).
  double step(std::size_t t, std::size_t epoch, Walkers& walkers) const {
    const auto log_f = [&](Var z) {
      HoldConstant hold(fixed_);
      const std::vector<Level> levels = descend(model_, z.rows(), given(split_levels(sizes_, z)));
      return log_p(levels) + Real(beta_[t]) * log_likelihood(model_, constant(x_), levels);
    };
    const Stream noise = at(epoch);
    const Real part = (1 + uniform(noise.at_level(1), {1})(0)) / 2;  // in (½, 1)
    return hmc(log_f, {part * step_size_[t], how_.leapfrog_steps}, noise, walkers);
  }

  // Chains from the prior, whose ε follows how many steps are accepted: 200 or more steps on the whole way.
  void find_step_sizes() {
    const std::size_t T = how_.temperatures, steps = 1 + 200 / T;
    std::size_t epoch = 3 * T;
    step_size_.assign(T + 1, Real(0.5));
    Walkers walkers = {prior_draws(epoch), zeros({how_.chains * x_.shape(0)})};
    for (std::size_t t = 1; t < T; ++t) {
      step_size_[t] = step_size_[t - 1];
      for (std::size_t i = 0; i < steps; ++i)
        step_size_[t] = adapted(step_size_[t], step(t, ++epoch, walkers));
    }
  }

  // log p(x|z)   [K·B]
  Array log_px_given(const Array& z) const {
    Evaluation scope;
    return log_likelihood(model_, constant(x_), split_levels(sizes_, constant(z))).value();
  }

  Stream at(std::size_t epoch) const { return stream_.at_epoch(stream_.epoch + std::uint32_t(epoch)); }

  Model& model_;
  const Array& x_;
  const Annealing how_;
  const Stream stream_;
  const std::vector<const Parameter*> fixed_;
  const std::vector<std::size_t> sizes_;
  const std::vector<double> beta_;
  std::vector<Real> step_size_;
};

// log 1/K Σ exp log_w of each datum.  [K·B]  ->  [B]
std::vector<double> log_means(const std::vector<double>& log_w, std::size_t B) {
  std::vector<Weights> weights(B, Weights(log_w.size() / B));
  for (std::size_t r = 0; r < log_w.size(); ++r) weights[r % B].add(log_w[r]);
  std::vector<double> means;
  for (const Weights& w : weights) means.push_back(w.log_mean());
  return means;
}

}  // namespace

std::vector<double> annealed_lower(Model& model, const Array& x, const Annealing& how, const Stream& stream) {
  const Path path(model, x, how, stream);
  return log_means(path.log_weights(path.prior_draws(0), 0, how.temperatures, 0), x.shape(0));
}

std::vector<double> annealed_upper(Model& model, const Array& x, const Array& z, const Annealing& how,
                                   const Stream& stream) {
  if (z.dimension() != 2 || z.shape(0) != x.shape(0))
    throw std::invalid_argument("[annealed_upper] z is " + to_string(z.shape()) + " for an x of " +
                                to_string(x.shape()));
  const Path path(model, x, how, stream);
  Array start = empty({how.chains * z.shape(0), z.shape(1)});  // all chains of a datum begin at its z
  for (std::size_t k = 0; k < how.chains; ++k) std::copy_n(z.data(), z.size(), start.data() + k * z.size());
  std::vector<double> upper =
      log_means(path.log_weights(std::move(start), how.temperatures, 0, how.temperatures), x.shape(0));
  for (double& u : upper) u = -u;
  return upper;
}

Simulated simulate(const Model& model, std::size_t n, const Stream& stream) {
  Evaluation scope;
  const Latents z = generate(model, n, stream.at(Purpose::prior));
  return {decode(model, z)->sample(stream.at(Purpose::output)), join_levels(z)};
}

Array posterior_draw(ExactModel& model, const Array& x, const Stream& stream) {
  Evaluation scope;
  return join_levels(latents(infer(AtPosterior(model), constant(x), 1, stream)));
}

}  // namespace vae
