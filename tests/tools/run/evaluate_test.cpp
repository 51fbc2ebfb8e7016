// Evaluation: the bound and log p(x) are those of the model at the documented noise, image by image.
#include "tools/run/evaluate.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/errors.h"
#include "tools/run/evidence_report.h"
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

EvaluationOptions with_draws(std::size_t limit, std::size_t samples) {
  EvaluationOptions o;
  o.limit = limit, o.evidence.importance_samples = samples;
  return o;
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
  CHECK(std::isnan(r.evidence.log_px));
}

TEST_CASE("evaluate: a limit takes the first images, and log p(x) does not change the bound", "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  const Report one = evaluate(e, Split::test, with_draws(1, 20));
  CHECK(one.mean.elbo == Approx(bound_of(e, Split::test, 0)));
  const Stream noise = for_images(e.stream().at(Purpose::importance).at_epoch(2), {0});
  const vae::Evidence evidence = vae::log_evidence(*e.model, e.batch(Split::test, {0}), 20, noise);
  CHECK(one.evidence.log_px == Approx(evidence.log_px[0]));
  CHECK(std::isnan(one.evidence.log_px_mc_se));  // of 20 draws it cannot be told
  CHECK(one.evidence.effective_samples == Approx(evidence.effective_samples[0]));
  const double D = double(e.batch(Split::test, {0}).size());
  CHECK(one.evidence.bits_per_dimension == Approx(-one.evidence.log_px / D / std::log(2.0)));
  CHECK(evaluate(e, Split::test, with_draws(0, 20)).mean.elbo ==
        Approx(evaluate(e, Split::test).mean.elbo).epsilon(1e-6));
  CHECK(evaluate(e, Split::test, with_draws(100, 0)).mean.images == 10);
}

TEST_CASE("evaluate: an unknown error is null in JSON, and unknown in text", "[evaluate]") {
  Report r;
  r.mean.images = 1, r.elbo_se = NAN, r.evidence.log_px_se = NAN, r.evidence.log_px_mc_se = 0.5;
  CHECK(nlohmann::json::parse(as_json(r))["elbo_se"].is_null());
  CHECK(nlohmann::json::parse(as_json(r))["log_px_mc_se"] == 0.5);
  CHECK(as_text(r).find("± unknown over images") != std::string::npos);
}

TEST_CASE("evaluate: the text says that both numbers are noisy where they contradict each other",
          "[evaluate]") {
  Report r;
  r.split = "test", r.data = "shapes", r.checkpoint = "last", r.mean.images = 1,
  r.evidence.how.importance_samples = 10;
  r.mean.elbo = -90, r.evidence.log_px = -91;
  CHECK(as_text(r).find("1 test image of shapes; last\n") == 0);
  CHECK(as_text(r).find("over 10 importance draws each") != std::string::npos);
  CHECK(as_text(r).find("log p(x) is below the bound") != std::string::npos);
  r.evidence.log_px = -89;
  CHECK(as_text(r).find("log p(x) is below the bound") == std::string::npos);
}

TEST_CASE(
    "evaluate: an interval encloses the importance estimate of simulated images, and is refused of others",
    "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  EvaluationOptions o = with_draws(0, 3000);
  o.simulate = 20;
  const Report importance = evaluate(e, Split::test, o);
  o.evidence.method = EvidenceMethod::interval, o.evidence.annealing = {50, 4, 5};
  const EvidenceReport interval = evaluate(e, Split::test, o).evidence;
  CHECK(importance.mean.images == 20);
  CHECK(interval.log_px < importance.evidence.log_px + 0.05);
  CHECK(interval.upper > importance.evidence.log_px - 0.05);
  CHECK(interval.upper - interval.log_px < 0.5);
  o.evidence.method = EvidenceMethod::ais;
  CHECK(evaluate(e, Split::test, o).evidence.log_px == interval.log_px);
  o.simulate = 0, o.evidence.method = EvidenceMethod::interval;
  CHECK(outcome([&] { evaluate(e, Split::test, o); }).message.find("--simulate N") != std::string::npos);
}

