// The gradients that need no path through z, against exact ones: of linear-Gaussian hierarchies, and of a
// hierarchy of binary latents by summing over its states. Each check compares every element of the gradient,
// and rejects a true value with probability below 1e-6 per element, of which all checks together have fewer
// than 1000; seeds are fixed.
#include "vae/gradients/score_function.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/vae/exact/nearly_exact.h"
#include "tests/vae/gradients/binary_hierarchy.h"
#include "tests/vae/gradients/gradient_samples.h"
#include "tests/vae/gradients/iwae_by_quadrature.h"
#include "vae/bounds/renyi.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"

using namespace vae;
namespace gs = gradient_samples;

namespace {

// The gradients of the ELBO in K samples by each baseline.
struct Named {
  const char* name;
  std::size_t samples;
  Objective (*estimate)(const Model&, Var, std::size_t, const Stream&);
};
const std::vector<Named> of_elbo = {
    {"no baseline", 1,
     [](const Model& m, Var x, std::size_t K, const Stream& s) { return score_function(m, x, K, s); }},
    {"no baseline", 3,
     [](const Model& m, Var x, std::size_t K, const Stream& s) { return score_function(m, x, K, s); }},
    {"a number", 1,
     [](const Model& m, Var x, std::size_t K, const Stream& s) { return score_function(m, x, K, s, -4); }},
    {"of x", 1,
     [](const Model& m, Var x, std::size_t K, const Stream& s) {
       return score_function(m, x, K, s, sum(x, {1}) - 4);
     }},
    {"leave one out", 3, leave_one_out},
};

std::vector<gs::Numbers> samples_of(const Named& e, const Model& model, const gs::Parameters& parameters,
                                    const Array& two) {
  return gs::samples(
      parameters,
      [&](const Stream& noise) {
        return e.estimate(model, constant(gs::rows_of(two, gs::batch)), e.samples, noise).value;
      },
      gs::places);
}

}  // namespace

TEST_CASE("score_function: of the ELBO, unbiased with every baseline, on linear-Gaussian hierarchies") {
  for (const std::vector<std::size_t>& latent : {std::vector<std::size_t>{2}, {1, 2, 1}}) {
    LinearGaussian model = nearly_exact(3, latent);
    const gs::Parameters all = all_parameters(model);
    const gs::Numbers truth =
        gs::gradient(all, [&] { return model.expected_bound(constant(gs::rows_of(gs::real_data, 2))).elbo; });
    for (const Named& e : of_elbo) {
      const double z = gs::largest_z(samples_of(e, model, all, gs::real_data), truth);
      INFO(latent.size() << " levels, " << e.name << ", K = " << e.samples << ": " << z
                         << " standard errors");
      CHECK(z < gs::limit);
    }
  }
}

TEST_CASE("score_function: of binary latents, unbiased, against the sum over all states") {
  BinaryHierarchy model;
  const gs::Parameters all = all_parameters(model);
  const gs::Numbers truth =
      gs::gradient(all, [&] { return expected_elbo(model, constant(gs::rows_of(gs::binary_data, 2))); });
  for (const Named& e : of_elbo) {
    const double z = gs::largest_z(samples_of(e, model, all, gs::binary_data), truth);
    INFO(e.name << ", K = " << e.samples << ": " << z << " standard errors");
    CHECK(z < gs::limit);
  }
}

TEST_CASE("vimco: two samples, against a quadrature and against the sum over all pairs of states") {
  const Named e = {"vimco", 2, vimco};
  LinearGaussian real = nearly_exact(3, {1});
  const gs::Parameters of_real = all_parameters(real);
  CHECK(gs::largest_z(samples_of(e, real, of_real, gs::real_data), gs::gradient(of_real, [&] {
                        return expected_renyi_of_two(real, constant(gs::rows_of(gs::real_data, 2)), 0);
                      })) < gs::limit);
  BinaryHierarchy binary;
  const gs::Parameters of_binary = all_parameters(binary);
  CHECK(gs::largest_z(samples_of(e, binary, of_binary, gs::binary_data), gs::gradient(of_binary, [&] {
                        return expected_iwae_of_two(binary, constant(gs::rows_of(gs::binary_data, 2)));
                      })) < gs::limit);
}

TEST_CASE("vimco: five samples of a hierarchy agree with the plain derivative") {
  LinearGaussian model = nearly_exact(3, {1, 2, 1});
  const gs::Parameters all = all_parameters(model);
  const auto plain = gs::samples(
      all,
      [&](const Stream& s) {
        return pathwise(model, constant(gs::rows_of(gs::real_data, gs::batch)), 5, 0, s).value;
      },
      gs::places);
  CHECK(gs::largest_z(gs::difference(samples_of({"vimco", 5, vimco}, model, all, gs::real_data), plain)) <
        gs::limit);
}

