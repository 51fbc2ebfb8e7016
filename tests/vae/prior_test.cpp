// The families of p(z₀), all of the table: each integrates to one, its draws are draws of it, and log p(x)
// under it is the integral over z. Statistical checks reject correct samples with probability 1e-6 each;
// seeds are fixed.
#include "vae/prior.h"

#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/elbo.h"
#include "vae/models.h"

using namespace vae;

namespace {

Architecture with_prior(const PriorKind& kind, std::vector<std::size_t> latent) {
  Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = std::move(latent);
  a.prior = &kind, a.prior_hidden = 6;
  if (kind.size > 0) a.prior_size = 3;
  return a;
}

// A model whose prior and decoder have left their beginning. (So has not q, which is then wider than p(z|x).)
std::unique_ptr<Model> shaken(const Architecture& a, Real spread = 0.4) {
  std::unique_ptr<Model> model =
      model_named(a.latent.size() > 1 ? "autoregressive" : "vae").make(a, Stream());
  std::uint32_t epoch = 0;
  model->visit_generator([&](const std::string&, Parameter& p) {
    p.update() += spread * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
  });
  return model;
}

Array images() { return array({3, 6}, {0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}); }

}  // namespace

TEST_CASE("prior: each integrates to one, and its draws have the moments of its density") {
  for (const PriorKind& kind : priors()) {
    Evaluation scope;
    INFO(kind.name);
    const std::unique_ptr<Model> model = shaken(with_prior(kind, {2}));
    const std::size_t n = 400, draws = 20000;
    const Array z = plane(n, 30), log_p = prior(*model, {}, n * n)->log_prob(constant(z)).value();
    const auto integral = [&](const auto& f) {
      double sum = 0;
      for (std::size_t r = 0; r < n * n; ++r)
        sum += std::exp(double(log_p(r))) * f(z(r, 0), z(r, 1)) * std::pow(60.0 / double(n), 2);
      return sum;
    };
    CHECK(integral([](Real, Real) { return 1.0; }) == Approx(1).epsilon(1e-6));

    const Array drawn = prior(*model, {}, draws)->draw(Stream().at(Purpose::prior)).value.value();
    const auto check = [&](const auto& f) {
      std::vector<double> values;
      for (std::size_t r = 0; r < draws; ++r) values.push_back(f(drawn(r, 0), drawn(r, 1)));
      CHECK(average(values).agrees_with(integral(f)));
    };
    check([](Real a, Real) { return double(a); });
    check([](Real, Real b) { return double(b); });
    check([](Real a, Real) { return std::sin(double(a)); });
    check([](Real a, Real b) { return std::cos(2 * double(a) - double(b)); });
    check([](Real a, Real b) { return double(a * b); });
  }
}

TEST_CASE("prior: log p(x) by importance sampling is the integral over z") {
  for (const PriorKind& kind : priors()) {
    Evaluation scope;
    INFO(kind.name);
    const std::unique_ptr<Model> model = shaken(with_prior(kind, {1}));
    const Var x = constant(images());
    const std::size_t n = 4000, S = 4000;
    Array z = empty({n, 1});
    for (std::size_t i = 0; i < n; ++i) z(i, 0) = Real(24) * (Real(i) + Real(0.5)) / Real(n) - 12;
    const Var log_p = prior(*model, {}, n)->log_prob(constant(z));
    const Array log_w = log_weights(*model, x, S, Stream()).value();
    for (std::size_t i = 0; i < 3; ++i) {
      const Var datum = slice(x, 0, std::ptrdiff_t(i), std::ptrdiff_t(i + 1));
      const double log_px =
          double((logsumexp(log_likelihood(*model, repeat(datum, n), {constant(z)}) + log_p, {0}) +
                  std::log(24.0 / double(n)))
                     .item());
      std::vector<double> ratio;  // w / p(x), of mean 1
      for (std::size_t s = 0; s < S; ++s) ratio.push_back(std::exp(double(log_w(s * 3 + i)) - log_px));
      CHECK(average(ratio).agrees_with(1));
    }
  }
}

