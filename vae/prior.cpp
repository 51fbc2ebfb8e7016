// Each family: its parameters, and the density that they stand for.
#include "vae/prior.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/normal_mixture.h"
#include "nn/flows/flow.h"
#include "nn/layers/gru.h"
#include "nn/named.h"
#include "vae/descent.h"

namespace vae {

namespace {

// ---- normals and their mixtures ---------------------------------------------------------------------------

class StandardPrior : public Prior {
 public:
  StandardPrior(const Architecture& a, std::size_t, const Stream&) : Z_(a.latent.front()) {}

  Density operator()(const State& s, const Model&) const override { return Normal::standard({s.rows, Z_}); }
  void visit(const std::string&, const nn::Visitor&) override {}

 private:
  std::size_t Z_;
};

class NormalPrior : public Prior {
 public:
  NormalPrior(const Architecture& a, std::size_t, const Stream& stream)
      : mu_(zeros({a.latent.front()})), log_var_(zeros({a.latent.front()})) {
    if (a.condition > 0) of_condition_ = network(a, a.condition, 2 * a.latent.front(), stream);
  }

  Density operator()(const State& s, const Model&) const override {
    if (of_condition_) return normal_from((*of_condition_)(s.c));
    const Shape shape = {s.rows, mu_.shape()[0]};
    return Normal(broadcast_to(mu_, shape), bounded_log_var(broadcast_to(log_var_, shape)));
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override {
    if (of_condition_) return of_condition_->visit(prefix, visitor);
    visitor(prefix + ".mu", mu_), visitor(prefix + ".log_var", log_var_);
  }

 private:
  Parameter mu_, log_var_;               // [Z]
  std::optional<nn::MLP> of_condition_;  // c -> μ, log σ², in their place   [rows,C]  ->  [rows,2Z]
};

// Σ_k softmax(l)_k N(μ_k, σ²_k), the same for all rows.  logits: [K]  mu, log_var: [K,Z]  ->  [rows,Z]
Density mixture_of(Var logits, Var mu, Var log_var, std::size_t rows) {
  const std::size_t K = mu.rows(), Z = mu.shape()[1];
  std::vector<Density> components;
  for (std::size_t k = 0; k < K; ++k) {
    const auto row = [&](Var x) { return broadcast_to(slice(x, 0, k, k + 1), {rows, Z}); };
    components.push_back(Normal(row(mu), row(log_var)));
  }
  return nn::Mixture(broadcast_to(logits, {rows, K}), std::move(components));
}

class MixturePrior : public Prior {
 public:
  MixturePrior(const Architecture& a, std::size_t K, const Stream& stream)
      : logits_(zeros({K})),
        mu_(normal(stream.at(Purpose::initialization), {K, a.latent.front()})),
        log_var_(zeros({K, a.latent.front()})) {}

  Density operator()(const State& s, const Model&) const override {
    return mixture_of(logits_, mu_, bounded_log_var(log_var_), s.rows);
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override {
    visitor(prefix + ".logits", logits_), visitor(prefix + ".mu", mu_);
    visitor(prefix + ".log_var", log_var_);
  }

 private:
  Parameter logits_, mu_, log_var_;  // [K], [K,Z], [K,Z]
};

class VampPrior : public Prior {
 public:
  VampPrior(const Architecture& a, std::size_t K, const Stream& stream)
      : images_(uniform(stream.at(Purpose::initialization), {K, a.pixels})) {
    if (a.posterior != &diagonal_posterior())
      throw std::invalid_argument("[vamp] q is none of diagonal normals, of which it is made");
    if (a.condition > 0)
      throw std::invalid_argument("[vamp] the model is conditional, and of learned images no c is known");
  }

  // 1/K Σ_k q(z₀|u_k), with u_k in [0, 1]
  Density operator()(const State& s, const Model& model) const override {
    const Density q = posterior(model, {}, clamp_leading_back(images_, 0, 1), 1);  // [K,Z]
    const Normal& each = dynamic_cast<const Normal&>(*q);  // as the constructor checks
    return mixture_of(constant(zeros({images_.shape()[0]})), each.mu, each.log_var, s.rows);
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override {
    visitor(prefix + ".images", images_);
  }

  // They begin as images of the data, evenly spread over them.
  void start_at(const Array& x) override {
    Array& images = images_.update();
    const std::size_t K = images.shape(0), N = x.shape(0), D = images.shape(1);
    for (std::size_t k = 0; k < K; ++k) std::copy_n(x.data() + k * N / K * D, D, images.data() + k * D);
  }

 private:
  Parameter images_;  // u  [K,D]
};

// ---- autoregressive families ------------------------------------------------------------------------------

// The hidden units of these networks are bounded, so that a z far out makes no numbers without bound.
const nn::Activation& bounded() { return nn::activation_named("tanh"); }

class FlowPrior : public Prior {
 public:
  // K steps, whose orders take turns. A step can only widen, by 1/σ(s) ≥ 1 (autoregressive.h); the affine one
  // after it also narrows.
  FlowPrior(const Architecture& a, std::size_t K, const Stream& stream) : Z_(a.latent.front()), flow_({}) {
    for (std::size_t k = 0; k < K; ++k) {
      const Stream own = stream.at_epoch(stream.epoch + std::uint32_t(k));
      flow_.steps.push_back(nn::MaskedAutoregressiveFlow(
          nn::AutoregressiveFlow(Z_, {a.prior_hidden}, bounded(), own, nn::order_of_step(k, Z_))));
      flow_.steps.push_back(nn::AffineFlow(Z_));
    }
  }