TEST_CASE("score_function: the value is that of the bound") {
  Evaluation scope;
  const LinearGaussian model = nearly_exact(3, {1, 2, 1});
  const Var x = constant(gs::rows_of(gs::real_data, 4));
  const Var log_w = log_weights(model, x, 3, Stream());
  const Array as_elbo = renyi_bound(log_w, 3, 1).value(), as_iwae = renyi_bound(log_w, 3, 0).value();
  const Objective score = score_function(model, x, 3, Stream(), 2),
                  others = leave_one_out(model, x, 3, Stream()), iwae = vimco(model, x, 3, Stream());
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(score.value.value()(i) == Approx(as_elbo(i)).epsilon(1e-12));
    CHECK(others.value.value()(i) == Approx(as_elbo(i)).epsilon(1e-12));
    CHECK(iwae.value.value()(i) == Approx(as_iwae(i)).epsilon(1e-12));
    CHECK(iwae.bound.elbo.value()(i) == Approx(as_elbo(i)).epsilon(1e-12));
  }
}

TEST_CASE("score_function: a baseline lowers the variance, and a path lowers it more") {
  LinearGaussian model = nearly_exact(3, {1, 2, 1});
  const gs::Parameters phi = posterior_parameters(model);
  const auto variance_of = [&](const gs::Estimator& f) { return gs::variance(gs::samples(phi, f, 60)); };
  const auto x = [] { return constant(gs::rows_of(gs::real_data, gs::batch)); };
  const double none = variance_of([&](const Stream& s) { return score_function(model, x(), 3, s).value; });
  const double others = variance_of([&](const Stream& s) { return leave_one_out(model, x(), 3, s).value; });
  const double path = variance_of([&](const Stream& s) { return pathwise(model, x(), 3, 1, s).value; });
  INFO("no baseline " << none << ", leave one out " << others << ", path " << path);
  CHECK(others < 0.5 * none);
  CHECK(path < others);
  const double of_vimco = variance_of([&](const Stream& s) { return vimco(model, x(), 3, s).value; });
  const double no_baseline = variance_of([&](const Stream& s) {
    // L Σ_k log q(z_k|x) in the place of VIMCO's signal
    const std::vector<Level> levels =
        descend(model, x(), 3, without_gradient(from_posterior(s.for_batch(gs::batch))));
    const Var L = renyi_bound(bound_along(model, x(), levels, 1, KLForm::monte_carlo).elbo, 3, 0);
    return with_gradient_of(L, L + stop_gradient(L) * sum(reshape(log_q(levels), {3, gs::batch}), {0}));
  });
  INFO("VIMCO " << of_vimco << ", without its baseline " << no_baseline);
  CHECK(of_vimco < 0.2 * no_baseline);
}

TEST_CASE("vimco: its baseline, by hand") {
  // With three weights the slope of the value in log q(z_k|x), at z constant, is
  // log Σ w − log( Σ_{j≠k} w_j + √Π_{j≠k} w_j ) − w_k / Σ w.
  LinearGaussian model = nearly_exact(2, {1});
  Step scope;
  const Var x = constant(array({1, 2}, {0.7, -1.1}));
  const std::vector<Level> levels = infer(model, x, 3, Stream());
  const Array w = log_weights(model, x, 3, Stream()).value();
  const Var log_q = (*levels[0].q)->log_prob(constant(levels[0].z.value()));  // [3]
  const Parameter* bias = posterior_parameters(model)[1];
  const double total = std::exp(w(0)) + std::exp(w(1)) + std::exp(w(2));
  double expected = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t i = (k + 1) % 3, j = (k + 2) % 3;
    const double without = std::exp(w(i)) + std::exp(w(j)) + std::exp((w(i) + w(j)) / 2);
    Array one = zeros({3});
    one(k) = 1;
    const double slope = backward(log_q, one)[*bias](0);
    expected += (std::log(total / without) - std::exp(w(k)) / total) * slope;
  }
  CHECK(backward(sum(vimco(model, x, 3, Stream()).value))[*bias](0) == Approx(expected).epsilon(1e-10));
}

TEST_CASE("score_function: what makes no sense is refused") {
  Step scope;
  BinaryHierarchy model;
  const Var x = constant(gs::rows_of(gs::binary_data, 2));
  CHECK_THROWS_AS(leave_one_out(model, x, 1, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(vimco(model, x, 1, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(score_function(model, x, 0, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(score_function(model, x, 2, Stream(), constant(zeros({2, 1}))), std::invalid_argument);
  CHECK_THROWS_AS(pathwise(model, x, 1, 1, Stream()), std::logic_error);
  CHECK_THROWS_AS(sticking_the_landing(model, x, 1, 1, Stream()), std::logic_error);
  CHECK_THROWS_AS(doubly_reparameterized(model, x, 2, 0, Stream()), std::logic_error);
  CHECK_THROWS_AS(generalized_dreg(model, x, 2, 0, Stream()), std::logic_error);
}
