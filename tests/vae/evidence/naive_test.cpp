// Plain Monte Carlo on linear-Gaussian models: unbiased for p(x), too small for log p(x), and with few
// effective samples. Statistical checks reject right samples with probability 1e-6 each; seeds are fixed.
#include "vae/evidence/naive.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/copies_of_datum.h"
#include "vae/evidence/importance.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

namespace {

const LinearGaussianSizes sizes = {3, {2, 1}, Covariance::diagonal, Covariance::full};

double log_px_of(const LinearGaussian& model, std::size_t pixels) {
  Evaluation scope;
  return model.log_px(constant(copies_of_datum(pixels, 1))).item();
}

}  // namespace

TEST_CASE("naive: the estimate of p(x) is unbiased, and its logarithm is too small") {
  const LinearGaussian model(sizes, Stream());
  const double truth = log_px_of(model, 3);
  for (const std::size_t n : {1u, 10u}) {
    const Evidence found = naive_log_evidence(model, copies_of_datum(3, 20000), n, Stream(), 50000);
    std::vector<double> p;
    for (const double l : found.log_px) p.push_back(std::exp(l - truth));
    CHECK(average(p).agrees_with(1));
    const Average log_p = average(found.log_px);
    CHECK(log_p.mean < truth - 4.9 * log_p.error);
  }
}

TEST_CASE("naive: passes of any size give the same number") {
  const LinearGaussian model(sizes, Stream());
  const Evidence whole = naive_log_evidence(model, copies_of_datum(3, 2), 30, Stream(), 1000);
  const Evidence cut = naive_log_evidence(model, copies_of_datum(3, 2), 30, Stream(), 7);
  for (std::size_t i = 0; i < 2; ++i) CHECK(cut.log_px[i] == Approx(whole.log_px[i]).epsilon(1e-13));
}

TEST_CASE("naive: with more latents, fewer and fewer draws from the prior count; from q, they do") {
  double before = 1000;
  for (const std::size_t latents : {1u, 4u, 12u}) {
    LinearGaussian model({16, {latents}, Covariance::isotropic, Covariance::full}, Stream());
    model.set_posterior_exact();
    const double prior =
        naive_log_evidence(model, copies_of_datum(16, 1), 1000, Stream()).effective_samples[0];
    const double q = log_evidence(model, copies_of_datum(16, 1), 1000, Stream()).effective_samples[0];
    CHECK(prior < before / 2);
    CHECK(q == Approx(1000));
    before = prior;
  }
  CHECK(before < 10);
}

TEST_CASE("naive: no draws, or an x that is no batch, are refused") {
  const LinearGaussian model(sizes, Stream());
  CHECK_THROWS_AS(naive_log_evidence(model, copies_of_datum(3, 1), 0, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(naive_log_evidence(model, zeros({3}), 5, Stream()), std::invalid_argument);
}
