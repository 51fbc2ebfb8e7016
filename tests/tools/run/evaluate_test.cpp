// Evaluation: the bound and log p(x) are those of the model at the documented noise, image by image.
#include "tools/run/evaluate.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "vae/evidence/importance.h"

using namespace autograd;
using namespace tools;

namespace {

double bound_of(const Experiment& e, Split split, std::size_t image) {
  Evaluation scope;
  return double(vae::elbo(*e.model, constant(e.batch(split, {image})), 1, vae::KLForm::analytic,
                          e.evaluation_noise(split, {image}))
                    .elbo.item());
}

}  // namespace

TEST_CASE("evaluate: the mean and its standard error are those of the single images", "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const double bound = bound_of(e, Split::validation, i);
    sum += bound, squares += bound * bound;
  }
  const Report r = evaluate(e, Split::validation);
  CHECK(r.mean.images == 8);
  CHECK(r.mean.elbo == Approx(sum / 8).epsilon(1e-6));
  CHECK(r.mean.elbo == Approx(r.mean.reconstruction - r.mean.kl).epsilon(1e-6));
  CHECK(r.elbo_se == Approx(std::sqrt((squares / 8 - sum * sum / 64) / 7)).epsilon(1e-3));
  CHECK(std::isnan(r.log_px));
}

TEST_CASE("evaluate: a limit takes the first images, and log p(x) does not change the bound", "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  const Report one = evaluate(e, Split::test, {1, 20, "", true});
  CHECK(one.mean.elbo == Approx(bound_of(e, Split::test, 0)));
  const Stream noise = for_images(e.stream().at(Purpose::importance).at_epoch(2), {0});
  const vae::Evidence evidence = vae::log_evidence(*e.model, e.batch(Split::test, {0}), 20, noise);
  CHECK(one.log_px == Approx(evidence.log_px[0]));
  CHECK(one.log_px_mc_se == Approx(evidence.standard_error[0]));
  CHECK(evaluate(e, Split::test, {0, 20, "", true}).mean.elbo ==
        Approx(evaluate(e, Split::test).mean.elbo).epsilon(1e-6));
  CHECK(evaluate(e, Split::test, {100, 0, "", true}).mean.images == 10);
}

TEST_CASE("evaluate: an unknown error is null in JSON, and unknown in text", "[evaluate]") {
  Report r;
  r.mean.images = 1, r.elbo_se = NAN, r.log_px_se = NAN, r.log_px_mc_se = 0.5;
  CHECK(nlohmann::json::parse(as_json(r))["elbo_se"].is_null());
  CHECK(nlohmann::json::parse(as_json(r))["log_px_mc_se"] == 0.5);
  CHECK(as_text(r).find("± unknown over images") != std::string::npos);
}

TEST_CASE("evaluate: the text says that both numbers are noisy where they contradict each other",
          "[evaluate]") {
  Report r;
  r.split = "test", r.data = "shapes", r.checkpoint = "last", r.mean.images = 1, r.importance_samples = 10;
  r.mean.elbo = -90, r.log_px = -91;
  CHECK(as_text(r).find("1 test image of shapes; last\n") == 0);
  CHECK(as_text(r).find("over 10 importance draws each") != std::string::npos);
  CHECK(as_text(r).find("log p(x) is not below its bound") != std::string::npos);
  r.log_px = -89;
  CHECK(as_text(r).find("log p(x) is not below its bound") == std::string::npos);
}