TEST_CASE("evaluate: the error over draws is from the halves where that of an image is unknown",
          "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  const Report r = evaluate(e, Split::test, with_draws(0, 20));  // too few draws for k̂
  double squares = 0;
  for (std::uint32_t i = 0; i < 10; ++i) {
    const Stream noise = for_images(e.stream().at(Purpose::importance).at_epoch(2), {i});
    const double d =
        vae::log_evidence(*e.model, e.batch(Split::test, {i}), 20, noise).difference_of_halves[0];
    squares += d * d;
  }
  CHECK(r.mean.images == 10);
  CHECK(r.evidence.log_px_mc_se == Approx(std::sqrt(squares / 2 / 10 / 10)));
  CHECK(r.evidence.gain > 0);
  CHECK(std::isnan(r.evidence.high_k));
}

TEST_CASE("evaluate: the error over draws is that of a mean where that of every image is known",
          "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  for (const auto& [name, p] : e.model->parameters()) p->update() *= Real(0.1);  // q and p(z|x) are near p(z)
  EvidenceOptions options;
  options.importance_samples = 2000;
  EvidenceTotals totals(options, 2000);
  const ImageIndices images = {0, 1, 2, 3};
  const Array x = e.batch(Split::validation, images);
  const Stream noise = e.evaluation_noise(Split::validation, images);
  totals.add(*e.model, x, {}, noise);
  double squares = 0;
  for (const double error : vae::log_evidence(*e.model, x, 2000, noise).standard_error)
    squares += error * error;
  REQUIRE(squares > 0);  // not NaN
  CHECK(totals.report({0, 0, 0, 0}).log_px_mc_se == Approx(std::sqrt(squares) / 4));
}

TEST_CASE("evaluate: the text warns where few weights dominate", "[evaluate]") {
  Report r;
  r.evidence.high_k = 0.101;
  CHECK(as_text(r).find("k^ is above 0.7 for 11 % of the images") != std::string::npos);
  r.evidence.high_k = 0;
  CHECK(as_text(r).find("warning: k^") == std::string::npos);
}

TEST_CASE("evaluate: gaps add up to log p(x) less the bound, and active units are those of the images",
          "[evaluate]") {
  const SmallData data;
  for (const std::string model : {"vae", "autoregressive"}) {
    const Experiment e(
        data.config({{"model", model}, {"latent", model == "vae" ? "3" : "2,1"}, {"learning-rate", "0.01"}}));
    EvaluationOptions o = with_draws(4, 200);
    o.diagnosis = {true, true};
    const Report r = evaluate(e, Split::test, o);
    INFO(model);
    // The bound that the gaps start from has 500 samples of z, and the one that is reported has one.
    const double bound = r.evidence.log_px - r.diagnosis.approximation - r.diagnosis.amortization;
    CHECK(std::abs(bound - r.mean.elbo) < 1);
    CHECK(r.diagnosis.amortization > -0.1);
    CHECK(r.diagnosis.latents.size() == (model == "vae" ? 1 : 2));
    CHECK(r.diagnosis.active.size() == r.diagnosis.latents.size());
    const auto json = nlohmann::json::parse(as_json(r));
    for (const char* key : {"active_units", "latents", "approximation_gap", "amortization_gap_se"})
      CHECK(json.count(key) == 1);
    CHECK(as_text(r).find("active units: ") != std::string::npos);
    CHECK(as_text(r).find("approximation gap ") != std::string::npos);
  }
}

TEST_CASE("evaluate: gaps without log p(x), and the active units of one image, are refused", "[evaluate]") {
  const SmallData data;
  const Experiment e(data.config());
  EvaluationOptions o = with_draws(4, 0);
  o.diagnosis.gaps = true;
  CHECK_THROWS_AS(evaluate(e, Split::test, o), Failure);
  o = with_draws(1, 5);
  o.diagnosis.active_units = true;
  CHECK_THROWS_AS(evaluate(e, Split::test, o), Failure);
}
