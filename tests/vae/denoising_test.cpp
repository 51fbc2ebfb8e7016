// What posteriors see where pixels are missing, and that the whole image is scored.
#include "vae/denoising.h"

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/vae/small_vae.h"
#include "vae/elbo.h"
#include "vae/models.h"

using namespace vae;

namespace {

// Whose features are x itself.
std::unique_ptr<Model> hierarchy(std::size_t pixels) {
  Architecture a = small_vae(LikelihoodKind::gaussian);
  a.pixels = pixels;
  return model_named("autoregressive").make(a, Stream());
}

}  // namespace

TEST_CASE(
    "denoising: so many pixels are missing for the posteriors, others for each datum, and all are scored") {
  Evaluation scope;
  const std::size_t D = 400;
  const std::unique_ptr<Model> model = hierarchy(D);
  const Corrupted corrupted(*model, Real(0.3), Stream().at_epoch(1));
  const Var x = constant(full({2, D}, 1));
  const Array seen = corrupted.features(x, {})[0].value();
  std::size_t missing = 0, alike = 0;
  for (std::size_t d = 0; d < D; ++d) {
    missing += seen(0, d) == 0, alike += seen(0, d) == seen(1, d);
    CHECK((seen(0, d) == 0 || seen(0, d) == 1));
  }
  CHECK(std::abs(double(missing) - 120) < 45);  // 4.9 deviations of 9.2
  CHECK(alike < D);

  // The noise of a datum is its own, wherever it stands in a batch.
  const Corrupted of_second(*model, Real(0.3), Stream().at_epoch(1).for_data({1}));
  CHECK(values_of(of_second.features(constant(full({1, D}, 1)), {})[0].value()) ==
        std::vector<Real>(seen.data() + D, seen.data() + 2 * D));

  // At the same z, log p(x|z) is that of the whole image, and log q that of what is left.
  const Latents z = {constant(zeros({2, 2}))};
  CHECK(largest_difference(log_joint(corrupted, x, z), log_joint(*model, x, z)) == 0);
  CHECK(largest_difference(log_posterior(corrupted, x, z), log_posterior(*model, constant(seen), z)) == 0);
}

TEST_CASE("denoising: with nothing missing it is the model, and rates that are none are refused") {
  Evaluation scope;
  const std::unique_ptr<Model> model = hierarchy(6);
  const Var x = constant(uniform(Stream(), {3, 6}));
  const Corrupted none(*model, 0, Stream());
  CHECK(largest_difference(elbo(none, x, 2, KLForm::analytic, Stream()).elbo,
                           elbo(*model, x, 2, KLForm::analytic, Stream()).elbo) == 0);
  for (const Real rate : {Real(-0.1), Real(1)}) {
    CHECK(says(message_of<std::domain_error>([&] { Corrupted(*model, rate, Stream()); }), {"[Corrupted]"}));
  }
}
