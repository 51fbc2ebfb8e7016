// Annealed importance sampling on linear-Gaussian models: unbiased for p(x) upwards and for 1/p(x) downwards,
// so that the two enclose log p(x). Statistical checks reject right samples with probability 1e-6 each.
#include "vae/evidence/annealed.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/copies_of_datum.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

namespace {

const std::vector<LinearGaussianSizes> annealed_sizes = {
    {4, {2}, Covariance::diagonal, Covariance::full}, {3, {1, 2}, Covariance::isotropic, Covariance::full}};

double mean_log_px(const LinearGaussian& model, const Array& x) {
  Evaluation scope;
  return mean(model.log_px(constant(x))).item();
}

}  // namespace

TEST_CASE("annealed: the schedule rises from 0 to 1, and is steepest in the middle") {
  const std::vector<double> beta = annealing_schedule(10);
  REQUIRE(beta.size() == 11);
  CHECK(beta.front() == 0);
  CHECK(beta.back() == 1);
  CHECK(beta[5] == Approx(0.5));
  for (std::size_t t = 1; t <= 10; ++t) CHECK(beta[t] > beta[t - 1]);
  CHECK(beta[6] - beta[5] > 5 * (beta[1] - beta[0]));
}

// Few temperatures, so that the weights scatter and a wrong transition would show.
TEST_CASE("annealed: the mean of w is p(x), and from the posterior back the mean of w' is 1 / p(x)") {
  for (const LinearGaussianSizes& sizes : annealed_sizes) {
    LinearGaussian model(sizes, Stream());
    const Array x = copies_of_datum(sizes.pixels, 700);
    const double truth = mean_log_px(model, x);
    const Annealing how = {20, 1, 3};
    std::vector<double> up, down;
    for (const double l : annealed_lower(model, x, how, Stream())) up.push_back(std::exp(l - truth));
    const Array z = posterior_draw(model, x, Stream().at(Purpose::posterior));
    for (const double u : annealed_upper(model, x, z, how, Stream())) down.push_back(std::exp(truth - u));
    INFO(average(up).mean << " +- " << average(up).error << ", " << average(down).mean << " +- "
                          << average(down).error);
    CHECK(average(up).agrees_with(1));
    CHECK(average(up).error < 0.2);
    CHECK(average(down).agrees_with(1));
    CHECK(average(down).error < 0.2);
  }
}

TEST_CASE("annealed: log p(x) lies between the two, and closer with more temperatures and chains") {
  LinearGaussian model(annealed_sizes[1], Stream());
  const Array x = copies_of_datum(3, 50);
  const double truth = mean_log_px(model, x);
  const Array z = posterior_draw(model, x, Stream().at(Purpose::posterior));
  double before = INFINITY;
  for (const Annealing& how : {Annealing{5, 1, 4}, Annealing{20, 1, 4}, Annealing{80, 4, 4}}) {
    const Average lower = average(annealed_lower(model, x, how, Stream())),
                  upper = average(annealed_upper(model, x, z, how, Stream()));
    INFO(lower.mean << " +- " << lower.error << " < " << truth << " < " << upper.mean << " +- "
                    << upper.error);
    CHECK(lower.mean < truth + 4.9 * lower.error);
    CHECK(upper.mean > truth - 4.9 * upper.error);
    CHECK(upper.mean - lower.mean < before / 2);
    before = upper.mean - lower.mean;
  }
  CHECK(before < 0.3);
}

TEST_CASE("annealed: of data drawn from the model, the latents they came from are a draw of the posterior") {
  LinearGaussian model(annealed_sizes[0], Stream());
  const Simulated drawn = simulate(model, 200, Stream());
  const double truth = mean_log_px(model, drawn.x);
  const Annealing how = {60, 2, 4};
  const Average lower = average(annealed_lower(model, drawn.x, how, Stream())),
                upper = average(annealed_upper(model, drawn.x, drawn.z, how, Stream()));
  CHECK(lower.mean < truth);  // the data are the same, so their scatter is in both
  CHECK(upper.mean > truth);
  CHECK(upper.mean - lower.mean < 0.3);
}

TEST_CASE("annealed: no temperatures, no chains, and latents of other data are refused") {
  LinearGaussian model(annealed_sizes[0], Stream());
  CHECK_THROWS_AS(annealed_lower(model, copies_of_datum(4, 2), {0, 1}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(annealed_lower(model, copies_of_datum(4, 2), {3, 0}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(annealed_upper(model, copies_of_datum(4, 2), zeros({3, 2}), {3, 1}, Stream()),
                  std::invalid_argument);
}
