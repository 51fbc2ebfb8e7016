// Quadrature against the closed forms of a linear-Gaussian model, and for a nonlinear decoder against a plain
// Riemann sum, importance sampling and its own limit. Statistical checks reject a true value with probability
// 1e-6 each.
#include "vae/exact/quadrature.h"

#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/elbo.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/vae.h"

using namespace vae;

namespace {

Architecture nonlinear(std::size_t Z) {
  Architecture a;
  a.pixels = 5, a.hidden = {6}, a.latent = {Z}, a.activation = &nn::activation_named("tanh");
  return a;
}

// With random weights, large enough that the posterior is far from normal.
VAE random_vae(std::size_t Z) {
  VAE model(nonlinear(Z), Stream());
  std::uint32_t which = 0;
  model.visit_generator([&](const std::string&, Parameter& w) {
    w.update() = (0.8 * constant(random_array(w.shape(), 100 + which++))).value();
  });
  return model;
}

Array four_images() { return take_rows(all_bits(5), {0, 7, 12, 29}); }

}  // namespace

TEST_CASE("quadrature: of a linear-Gaussian model, log p(x) and the posterior are the closed forms") {
  Evaluation scope;
  for (const std::size_t Z : {1u, 2u}) {
    LinearGaussian model({3, {Z}}, Stream());
    const ByQuadrature by_nodes(model, 100);
    const Var x = constant(random_array({4, 3}, 5));
    const Array truth = model.log_px(x).value(), found = by_nodes.log_px(x).value();
    for (std::size_t i = 0; i < 4; ++i) CHECK(found(i) == Approx(truth(i)).epsilon(1e-9));

    const Density p = true_posterior(model, {}, x, 2), q = true_posterior(by_nodes, {}, x, 2);
    const Var z = constant(random_array({8, Z}, 6));
    const Array log_p = p->log_prob(z).value(), log_q = q->log_prob(z).value();
    for (std::size_t r = 0; r < 8; ++r) CHECK(log_q(r) == Approx(log_p(r)).epsilon(1e-9));
    const Array cov_p = dynamic_cast<const nn::MultivariateNormal&>(*p).covariance().value();
    const Array cov_q = dynamic_cast<const QuadraturePosterior&>(*q).covariance().value();
    for (std::size_t r = 0; r < 8; ++r)
      for (std::size_t i = 0; i < Z; ++i) {
        CHECK(q->mean().value()(r, i) == Approx(p->mean().value()(r, i)).epsilon(1e-8));
        CHECK(q->variance().value()(r, i) == Approx(p->variance().value()(r, i)).epsilon(1e-8));
        for (std::size_t j = 0; j < Z; ++j) CHECK(cov_q(r, i, j) == Approx(cov_p(r, i, j)).epsilon(1e-8));
      }
  }
}

TEST_CASE("quadrature: under a nonlinear decoder it converges in the number of nodes, to the Riemann sum") {
  Evaluation scope;
  VAE model = random_vae(1);
  const Var x = constant(four_images());
  const Array limit = ByQuadrature(model, 256).log_px(x).value();
  double last = 1;
  for (const std::size_t n : {4u, 16u, 64u, 128u}) {
    const Array found = ByQuadrature(model, n).log_px(x).value();
    double error = 0;
    for (std::size_t i = 0; i < 4; ++i) error = std::max(error, std::abs(double(found(i) - limit(i))));
    INFO(n << " nodes: " << error);
    CHECK(error < 0.5 * last);
    last = error;
  }
  CHECK(last < 1e-6);

  std::vector<double> px(4, 0.0);
  constexpr double width = 1e-3;
  for (double z = -9; z < 9; z += 1) {  // 1000 places each time
    Array places = empty({1000, 1});
    for (std::size_t g = 0; g < 1000; ++g) places(g, 0) = z + width * (double(g) + 0.5);
    const Array joint = exp(log_joint(model, x, {repeat_rows(constant(places), 4)})).value();
    for (std::size_t r = 0; r < 4000; ++r) px[r % 4] += width * joint(r);
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(limit(i) == Approx(std::log(px[i])).epsilon(1e-7));
}

TEST_CASE("quadrature: p(x) sums to one over all images, and agrees with importance sampling") {
  Evaluation scope;
  VAE model = random_vae(2);
  const ByQuadrature exact(model, 64);
  CHECK(sum(exp(exact.log_px(constant(all_bits(5))))).item() == Approx(1).epsilon(1e-12));
  const Array truth = exact.log_px(constant(four_images())).value();
  constexpr std::size_t samples = 20000;
  const Array w = exp(log_weights(exact, constant(four_images()), samples, Stream())).value();
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<double> of_image;
    for (std::size_t s = 0; s < samples; ++s) of_image.push_back(w(s * 4 + i));
    CHECK(average(of_image).agrees_with(std::exp(truth(i))));
  }
}

