// The way down, the choosers, and the densities along it.
#include "vae/descent.h"

#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "vae/likelihood.h"
#include "vae/networks.h"

namespace vae {

// ---- choosing z_t -----------------------------------------------------------------------------------------

Chooser from_posterior(const Stream& stream) {
  return [stream](std::size_t t, const std::optional<Density>& q, const Density&) {
    return (*q)->draw(stream.at_level(std::uint32_t(t)));
  };
}

Chooser from_prior(const Stream& stream) {
  return [stream](std::size_t t, const std::optional<Density>&, const Density& p) {
    return nn::Draw{p->draw(stream.at_level(std::uint32_t(t))).value, {}};
  };
}

Chooser nearer_to_mean(Chooser choose, Real temperature) {
  if (temperature == 1) return choose;
  return [choose = std::move(choose), temperature](std::size_t t, const std::optional<Density>& q,
                                                   const Density& p) {
    const Var z_t = choose(t, q, p).value, mean = p->mean();
    return nn::Draw{mean + temperature * (z_t - mean), {}};
  };
}

Chooser given(Latents z, Chooser below) {
  return [z = std::move(z), below = std::move(below)](std::size_t t, const std::optional<Density>& q,
                                                      const Density& p) {
    if (t < z.size()) return nn::Draw{z[t], {}};
    if (!below)
      throw std::invalid_argument("[given] z of " + std::to_string(z.size()) + " levels, but there are more");
    return below(t, q, p);
  };
}

Chooser without_gradient(Chooser choose) {
  return [choose = std::move(choose)](std::size_t t, const std::optional<Density>& q, const Density& p) {
    return nn::Draw{stop_gradient(choose(t, q, p).value), {}};
  };
}

// ---- the way down -----------------------------------------------------------------------------------------

namespace {

void check_levels(const char* of, const Latents& z, bool fits, const Model& model) {
  if (!fits)
    throw std::invalid_argument("[" + std::string(of) + "] z of " + std::to_string(z.size()) +
                                " levels, but the model has " + std::to_string(model.levels()));
}

State begin(const Model& model, std::size_t rows) {
  State s = {rows, {}, {}, model.condition(rows)};
  s.h = model.start(s);
  return s;
}

State next(const Model& model, const State& s, Var z_t) {
  State below = {s.rows, s.z, model.update(s, z_t), s.c};
  below.z.push_back(z_t);
  return below;
}

std::vector<Level> descend(const Model& model, const std::optional<Var>& x, std::size_t rows,
                           const Chooser& choose) {
  Features of_x;
  if (x) of_x = model.features(*x, model.condition(x->rows()));
  std::vector<Level> levels;
  State s = begin(model, rows);
  for (std::size_t t = 0; t < model.levels(); ++t) {
    const Density p = model.prior(s);  // p(z_t|z_<t)
    std::optional<Density> q;
    if (x) q = model.posterior(s, of_x);  // q(z_t|z_<t, x)
    const auto [z_t, log_q] = choose(t, q, p);
    s = next(model, s, z_t);
    levels.push_back({q, p, z_t, log_q, s});
  }
  return levels;
}

}  // namespace

State state_below(const Model& model, const Latents& z, std::size_t rows) {
  check_levels("state_below", z, z.size() <= model.levels(), model);
  State s = begin(model, rows);
  for (const Var& z_t : z) s = next(model, s, z_t);
  return s;
}

Density prior(const Model& model, const Latents& z, std::size_t rows) {
  check_levels("prior", z, z.size() < model.levels(), model);
  return model.prior(state_below(model, z, rows));
}

Density posterior(const Model& model, const Latents& z, Var x, std::size_t samples) {
  check_levels("posterior", z, z.size() < model.levels(), model);
  return model.posterior(state_below(model, z, samples * x.rows()),
                         model.features(x, model.condition(x.rows())));
}

Density decode(const Model& model, const Latents& z) {
  check_levels("decode", z, z.size() == model.levels(), model);
  return model.decode(state_below(model, z, z.front().rows()));
}

std::vector<Level> descend(const Model& model, Var x, std::size_t samples, const Chooser& choose) {
  if (samples == 0) throw std::invalid_argument("[descend] at least one sample of z is needed");
  return descend(model, std::optional<Var>(x), samples * x.rows(), choose);
}

std::vector<Level> descend(const Model& model, std::size_t rows, const Chooser& choose) {
  return descend(model, std::nullopt, rows, choose);
}

std::vector<Level> infer(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  return descend(model, x, samples, from_posterior(stream.for_batch(x.rows())));
}

Latents generate(const Model& model, std::size_t rows, const Stream& stream, Latents above,
                 Real temperature) {
  check_levels("generate", above, above.size() <= model.levels(), model);
  const Chooser below = nearer_to_mean(from_prior(stream), temperature);
  return latents(descend(model, rows, given(std::move(above), below)));
}

Latents latents(const std::vector<Level>& levels) { return levels.back().below.z; }

Latents stop_gradient(const Latents& z) {
  Latents stopped;
  for (const Var& z_t : z) stopped.push_back(stop_gradient(z_t));
  return stopped;
}

// ---- densities --------------------------------------------------------------------------------------------

Var log_q(const std::vector<Level>& levels) {
  Var sum = levels.front().log_q();
  for (std::size_t t = 1; t < levels.size(); ++t) sum = sum + levels[t].log_q();
  return sum;
}

Var log_p(const std::vector<Level>& levels) {
  Var sum = levels.front().log_p();
  for (std::size_t t = 1; t < levels.size(); ++t) sum = sum + levels[t].log_p();
  return sum;
}

Var log_likelihood(const Model& model, Var x, const Latents& z) {
  return log_prob(decode(model, z), repeat_to(x, z.front().rows()));
}

Var log_likelihood(const Model& model, Var x, const std::vector<Level>& levels) {
  const State& all = levels.back().below;
  return log_prob(model.decode(all), repeat_to(x, all.rows));
}

Var log_joint(const Model& model, Var x, const Latents& z) {
  check_levels("log_joint", z, z.size() == model.levels(), model);
  const std::vector<Level> levels = descend(model, z.front().rows(), given(z));
  return log_likelihood(model, x, levels) + log_p(levels);
}

Var log_posterior(const Model& model, Var x, const Latents& z) {
  check_levels("log_posterior", z, z.size() == model.levels(), model);
  return log_q(descend(model, std::optional<Var>(x), z.front().rows(), given(z)));
}

}  // namespace vae
