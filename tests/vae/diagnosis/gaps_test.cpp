// The gaps against what is known of them: what a mean field misses, and where an encoder was trained.
#include "vae/diagnosis/gaps.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace vae;

namespace {

Array drawn_by(const LinearGaussian& model, std::size_t N, std::uint32_t which) {
  Evaluation scope;
  const Stream stream = Stream().at_epoch(which);
  return decode(model, generate(model, N, stream.at(Purpose::prior)))->sample(stream.at(Purpose::output));
}

}  // namespace

TEST_CASE(
    "gaps: of a mean field, the approximation gap is half of sum log P_ii - log det P, for any encoder") {
  Evaluation scope;
  LinearGaussian model({4, {3}, Covariance::diagonal, Covariance::diagonal}, Stream());
  const Array x = drawn_by(model, 6, 1);
  const Gaps found = gaps(model, x);
  // P, the inverse of Cov(z|x) = C_zz − C_zx C_xx⁻¹ C_xz.
  const Var C = model.joint().covariance;
  const auto block = [&](std::ptrdiff_t row, std::ptrdiff_t rows_end, std::ptrdiff_t column,
                         std::ptrdiff_t columns_end) {
    return slice(slice(C, 0, row, rows_end), 1, column, columns_end);
  };
  const Var zx = block(0, 3, 3, 7);
  const Var P = inverse(block(0, 3, 0, 3) - matmul(matmul(zx, inverse(block(3, 7, 3, 7))), zx, false, true));
  const double missed = 0.5 * (sum(log(diagonal(P))) - logdet(P)).item();
  CHECK(missed > 0.05);
  CHECK(found.approximation == Approx(missed).epsilon(1e-10));
  CHECK(found.amortization > 0.1);
  CHECK(found.bound() == Approx(mean(model.expected_bound(constant(x)).elbo).item()).epsilon(1e-12));

  model.set_posterior_exact();
  CHECK(gaps(model, x).amortization == Approx(0).margin(1e-12));
  CHECK(gaps(model, x).approximation == Approx(missed).epsilon(1e-10));
}

TEST_CASE("gaps: with a full covariance nothing is due to the family") {
  const LinearGaussian model({4, {2, 1}, Covariance::diagonal, Covariance::full}, Stream());
  const Gaps found = gaps(model, drawn_by(model, 6, 1));
  CHECK(found.approximation == Approx(0).margin(1e-12));
  CHECK(found.amortization > 0.1);
}

TEST_CASE("gaps: an encoder trained on few data has its amortization gap on held-out data") {
  LinearGaussian model({6, {1}, Covariance::isotropic, Covariance::full}, Stream());
  const Array training = drawn_by(model, 4, 1), held_out = drawn_by(model, 200, 2);
  nn::NamedParameters phi;
  model.visit_posterior([&](const std::string& name, Parameter& w) { phi.emplace_back(name, &w); });
  nn::Adam adam(phi, 0.02);
  for (int s = 0; s < 1500; ++s) {
    Step step;
    adam.step(backward(-mean(model.expected_bound(constant(training)).elbo)));
  }
  const Gaps on_training = gaps(model, training), on_held_out = gaps(model, held_out);
  CHECK(on_training.amortization < 1e-3);
  CHECK(on_held_out.amortization > 0.05);
  const GeneralizationGaps lost = generalization(on_training, on_held_out);
  CHECK(lost.amortization > 0.05);
  CHECK(lost.approximation == Approx(0).margin(1e-12));
  CHECK(lost.bound() == Approx(on_training.bound() - on_held_out.bound()));
}

TEST_CASE("gaps: bounds of other data are refused") {
  CHECK_THROWS_AS(gaps(zeros({3}), zeros({3}), zeros({2})), std::invalid_argument);
  CHECK_THROWS_AS(gaps(zeros({0}), zeros({0}), zeros({0})), std::invalid_argument);
  LinearGaussian field({3, {1, 1}, Covariance::isotropic, Covariance::diagonal}, Stream());
  CHECK_THROWS_AS(gaps(field, zeros({2, 3})), std::logic_error);
}
