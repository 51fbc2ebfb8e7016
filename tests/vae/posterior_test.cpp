// The families of q(z|x), all of the table: each integrates to one, its draws are draws of it, know their
// density, and have the gradient of their expectations. Statistical checks reject correct samples with
// probability 1e-6 each; seeds are fixed.
#include "vae/posterior.h"

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

Architecture with_posterior(const PosteriorKind& kind) {
  Architecture a;
  a.posterior = &kind, a.posterior_hidden = 6;
  if (kind.size > 0) a.posterior_size = 3;
  return a;
}

std::unique_ptr<Posterior> of_two_latents(const PosteriorKind& kind) {
  return make_posterior(with_posterior(kind), 0, 2, Stream());
}

// Cells of a square around q's mean, twelve deviations to each side, and the area of one.
struct Grid {
  Array z;  // [n²,2]
  double area;

  Grid(const Density& q, std::size_t n) : z(plane(n, 12)), area(std::pow(24.0 / double(n), 2)) {
    Evaluation scope;
    const Array mean = q->mean().value(), variance = q->variance().value();
    for (std::size_t i = 0; i < 2; ++i) {
      const double deviation = std::sqrt(double(variance(0, i)));
      area *= deviation;
      for (std::size_t r = 0; r < n * n; ++r) z(r, i) = mean(0, i) + Real(deviation) * z(r, i);
    }
  }
};

// What a network might say.   [1,N]
Array numbers(const Posterior& q) {
  return Real(0.7) * normal(Stream().at(Purpose::checking), {1, q.numbers()});
}

// Of each datum, a number that depends on both latents.   [rows,2]  ->  [rows]
Var some_function(Var z) {
  const Var a = slice(z, 1, 0, 1), b = slice(z, 1, 1, 2);
  return sum(sin(a) + a * b + cos(2 * b - a), {1});
}

// x = z₀ + z₁ and a noise of deviation ½, whose posterior is correlated; q has one row of numbers for all x.
struct OfASum : Model {
  explicit OfASum(const PosteriorKind& kind) : q(of_two_latents(kind)), h(numbers(*q)) {}
  std::size_t levels() const override { return 1; }
  Density prior(const State& s) const override { return Normal::standard({s.rows, 2}); }
  Density posterior(const State& s, const Features&) const override {
    return (*q)(broadcast_to(h, {s.rows, q->numbers()}));
  }
  Density decode(const State& s) const override {
    return Normal(sum(s.z[0], {1}, true), constant(full({s.rows, 1}, Real(std::log(0.25)))));
  }
  void visit_posterior(const nn::Visitor& visitor) override { visitor("h", h), q->visit("q", visitor); }
  void visit_generator(const nn::Visitor&) override {}

  std::unique_ptr<Posterior> q;
  Parameter h;
};

}  // namespace

TEST_CASE("posterior: each is found by its name, and an unknown name is refused with all of them") {
  std::set<std::string> names;
  for (const PosteriorKind& kind : posteriors()) {
    CHECK(&posterior_named(kind.name) == &kind);
    names.insert(kind.name);
  }
  CHECK(names.size() == posteriors().size());
  CHECK(says(message_of<std::invalid_argument>([] { posterior_named("cauchy"); }),
             {"'cauchy'", "diagonal", "full"}));
}

TEST_CASE("posterior: each integrates to one, and its draws have the moments of its density, and know it") {
  for (const PosteriorKind& kind : posteriors()) {
    Evaluation scope;
    INFO(kind.name);
    const std::unique_ptr<Posterior> family = of_two_latents(kind);
    const Var h = constant(numbers(*family));
    const std::size_t n = 400, draws = 20000;
    const Grid grid((*family)(h), n);
    const Array log_q = (*family)(repeat(h, n * n))->log_prob(constant(grid.z)).value(),
                f = some_function(constant(grid.z)).value();
    double total = 0, expected = 0;
    for (std::size_t r = 0; r < n * n; ++r) {
      const double mass = std::exp(double(log_q(r))) * grid.area;
      total += mass, expected += mass * double(f(r));
    }
    CHECK(total == Approx(1).epsilon(1e-5));

    const Density q = (*family)(repeat(h, draws));
    const auto [drawn, told] = q->draw(Stream().at(Purpose::posterior));
    const Array of_draws = some_function(drawn).value();
    CHECK(average(values_of(of_draws)).agrees_with(expected));
    if (told) CHECK(largest_difference(*told, q->log_prob(drawn)) < 1e-9);

    // The moments, which for a flow are those of 100 draws.
    const Array mean = (*family)(h)->mean().value(), variance = (*family)(h)->variance().value();
    for (std::size_t i = 0; i < 2; ++i) {
      std::vector<double> values;
      for (std::size_t r = 0; r < draws; ++r) values.push_back(double(drawn.value()(r, i)));
      const double tolerance = kind.has_network ? 5 * std::sqrt(double(variance(0, i)) / 100) : 0;
      CHECK(std::abs(average(values).mean - double(mean(0, i))) < tolerance + 5 * average(values).error);
      const double spread = average(values).error * std::sqrt(double(draws));
      CHECK(double(variance(0, i)) == Approx(spread * spread).epsilon(kind.has_network ? 0.6 : 0.1));
    }
  }
}