  Density operator()(const State& s, const Model&) const override {
    return nn::Transformed(Normal::standard({s.rows, Z_}), flow_);
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override { flow_.visit(prefix, visitor); }

 private:
  std::size_t Z_;
  nn::Flow flow_;
};

// Mixtures of K normals, one for each z_i.  h: [rows,Z,3K]  ->  [rows,Z]
Density mixtures_from(Var h) {
  const std::ptrdiff_t K = std::ptrdiff_t(h.shape()[2] / 3);
  const auto part = [&](std::ptrdiff_t which) { return slice(h, 2, which * K, (which + 1) * K); };
  return nn::NormalMixture(part(0), part(1), bounded_log_var(part(2)));
}

// The means of K components begin apart, between −1 and 1.
Real mean_at_first(std::size_t k, std::size_t K) {
  return K == 1 ? Real(0) : Real(2) * Real(k) / Real(K - 1) - 1;
}

class MADEPrior : public Prior {
 public:
  MADEPrior(const Architecture& a, std::size_t K, const Stream& stream)
      : Z_(a.latent.front()), made_(Z_, {a.prior_hidden}, 3 * K, bounded(), stream) {
    Array& bias = made_.layers.back().bias.update();
    for (std::size_t k = 0; k < K; ++k)
      for (std::size_t i = 0; i < Z_; ++i) bias((K + k) * Z_ + i) = mean_at_first(k, K);
  }

  Density operator()(const State& s, const Model&) const override {
    return nn::Autoregressive({s.rows, Z_}, [this](Var z) {
      const Var h = made_(z);  // [rows,3K·Z]
      return mixtures_from(permute(reshape(h, {z.rows(), h.shape()[1] / Z_, Z_}), {0, 2, 1}));
    });
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override { made_.visit(prefix, visitor); }

 private:
  std::size_t Z_;
  nn::MADE made_;
};

class GRUPrior : public Prior {
 public:
  GRUPrior(const Architecture& a, std::size_t K, const Stream& stream)
      : Z_(a.latent.front()),
        cell_(nn::glorot_uniform({3 * a.prior_hidden, 1}, stream),
              nn::orthogonal({3 * a.prior_hidden, a.prior_hidden}, stream.at_level(1))),
        out_(nn::glorot_uniform({3 * K, a.prior_hidden}, stream.at_level(2))) {
    for (std::size_t k = 0; k < K; ++k) out_.bias.update()(K + k) = mean_at_first(k, K);
  }

  // h_i = GRU(z_{i−1}, h_{i−1}), of which p(z_i|z_<i) is made; z_{−1} = 0, h_{−1} = 0
  Density operator()(const State& s, const Model&) const override {
    return nn::Autoregressive({s.rows, Z_}, [this](Var z) {
      Var before = constant(zeros({z.rows(), 1})), h = constant(zeros({z.rows(), out_.weight.shape()[1]}));
      std::vector<Var> each;
      for (std::size_t i = 0; i < Z_; ++i) {
        h = cell_(before, h);
        each.push_back(out_(h));
        before = slice(z, 1, i, i + 1);
      }
      return mixtures_from(stack(each, 1));
    });
  }
  void visit(const std::string& prefix, const nn::Visitor& visitor) override {
    cell_.visit(prefix + ".cell", visitor), out_.visit(prefix + ".out", visitor);
  }

 private:
  std::size_t Z_;
  nn::GRUCell cell_;
  nn::Linear out_;
};

}  // namespace

const std::vector<PriorKind>& priors() {
  using A = const Architecture&;
  using S = const Stream&;
  using P = std::unique_ptr<Prior>;
  // clang-format off
  static const std::vector<PriorKind> table = {
      // name, help, K; whether it has a network, a KL in closed form, and is made of q
      {"standard", "N(0, I)", 0, false, true, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<StandardPrior>(a, K, s); }},
      {"normal", "N(mu, sigma^2), learned, of c where there is one", 0, false, true, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<NormalPrior>(a, K, s); }},
      {"mixture", "a mixture of normals", 20, false, false, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<MixturePrior>(a, K, s); }},
      {"vamp", "the average q(z0|u) of learned images u", 100, false, false, true,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<VampPrior>(a, K, s); }},
      {"flow", "a masked autoregressive flow", 4, true, false, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<FlowPrior>(a, K, s); }},
      {"made", "autoregressive over the latents, by a MADE", 5, true, false, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<MADEPrior>(a, K, s); }},
      {"gru", "the same by a recurrent network", 5, true, false, false,
       [](A a, std::size_t K, S s) -> P { return std::make_unique<GRUPrior>(a, K, s); }},
  };
  // clang-format on
  return table;
}

const PriorKind& standard_prior() { return priors().front(); }

const PriorKind& prior_named(const std::string& name) {
  std::vector<std::string> names;
  for (const PriorKind& kind : priors()) names.push_back(kind.name);
  return priors()[nn::index_named("prior", name, names)];
}

std::unique_ptr<Prior> make_prior(const Architecture& a, const Stream& stream) {
  return a.prior->make(a, a.prior_size > 0 ? a.prior_size : a.prior->size, stream);
}

}  // namespace vae
