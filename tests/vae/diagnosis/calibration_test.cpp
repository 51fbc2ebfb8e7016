// Calibration: the ranks are uniform at the posterior, and each kind of wrong q has the ranks it should have.
// A right q is convicted with probability 1e-6; the seeds are fixed.
#include "vae/diagnosis/calibration.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/quadrature.h"
#include "vae/vae.h"

using namespace vae;

namespace {

constexpr std::size_t simulated = 4000, draws_each = 19;

// Adds to log σ of q, and to its mean.
void disturb_q(LinearGaussian& model, double log_sigma, double shift) {
  model.visit_posterior([&](const std::string& name, Parameter& w) {
    Array& a = w.update();
    const bool is_factor = name.find("factor") != std::string::npos;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (is_factor && (a.dimension() == 1 || i % (a.shape(0) + 1) == 0))
        a.data()[i] += log_sigma;
      else if (name.find("bias") != std::string::npos)
        a.data()[i] += shift;
  });
}

}  // namespace

TEST_CASE("calibration: at the posterior the ranks of every latent of every level are uniform") {
  LinearGaussian one({4, {3}}, Stream()), levels({3, {2, 1, 2}, Covariance::diagonal}, Stream());
  for (LinearGaussian* model : {&one, &levels}) {
    CHECK(calibrate(AtPosterior(*model), simulated, draws_each, Stream()).p_value() > 1e-6);
    CHECK(calibrate(*model, simulated, draws_each, Stream()).p_value() < 1e-9);  // q at random
    model->set_posterior_exact();
    const Calibration exact = calibrate(*model, simulated, draws_each, Stream());
    CHECK(exact.p_value() > 1e-6);
    CHECK(calibrate(*model, simulated, draws_each, Stream(), 1).counts == exact.counts);  // in other passes
    CHECK(exact.counts.size() == (model == &one ? 3 : 5));
    for (const std::vector<std::size_t>& counts : exact.counts)
      CHECK(counts_are_uniform(std::vector<double>(counts.begin(), counts.end())));
  }
}

TEST_CASE("calibration: under a nonlinear decoder too, where the posterior is known by quadrature") {
  Architecture a;
  a.pixels = 5, a.hidden = {6}, a.latent = {1};
  VAE model(a, Stream());
  model.visit_generator([](const std::string&, Parameter& w) { w.update() *= 3; });
  ByQuadrature exact(model);
  CHECK(calibrate(AtPosterior(exact), 400, draws_each, Stream()).p_value() > 1e-6);
}

TEST_CASE("calibration: a narrow q has the ranks at both ends, a wide one the middle, a biased one one end") {
  LinearGaussian model({4, {3}}, Stream());
  const auto ranks = [&](double log_sigma, double shift) {
    model.set_posterior_exact();
    disturb_q(model, log_sigma, shift);
    return calibrate(model, simulated, draws_each, Stream());
  };
  const Calibration narrow = ranks(-0.3, 0), wide = ranks(0.3, 0), low = ranks(0, -0.3);
  for (std::size_t j = 0; j < 3; ++j) {
    for (const Calibration* wrong : {&narrow, &wide, &low}) CHECK(wrong->p_value(j) < 1e-6);
    const std::size_t expected = simulated / (draws_each + 1);
    CHECK((narrow.counts[j].front() > expected && narrow.counts[j].back() > expected));
    CHECK((wide.counts[j].front() < expected && wide.counts[j].back() < expected));
    CHECK(low.counts[j].back() > 1.3 * double(low.counts[j].front()));
  }
}

TEST_CASE("calibration: the best mean field is convicted of being too narrow") {
  LinearGaussian model({4, {3}, Covariance::diagonal, Covariance::diagonal}, Stream());
  model.set_posterior_exact();
  CHECK(calibrate(model, simulated, draws_each, Stream()).p_value() < 1e-6);
}

TEST_CASE("calibration: too few simulations, and discrete latents, are refused") {
  const LinearGaussian model({2, {1}}, Stream());
  CHECK_THROWS_AS(calibrate(model, 99, 19, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(calibrate(model, 99, 0, Stream()), std::invalid_argument);
  const Discrete bits({3, {2}}, Stream());
  CHECK_THROWS_AS(calibrate(bits, 100, 9, Stream()), std::logic_error);
}
