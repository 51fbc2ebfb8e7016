// The factors of shapes beside codes: those that were drawn, and the posterior's.
#include "tools/run/factor_report.h"

#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/data/shapes.h"
#include "tools/errors.h"
#include "vae/descent.h"

using namespace autograd;
using namespace tools;

namespace {

Config on_shapes(const char* latent) {
  return resolved(config_of({{"data", "shapes"},
                             {"limit-train", "50"},
                             {"model", "autoregressive"},
                             {"hidden", "6"},
                             {"latent", latent},
                             {"threads", "1"}}));
}

}  // namespace

TEST_CASE("factor_report: the kinds are the labels, and each number is in its part of the images",
          "[factors]") {
  const Images images = draw_shapes(100, Stream());
  const ShapeFactors found = factors_of(images, 4);
  CHECK(found.names == std::vector<std::string>{"kind", "x", "y", "radius", "angle"});
  const auto number = [&](std::size_t k, std::size_t i) {
    const Factors& f = images.factors[i];
    return k == 1 ? f.x : k == 2 ? f.y : k == 3 ? f.radius : f.angle;
  };
  for (std::size_t i = 0; i < 100; ++i) CHECK(found.values[0][i] == images.labels[i]);
  for (std::size_t k = 1; k < 5; ++k)
    for (std::size_t i = 0; i < 100; ++i) {
      std::size_t below = 0;
      for (std::size_t other = 0; other < 100; ++other) below += number(k, other) < number(k, i);
      CHECK(found.values[k][i] == below / 25);
    }
  Images unknown = images;
  unknown.factors.clear();
  CHECK(outcome([&] { factors_of(unknown, 4); }).message.find("built-in shapes") != std::string::npos);
}

TEST_CASE("factor_report: it is the gap of the posterior of z0 of these images", "[factors]") {
  const Experiment e(on_shapes("3,2"));
  const FactorReport r = factor_report(e, Split::test, 200, 5);
  Evaluation scope;
  const Array x = e.batch(Split::test, index_range(0, 200));
  const nn::Density q = vae::posterior(*e.model, {}, constant(x), 1);
  const vae::MutualInformationGap expected = vae::mutual_information_gap(
      q->mean().value(), sqrt(q->variance()).value(), factors_of(e.data.test.slice(0, 200), 5).values,
      e.stream().at(Purpose::evaluation).at_epoch(9));
  CHECK(r.images == 200);
  for (std::size_t k = 0; k < 5; ++k)
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(r.latents.information[k][j] == Approx(expected.information[k][j]).epsilon(1e-5));
  CHECK(r.latents.mean == Approx(expected.mean).epsilon(1e-5));
}

TEST_CASE("factor_report: below a class, the latents are those of the next level", "[factors]") {
  const Experiment e(resolved(config_of({{"data", "shapes"},
                                         {"limit-train", "50"},
                                         {"model", "classes"},
                                         {"classes", "3"},
                                         {"hidden", "6"},
                                         {"latent", "4"},
                                         {"threads", "1"}})));
  const FactorReport r = factor_report(e, Split::test, 50, 5);
  CHECK(r.level == 1);
  CHECK(r.latents.information[0].size() == 4);
}

TEST_CASE("factor_report: the text has the two latents that tell most, and JSON has all", "[factors]") {
  FactorReport r;
  r.images = 10, r.names = {"kind", "x"};
  r.latents = {{{0.25, 0.125, 0.5}, {0, 1, 0}}, {1, 2}, {0.25, 0.5}, 0.375};
  CHECK(as_text(r).find("kind        1.000  z2 0.500        z0 0.250          0.250\n") != std::string::npos);
  CHECK(as_text(r).find("mutual information gap 0.375") != std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(as_json(r));
  CHECK(json["mig"] == 0.375);
  CHECK(json["factors"]["x"]["information"][1] == 1);
  CHECK(json["factors"]["kind"]["gap"] == 0.25);
}

TEST_CASE("factor_report: one latent, and no more images than parts, are refused", "[factors]") {
  const Experiment e(on_shapes("1,2"));
  CHECK(outcome([&] { factor_report(e, Split::test, 20, 5); }).message.find("the model has one") !=
        std::string::npos);
  CHECK(outcome([&] { factor_report(e, Split::test, 5, 5); }).message.find("5 images in 5 parts") !=
        std::string::npos);
  CHECK(outcome([&] { factor_report(e, Split::test, 20, 1); }).code == exit_usage);
}