TEST_CASE("quadrature: with the posterior as q, every weight is log p(x), and draws have its moments") {
  Evaluation scope;
  VAE model = random_vae(1);
  ByQuadrature exact(model, 128);
  const Var x = constant(four_images());
  const Array truth = exact.log_px(x).value(), w = log_weights(AtPosterior(exact), x, 5, Stream()).value();
  for (std::size_t r = 0; r < 20; ++r) CHECK(w(r) == Approx(truth(r % 4)).epsilon(1e-11));

  constexpr std::size_t samples = 10000;
  const Density posterior = true_posterior(exact, {}, x, samples);
  const Array z = posterior->sample(Stream().for_batch(4)), m = posterior->mean().value(),
              v = posterior->variance().value();
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<double> values, squares;
    for (std::size_t s = 0; s < samples; ++s) {
      const double d = z(s * 4 + i, 0) - m(i, 0);
      values.push_back(d), squares.push_back(d * d);
    }
    CHECK(average(values).agrees_with(0));
    CHECK(average(squares).agrees_with(v(i, 0)));
  }
}

TEST_CASE("quadrature: the gradient of log p(x) is that of finite differences") {
  VAE model = random_vae(2);
  const ByQuadrature exact(model, 20);
  const Array x = four_images();
  const auto value = [&] {
    Evaluation scope;
    return double(sum(exact.log_px(constant(x))).item());
  };
  std::vector<std::pair<Parameter*, Array>> slopes;
  {
    Step step;
    const Gradients g = backward(sum(exact.log_px(constant(x))));
    model.visit_generator([&](const std::string&, Parameter& w) { slopes.emplace_back(&w, g[w]); });
  }
  for (auto& [w, slope] : slopes)
    for (std::size_t i = 0; i < slope.size(); i += 3) {
      const double h = 1e-5, at = w->value().data()[i];
      w->update().data()[i] = at + h;
      const double above = value();
      w->update().data()[i] = at - h;
      const double below = value();
      w->update().data()[i] = at;
      CHECK(slope.data()[i] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-8));
    }
}

TEST_CASE("quadrature: models of other kinds are refused, and draws of two latents") {
  LinearGaussian levels({3, {1, 1}}, Stream()), three({3, {3}}, Stream());
  Discrete bits({3, {2}}, Stream());
  CHECK_THROWS_AS(ByQuadrature(levels), std::invalid_argument);
  CHECK_THROWS_AS(ByQuadrature(three), std::invalid_argument);
  CHECK_THROWS_AS(ByQuadrature(bits), std::invalid_argument);
  Evaluation scope;
  VAE model = random_vae(2);
  const ByQuadrature exact(model, 8);
  CHECK_THROWS_AS(ByQuadrature(model, 0), std::invalid_argument);
  CHECK_THROWS_AS(true_posterior(exact, {}, constant(four_images()), 1)->sample(Stream()), std::logic_error);
}
