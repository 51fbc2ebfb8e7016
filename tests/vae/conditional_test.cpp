// The conditional VAE: every factor sees the c of its own datum, log p(x|c) is that of a linear model, and
// sums to one for each c. Statistical checks reject correct samples with probability 1e-6 each; seeds are
// fixed.
#include "vae/conditional.h"

#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/diagnosis/likelihood_check.h"
#include "vae/elbo.h"
#include "vae/exact/quadrature.h"
#include "vae/models.h"
#include "vae/prior.h"

using namespace vae;

namespace {

std::unique_ptr<Model> shaken(const ModelEntry& entry, const Architecture& a) {
  std::unique_ptr<Model> model = entry.make(a, Stream());
  std::uint32_t epoch = 0;
  model->visit([&](const std::string&, Parameter& p) {  // some begin at 0
    p.update() += Real(0.3) * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
  });
  return model;
}

// Of the parameters with this name.
Array value_of(Model& model, const std::string& name) {
  for (const auto& [parameter_name, parameter] : model.parameters())
    if (parameter_name == name) return parameter->value();
  throw std::invalid_argument("no parameter " + name);
}

}  // namespace

TEST_CASE("conditional: every factor of every model sees the c of its own datum, and no other") {
  for (const ModelEntry& entry : models())
    for (const NetworkKind networks : {NetworkKind::dense, NetworkKind::convolutional})
      for (const std::size_t levels : {1u, 2u}) {
        if (levels > entry.most_levels || entry.has_class) continue;  // a model of y itself
        INFO(entry.name << ", levels " << levels << ", networks " << int(networks));
        Architecture a;
        a.pixels = 16, a.condition = 3, a.hidden = {5}, a.channels = {4}, a.networks = networks;
        a.latent.assign(levels, 2), a.prior = &prior_named("normal");
        const std::unique_ptr<Model> model = shaken(entry, a);
        Evaluation scope;
        const Var x = constant(uniform(Stream(), {2, 16}));
        const Array c = array({2, 3}, {1, 0, 0, 0, 1, 0}), other = array({2, 3}, {1, 0, 0, 0, 0, 1});
        const auto factors = [&](const Array& c) {  // at the same z, of two samples for each datum
          const Given given(*model, c);
          Latents z = generate(given, 4, Stream());
          std::vector<Array> all;
          for (const Level& level : descend(given, x, 2, vae::given(z)))
            all.push_back(level.log_p().value()), all.push_back(level.log_q().value());
          all.push_back(log_likelihood(given, x, z).value());
          return all;
        };
        const std::vector<Array> before = factors(c), after = factors(other);
        for (std::size_t k = 0; k < before.size(); ++k) {
          INFO("factor " << k);
          CHECK(before[k](0) == after[k](0));
          CHECK(before[k](2) == after[k](2));
          CHECK(before[k](1) != after[k](1));
          CHECK(before[k](3) != after[k](3));
        }
      }
}

TEST_CASE("conditional: log p of x given c of a linear model is N(W_c c + b, W_z W_z' + σ² I)") {
  Architecture a;
  a.pixels = 3, a.condition = 2, a.hidden = {}, a.latent = {2}, a.likelihood = LikelihoodKind::gaussian;
  const std::unique_ptr<Model> model = shaken(model_named("vae"), a);
  Evaluation scope;
  const Array c = array({2, 2}, {1, -1, Real(0.5), 2}), x = uniform(Stream(), {2, 3});
  const Given given(*model, c);

  const Var W = constant(value_of(*model, "decoder.0.weight")), W_z = slice(W, 1, 0, 2),
            W_c = slice(W, 1, 2, 4);
  const Real variance = std::exp(2 * value_of(*model, "decoder.log_std")(0));
  const Var mean = matmul(constant(c), transpose(W_c)) + constant(value_of(*model, "decoder.0.bias")),
            L = cholesky(matmul(W_z, transpose(W_z)) +
                         variance * constant(array({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1})));
  const Array exact = nn::MultivariateNormal(mean, broadcast_to(L, {2, 3, 3})).log_prob(constant(x)).value();

  const std::size_t S = 20000;
  const Array log_w = log_weights(given, constant(x), S, Stream()).value();
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<double> ratio;  // w / p(x|c), of mean 1
    for (std::size_t s = 0; s < S; ++s) ratio.push_back(std::exp(double(log_w(s * 2 + i) - exact(i))));
    CHECK(average(ratio).agrees_with(1));
  }
}

TEST_CASE("conditional: for each c the probabilities of all images sum to one, and differ between c") {
  Architecture a;
  a.pixels = 4, a.condition = 2, a.hidden = {5}, a.latent = {1};
  const std::unique_ptr<Model> model = shaken(model_named("vae"), a);
  Evaluation scope;
  std::vector<Real> p;
  for (const Real c : {Real(0), Real(1)}) {
    Given given(*model, array({1, 2}, {c, 1 - c}));
    const ByQuadrature exact(given, 20);
    const LikelihoodCheck check =
        check_likelihood([&](Var x, nn::Mode) { return exact.log_px(x); }, a.pixels);
    INFO(check.verdict());
    CHECK(check.holds());
    p.push_back(exact.log_px(constant(zeros({1, 4}))).item());
  }
  CHECK(p[0] != p[1]);
}

TEST_CASE("conditional: c goes on with the rows, and must have two axes") {
  Architecture a;
  a.condition = 1;
  const std::unique_ptr<Model> model = model_named("vae").make(a, Stream());
  Evaluation scope;
  const Given given(*model, array({2, 1}, {3, 4}));
  CHECK(values_of(given.condition(1).value()) == std::vector<Real>{3});
  CHECK(values_of(given.condition(2).value()) == std::vector<Real>{3, 4});
  CHECK(values_of(given.condition(5).value()) == std::vector<Real>{3, 4, 3, 4, 3});
  CHECK(!Given(*model, std::nullopt).condition(2).has_value());
  CHECK(values_of(given_zeros(*model, 1).condition(2).value()) == std::vector<Real>{0, 0});
  CHECK(says(message_of<std::invalid_argument>([&] { Given(*model, zeros({3})); }), {"[Given]", "[3]"}));
}

TEST_CASE("conditional: a VampPrior is refused, because no c is known of its images") {
  Architecture a;
  a.condition = 1, a.prior = &prior_named("vamp");
  CHECK_THROWS_AS(model_named("vae").make(a, Stream()), std::invalid_argument);
}