TEST_CASE("posterior: a full covariance whose numbers below the diagonal are 0 is the diagonal one") {
  Evaluation scope;
  const Array h = array({1, 5}, {Real(0.3), -1, Real(0.8), -2, 0});  // μ, log σ², L_10
  const Var z = constant(array({1, 2}, {1, Real(-0.5)}));
  CHECK(largest_difference((*of_two_latents(posterior_named("full")))(constant(h))->log_prob(z),
                           normal_from(slice(constant(h), 1, 0, 4)).log_prob(z)) < 1e-12);
}

TEST_CASE("posterior: every number that a network gives matters") {
  Evaluation scope;
  for (const PosteriorKind& kind : posteriors()) {
    const std::unique_ptr<Posterior> family = of_two_latents(kind);
    const Array h = numbers(*family);
    const auto log_q = [&](const Array& h) {
      return (*family)(constant(h))->log_prob(constant(array({1, 2}, {Real(0.3), Real(-0.4)}))).item();
    };
    for (std::size_t k = 0; k < h.size(); ++k) {
      INFO(kind.name << ", number " << k);
      Array other = h;
      other(0, k) += Real(0.5);
      CHECK(log_q(other) != log_q(h));
    }
  }
}

TEST_CASE("posterior: the moments of a datum do not depend on the others of its batch") {
  for (const PosteriorKind& kind : posteriors()) {
    Evaluation scope;
    INFO(kind.name);
    const std::unique_ptr<Posterior> family = of_two_latents(kind);
    const Var h = constant(numbers(*family));
    const Density alone = (*family)(h), three = (*family)(repeat(h, 3));
    CHECK(largest_difference(repeat(alone->mean(), 3), three->mean()) < 1e-14);
    CHECK(largest_difference(repeat(alone->variance(), 3), three->variance()) < 1e-14);
  }
}

TEST_CASE("posterior: a draw's gradient is that of its expectation") {
  for (const PosteriorKind& kind : posteriors()) {
    INFO(kind.name);
    const std::unique_ptr<Posterior> family = of_two_latents(kind);
    const std::size_t n = 200, draws = 20000, N = family->numbers();

    // ∇ ∫ q(z) f(z) dz
    Parameter h(numbers(*family));
    Array exact;
    {
      Step step;
      const Grid grid((*family)(h), n);
      const Var z = constant(grid.z);
      const Var q = exp((*family)(broadcast_to(h, {n * n, N}))->log_prob(z));
      exact = backward(sum(q * some_function(z)) * Real(grid.area))[h];
    }

    // Of each draw, with numbers of its own.
    Parameter own(repeat_to(constant(h.value()), draws).value());
    Step step;
    const Var f = some_function((*family)(own)->rsample(Stream().at(Purpose::posterior)));
    const Array each = backward(sum(f))[own];
    for (std::size_t k = 0; k < N; ++k) {
      INFO("number " << k);
      std::vector<double> values;
      for (std::size_t r = 0; r < draws; ++r) values.push_back(double(each(r, k)));
      CHECK(average(values).agrees_with(double(exact(0, k))));
    }
  }
}

TEST_CASE(
    "posterior: a full covariance meets a correlated posterior, of which a diagonal one loses its share") {
  // p(z|x) has the precision P = I + 4 (1 1; 1 1): of a diagonal q the gap is ½(log P₀₀P₁₁ − log det P).
  const double diagonal_gap = 0.5 * (std::log(25.0) - std::log(9.0));
  // x ~ N(0, 2.25)
  const double x = 1.3, log_px = -0.5 * (std::log(2 * M_PI * 2.25) + x * x / 2.25);
  for (const PosteriorKind& kind : posteriors()) {
    INFO(kind.name);
    OfASum model(kind);
    nn::Adam adam(model.parameters(), Real(0.03));
    const std::size_t steps = 1500;
    double gap = 0;
    for (std::uint32_t i = 0; i < steps; ++i) {
      Step step;
      const Var bound = mean(
          elbo(model, constant(full({1, 1}, Real(x))), 32, KLForm::monte_carlo, Stream().at_epoch(i)).elbo);
      adam.alpha = Real(0.03) * (1 - Real(i) / Real(steps));
      adam.step(backward(-bound));
      if (i >= steps - 100) gap += (log_px - double(bound.item())) / 100;
    }
    if (std::string(kind.name) == "diagonal") {
      CHECK(gap == Approx(diagonal_gap).margin(0.02));
    } else if (std::string(kind.name) == "full") {
      CHECK(std::abs(gap) < 5e-3);
    } else if (std::string(kind.name) == "point") {
      CHECK(gap > 10);
    } else {
      CHECK(gap < diagonal_gap - 0.2);
    }
  }
}

TEST_CASE("posterior: numbers of another size are refused, and so is a VampPrior of what is no normal") {
  Evaluation scope;
  for (const PosteriorKind& kind : posteriors()) {
    INFO(kind.name);
    const std::unique_ptr<Posterior> family = of_two_latents(kind);
    CHECK_THROWS_AS((*family)(constant(zeros({3, family->numbers() + 1}))), std::invalid_argument);
  }
}
