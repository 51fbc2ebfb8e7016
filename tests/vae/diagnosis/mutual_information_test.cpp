// The parts of the KL against sums over all states of a discrete model, and the limits of what z can tell.
#include "vae/diagnosis/mutual_information.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

TEST_CASE("mutual_information: each part is the sum over all states of a discrete model") {
  Evaluation scope;
  for (const DiscreteSizes& sizes :
       {DiscreteSizes{3, {2, 2}, LatentKind::bits}, DiscreteSizes{3, {4}, LatentKind::one_hot}}) {
    const Discrete model(sizes, Stream());
    const std::vector<std::size_t> chosen = {0, 1, 3, 6, 7};
    const Array x = take_rows(all_bits(3), chosen);
    const std::size_t N = chosen.size();
    const Latents states = all_states(model.states());
    const std::size_t K = states.front().rows();

    // q(z_k|x_n) and p(z_k), each on its own.
    const Array log_p_z = log_p(descend(model, K, given(states))).value();
    std::vector<std::vector<double>> q;
    for (const std::size_t n : chosen) {
      const Array log_q_z = log_posterior(model, constant(take_rows(all_bits(3), {n})), states).value();
      q.emplace_back();
      for (std::size_t k = 0; k < K; ++k) q.back().push_back(std::exp(log_q_z(k)));
    }
    double information = 0, marginal_kl = 0;
    for (std::size_t k = 0; k < K; ++k) {
      double q_z = 0;
      for (std::size_t n = 0; n < N; ++n) q_z += q[n][k] / double(N);
      for (std::size_t n = 0; n < N; ++n) information += q[n][k] / double(N) * std::log(q[n][k] / q_z);
      marginal_kl += q_z * (std::log(q_z) - log_p_z(k));
    }

    const AggregatePosterior found = aggregate_posterior(model, x, 4000, Stream());
    CHECK((Average{found.information, found.information_error}.agrees_with(information)));
    CHECK((Average{found.marginal_kl, found.marginal_kl_error}.agrees_with(marginal_kl)));
    CHECK((Average{found.kl, found.kl_error}.agrees_with(mean(model.expected_bound(constant(x)).kl).item())));
    CHECK((found.information_error > 0 && found.information_error < 0.02));
    CHECK(found.kl == Approx(found.information + found.marginal_kl).epsilon(1e-12));
    // However the evaluations are cut.
    const AggregatePosterior cut = aggregate_posterior(model, x, 40, Stream(), 1),
                             whole = aggregate_posterior(model, x, 40, Stream());
    CHECK(cut.information == Approx(whole.information).epsilon(1e-12));
  }
}

TEST_CASE("mutual_information: it is log N for a q that tells all, and 0 for one that tells nothing") {
  LinearGaussian model({3, {2}}, Stream());
  const Array x = random_array({8, 3}, 4);
  model.visit_posterior([](const std::string& name, Parameter& w) {
    if (name == "posterior.0.factor")
      for (std::size_t i = 0; i < 2; ++i) w.update()(i, i) = -8;
  });
  const double everything = aggregate_posterior(model, x, 10, Stream()).information;
  CHECK(everything == Approx(std::log(8.0)).epsilon(1e-6));
  model.visit_posterior([](const std::string& name, Parameter& w) {
    if (name == "posterior.0.weight") w.update().fill(0);
  });
  CHECK(aggregate_posterior(model, x, 10, Stream()).information == Approx(0).margin(1e-12));
}

TEST_CASE("mutual_information: one datum, or one draw, has none") {
  const LinearGaussian model({3, {2}}, Stream());
  CHECK_THROWS_AS(aggregate_posterior(model, zeros({1, 3}), 4, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(aggregate_posterior(model, zeros({4, 3}), 1, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(aggregate_posterior(model, zeros({4}), 4, Stream()), std::invalid_argument);
}
