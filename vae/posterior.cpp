// Each family: the numbers it takes, and the density that they stand for.
#include "vae/posterior.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/flows/autoregressive.h"
#include "nn/named.h"

namespace vae {

namespace {

// Columns first … first + n − 1.
Var columns(Var h, std::size_t first, std::size_t n) {
  return slice(h, 1, std::ptrdiff_t(first), std::ptrdiff_t(first + n));
}

void check_numbers(const Posterior& q, Var h) {
  if (h.shape().size() != 2 || h.shape()[1] != q.numbers())
    throw std::invalid_argument("[posterior] " + to_string(h.shape()) + " is not [rows," +
                                std::to_string(q.numbers()) + "]");
}

class DiagonalPosterior : public Posterior {
 public:
  DiagonalPosterior(const Architecture&, std::size_t Z, std::size_t, const Stream&) : Z_(Z) {}

  std::size_t numbers() const override { return 2 * Z_; }
  Density operator()(Var h) const override {
    check_numbers(*this, h);
    return normal_from(h);
  }

 private:
  std::size_t Z_;
};

class PointPosterior : public Posterior {
 public:
  PointPosterior(const Architecture&, std::size_t Z, std::size_t, const Stream&) : Z_(Z) {}

  std::size_t numbers() const override { return Z_; }
  Density operator()(Var h) const override {
    check_numbers(*this, h);
    return Normal(h, constant(full(h.shape(), Real(std::log(1e-6)))));
  }

 private:
  std::size_t Z_;
};

// μ, log L_ii², and L_ij for i > j, row by row.
class FullPosterior : public Posterior {
 public:
  FullPosterior(const Architecture&, std::size_t Z, std::size_t, const Stream&) : Z_(Z), entries_(Z * Z) {
    // Where each entry of L is found among the diagonal, the numbers below it, and a zero.
    std::size_t below = Z;
    for (std::size_t i = 0; i < Z; ++i)
      for (std::size_t j = 0; j < Z; ++j)
        entries_[i * Z + j] = i == j ? i : i > j ? below++ : Z + Z * (Z - 1) / 2;
  }

  std::size_t numbers() const override { return 2 * Z_ + Z_ * (Z_ - 1) / 2; }

  Density operator()(Var h) const override {
    check_numbers(*this, h);
    const Var diagonal = exp(0.5 * bounded_log_var(columns(h, Z_, Z_)));
    const Var zero = constant(zeros({h.rows(), 1}));
    const Var parts = concat({diagonal, columns(h, 2 * Z_, numbers() - 2 * Z_), zero}, 1);
    return nn::MultivariateNormal(columns(h, 0, Z_), reshape(take(parts, entries_, 1), {h.rows(), Z_, Z_}));
  }

 private:
  std::size_t Z_;
  std::vector<std::size_t> entries_;
};

// K logits, and for each component μ and log σ².
class MixturePosterior : public Posterior {
 public:
  MixturePosterior(const Architecture&, std::size_t Z, std::size_t K, const Stream&) : Z_(Z), K_(K) {}

  std::size_t numbers() const override { return K_ + 2 * K_ * Z_; }
  Density operator()(Var h) const override {
    check_numbers(*this, h);
    std::vector<Density> components;
    for (std::size_t k = 0; k < K_; ++k)
      components.push_back(normal_from(columns(h, K_ + 2 * k * Z_, 2 * Z_)));
    return nn::Mixture(columns(h, 0, K_), std::move(components));
  }

 private:
  std::size_t Z_, K_;
};

// z = f_K(… f₁(μ + σε)), each with a context of its own (algorithm 1).
struct ThroughFlow : nn::Reparameterized {
  ThroughFlow(Normal base, std::vector<Var> contexts, const std::vector<nn::AutoregressiveFlow>& steps)
      : base(base), contexts(std::move(contexts)), steps(steps) {}

  const char* name() const override { return "inverse autoregressive flow"; }
  Shape shape() const override { return base.shape(); }
  Var rsample(const Stream& stream) const override { return draw(stream).value; }

  // log q(z) = log N(ε') − Σ_k log |det f_k|, without an inverse
  nn::Draw draw(const Stream& stream) const override {
    Var z = base.rsample(stream), log_q = base.log_prob(z);
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const nn::ValueAndLogDet f = steps[k].forward(z, contexts[k]);
      z = f.value, log_q = log_q - f.log_det;
    }
    return {z, log_q};
  }

  Var log_prob(Var z) const override {
    Var log_det = constant(zeros({z.rows()}));
    for (std::size_t k = steps.size(); k-- > 0;) {
      const nn::ValueAndLogDet inverse = steps[k].inverse(z, contexts[k]);
      z = inverse.value, log_det = log_det + inverse.log_det;
    }
    return base.log_prob(z) + log_det;
  }