TEST_CASE("prior: the KL is in closed form where there is one, and sampled at other levels") {
  for (const PriorKind& kind : priors()) {
    Evaluation scope;
    INFO(kind.name);
    const std::unique_ptr<Model> model = shaken(with_prior(kind, {2, 2}));
    const Var x = constant(images());
    const auto kl = [&](KLForm form, std::size_t level) {
      return elbo(*model, x, 2, form, Stream()).kl_per_level[level].value();
    };
    CHECK(values_of(kl(KLForm::mixed, 1)) != values_of(kl(KLForm::monte_carlo, 1)));
    if (kind.closed_form) {
      CHECK(values_of(kl(KLForm::mixed, 0)) == values_of(kl(KLForm::analytic, 0)));
      CHECK(values_of(kl(KLForm::mixed, 1)) == values_of(kl(KLForm::analytic, 1)));
    } else {
      CHECK(values_of(kl(KLForm::mixed, 0)) == values_of(kl(KLForm::monte_carlo, 0)));
      CHECK(says(message_of<std::logic_error>([&] { kl(KLForm::analytic, 0); }), {"[kl]", "no closed form"}));
    }
  }
}

TEST_CASE("prior: a VampPrior is the average posterior of its images, which begin as the data's") {
  Evaluation scope;
  const std::unique_ptr<Model> model =
      model_named("vae").make(with_prior(prior_named("vamp"), {2}), Stream());
  model->start_at(images());
  for (const auto& [name, parameter] : model->parameters())
    if (name == "prior.0.images") CHECK(values_of(parameter->value()) == values_of(images()));

  // Of more data they take some from all over, and of fewer each several times.
  const auto begin_as = [&](std::size_t N) {
    Array data = empty({N, 6});
    for (std::size_t i = 0; i < data.size(); ++i) data.data()[i] = Real(i / 6);
    model->start_at(data);
    std::vector<Real> numbers;
    for (const auto& [name, parameter] : model->parameters())
      if (name == "prior.0.images")
        for (std::size_t k = 0; k < 3; ++k) numbers.push_back(parameter->value()(k, 5));
    return numbers;
  };
  CHECK(begin_as(10) == std::vector<Real>{0, 3, 6});
  CHECK(begin_as(2) == std::vector<Real>{0, 0, 1});
  model->start_at(images());

  const Var z = constant(normal(Stream(), {4, 2}));
  std::vector<Var> each;
  for (std::ptrdiff_t k = 0; k < 3; ++k)
    each.push_back(posterior(*model, {}, slice(constant(images()), 0, k, k + 1), 4)->log_prob(z));
  const Var expected = logsumexp(stack(each), {0}) - std::log(Real(3));
  CHECK(double(max(abs(prior(*model, {}, 4)->log_prob(z) - expected)).item()) < 1e-12);
}

TEST_CASE("prior: an autoregressive one learns what no mixture of few normals is: a ring") {
  // z on a circle of radius 2, ± 0.1: −∫ p log p is log(2π · 2) + ½ log(2πe 0.01) = 1.64 nats.
  for (const char* name : {"flow", "made", "gru"}) {
    INFO(name);
    Architecture a = with_prior(prior_named(name), {2});
    a.prior_hidden = 32, a.prior_size = 8;
    const std::unique_ptr<Model> model = model_named("vae").make(a, Stream());
    const auto on_ring = [](std::uint32_t epoch) {
      const Array u = uniform(Stream().at_epoch(epoch), {200, 1}),
                  e = normal(Stream().at_epoch(epoch).second(), {200, 1});
      Array z = empty({200, 2});
      for (std::size_t i = 0; i < 200; ++i) {
        const double angle = 2 * M_PI * double(u(i, 0)), radius = 2 + 0.1 * double(e(i, 0));
        z(i, 0) = Real(radius * std::cos(angle)), z(i, 1) = Real(radius * std::sin(angle));
      }
      return z;
    };
    nn::Adam adam(model->parameters(), 5e-3);
    for (std::uint32_t i = 0; i < 800; ++i) {
      Step step;
      adam.step(backward(-mean(prior(*model, {}, 200)->log_prob(constant(on_ring(i))))));
    }
    Evaluation scope;
    double log_p = 0;
    for (std::uint32_t i = 0; i < 10; ++i)
      log_p += mean(prior(*model, {}, 200)->log_prob(constant(on_ring(5000 + i)))).item() / 10;
    CHECK(log_p < -1.6);
    CHECK(log_p > -2.4);  // the normal with these moments has −3.84
  }
}

TEST_CASE("prior: names are found, and an unknown one is refused with all of them") {
  std::set<std::string> names;
  for (const PriorKind& kind : priors()) {
    CHECK(&prior_named(kind.name) == &kind);
    names.insert(kind.name);
  }
  CHECK(names.size() == priors().size());
  CHECK(&standard_prior() == &prior_named("standard"));
  CHECK(says(message_of<std::invalid_argument>([] { prior_named("vamps"); }), {"'vamps'", "vamp", "made"}));
}