  // These have no closed form: they are those of 100 draws with the same noise in every row, so that what
  // they err by is common to all data.
  Var mean() const override {
    Var total = constant(zeros(shape()));
    for (const Var& z : same_draws()) total = total + z;
    return total / Real(draws);
  }
  Var variance() const override {
    const Var m = mean();
    Var total = constant(zeros(shape()));
    for (const Var& z : same_draws()) total = total + square(z - m);
    return total / Real(draws - 1);
  }

  static constexpr std::uint32_t draws = 100;
  std::vector<Var> same_draws() const {
    std::vector<Var> all;
    for (std::uint32_t s = 0; s < draws; ++s) {
      const Var epsilon = constant(normal(Stream().at_sample(s), {1, shape()[1]}));
      Var z = base.mu + exp(0.5 * base.log_var) * epsilon;
      for (std::size_t k = 0; k < steps.size(); ++k) z = steps[k].forward(z, contexts[k]).value;
      all.push_back(z);
    }
    return all;
  }

  Normal base;
  std::vector<Var> contexts;  // [rows,2Z]
  const std::vector<nn::AutoregressiveFlow>& steps;
};

// μ, log σ², and the context of each step.
class FlowPosterior : public Posterior {
 public:
  FlowPosterior(const Architecture& a, std::size_t Z, std::size_t K, const Stream& stream) : Z_(Z) {
    for (std::size_t k = 0; k < K; ++k) {
      const Stream own = stream.at_epoch(stream.epoch + std::uint32_t(k));
      steps_.emplace_back(Z, std::vector<std::size_t>{a.posterior_hidden}, nn::activation_named("tanh"), own,
                          nn::order_of_step(k, Z));
    }
  }

  std::size_t numbers() const override { return 2 * Z_ * (1 + steps_.size()); }
  Density operator()(Var h) const override {
    check_numbers(*this, h);
    std::vector<Var> contexts;
    for (std::size_t k = 1; k <= steps_.size(); ++k) contexts.push_back(columns(h, 2 * Z_ * k, 2 * Z_));
    return ThroughFlow(normal_from(columns(h, 0, 2 * Z_)), std::move(contexts), steps_);
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override {
    for (std::size_t k = 0; k < steps_.size(); ++k)
      steps_[k].visit(prefix + "." + std::to_string(k), visitor);
  }

 private:
  std::size_t Z_;
  std::vector<nn::AutoregressiveFlow> steps_;
};

}  // namespace

const std::vector<PosteriorKind>& posteriors() {
  using A = const Architecture&;
  using N = std::size_t;
  using S = const Stream&;
  using P = std::unique_ptr<Posterior>;
  static const std::vector<PosteriorKind> table = {
      // name, help, K; whether it has a KL in closed form, and a network, and is smooth
      {"diagonal", "N(mu, diag sigma^2)", 0, true, false, true,
       [](A a, N Z, N K, S s) -> P { return std::make_unique<DiagonalPosterior>(a, Z, K, s); }},
      {"full", "N(mu, LL'), of latents that depend on each other", 0, true, false, true,
       [](A a, N Z, N K, S s) -> P { return std::make_unique<FullPosterior>(a, Z, K, s); }},
      {"point", "N(mu, 1e-6 I), with --beta 0 an autoencoder", 0, true, false, true,
       [](A a, N Z, N K, S s) -> P { return std::make_unique<PointPosterior>(a, Z, K, s); }},
      {"mixture", "a mixture of diagonal normals", 5, false, false, false,
       [](A a, N Z, N K, S s) -> P { return std::make_unique<MixturePosterior>(a, Z, K, s); }},
      {"flow", "an inverse autoregressive flow", 2, false, true, true,
       [](A a, N Z, N K, S s) -> P { return std::make_unique<FlowPosterior>(a, Z, K, s); }},
  };
  return table;
}

const PosteriorKind& diagonal_posterior() { return posteriors().front(); }

const PosteriorKind& posterior_named(const std::string& name) {
  std::vector<std::string> names;
  for (const PosteriorKind& kind : posteriors()) names.push_back(kind.name);
  return posteriors()[nn::index_named("posterior", name, names)];
}

std::unique_ptr<Posterior> make_posterior(const Architecture& a, std::size_t t, std::size_t Z,
                                          const Stream& stream) {
  const std::size_t K = a.posterior_size > 0 ? a.posterior_size : a.posterior->size;
  return a.posterior->make(a, Z, K, stream.at_epoch(epoch_of_posterior + 1000 * std::uint32_t(t)));
}

}  // namespace vae
