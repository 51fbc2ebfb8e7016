// Codes and scores of images: by their definitions, and as `elbo eval` has them.
#include "tools/run/codes.h"

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/errors.h"
#include "tools/run/evaluate.h"
#include "tools/run/statistics.h"
#include "vae/elbo.h"

using namespace autograd;
using namespace tools;

namespace {

// The numbers of a .npy file of floats.
std::vector<float> numbers_of(const std::filesystem::path& file) {
  const std::string bytes = content(file);
  const std::size_t begin =
      10 + std::size_t(std::uint8_t(bytes[8])) + 256 * std::size_t(std::uint8_t(bytes[9]));
  std::vector<float> numbers((bytes.size() - begin) / 4);
  std::copy_n(bytes.data() + begin, 4 * numbers.size(), reinterpret_cast<char*>(numbers.data()));
  return numbers;
}

bool holds(const std::vector<float>& found, const Array& expected) {
  return found.size() == expected.size() && std::equal(found.begin(), found.end(), expected.data());
}

}  // namespace

TEST_CASE("codes: mean, deviation and draw of q at each level, and the scores of eval", "[codes]") {
  const SmallData data;
  const Experiment e(data.config({{"model", "autoregressive"}, {"latent", "3,2"}}));
  const std::string out = (data / "codes").string();
  write_codes(e, Split::test, 7, out, {40, true, true});

  const ImageIndices images = index_range(0, 7);
  Evaluation scope;
  const Var x = constant(e.batch(Split::test, images));
  const auto levels = vae::infer(*e.model, x, 1, e.evaluation_noise(Split::test, images));
  for (std::size_t t = 0; t < 2; ++t) {
    const std::string number = "_" + std::to_string(t) + ".npy";
    CHECK(holds(numbers_of(out + "/mu" + number), (*levels[t].q)->mean().value()));
    CHECK(holds(numbers_of(out + "/sigma" + number), sqrt((*levels[t].q)->variance()).value()));
    CHECK(holds(numbers_of(out + "/z" + number), levels[t].z.value()));
  }
  CHECK(holds(numbers_of(out + "/x_mean.npy"), e.model->decode(levels.back().below)->mean().value()));
  EvaluationOptions how;
  how.limit = 7, how.evidence.importance_samples = 40, how.export_to = (data / "eval").string();
  evaluate(e, Split::test, how);
  CHECK(numbers_of(out + "/elbo.npy") == numbers_of(data / "eval/elbo.npy"));
  CHECK(numbers_of(out + "/log_px.npy") == numbers_of(data / "eval/log_px.npy"));
  CHECK_FALSE(std::filesystem::exists(out + "/labels.npy"));  // this file has none

  const Scores scores = score(e, Split::test, 7, 40, true);
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(float(scores.elbo[i]) == numbers_of(out + "/elbo.npy")[i]);
    CHECK(float(scores.log_px[i]) == numbers_of(out + "/log_px.npy")[i]);
  }
  CHECK(score(e, Split::validation, 3, 0, true).log_px.empty());
}

TEST_CASE("codes: the scores of images are in the units of the data, and their means are those of eval",
          "[codes]") {
  const SmallData data;
  const Experiment e(data.config({{"likelihood", "gaussian"}, {"black", "-1"}, {"white", "2"}}));
  REQUIRE(e.log_scales(e.batch(Split::test, {0}))[0] > 1);
  EvaluationOptions how;
  how.evidence.importance_samples = 30;
  const Report report = evaluate(e, Split::test, how);
  REQUIRE(report.by_image.elbo.size() == 10);
  REQUIRE(report.by_image.log_px.size() == 10);
  CHECK(mean(report.by_image.elbo) == Approx(report.mean.elbo).epsilon(1e-6));
  CHECK(mean(report.by_image.log_px) == Approx(report.evidence.log_px).epsilon(1e-6));
}

TEST_CASE("codes: labels are written where they are known, one for each image", "[codes]") {
  const SmallData data;
  Dataset with_labels;
  with_labels.name = "labelled";
  with_labels.test.count = 3, with_labels.test.height = 3, with_labels.test.width = 4;
  with_labels.test.bytes.assign(36, 100);
  with_labels.test.labels = {2, 0, 1};
  const Experiment e(data.config(), with_labels);
  write_codes(e, Split::test, 2, (data / "codes").string(), {});
  CHECK(numbers_of(data / "codes/labels.npy") == std::vector<float>{2, 0});
}

TEST_CASE("codes: a p-value is the share of images that are as unlikely, with the image itself", "[codes]") {
  const std::vector<double> among = {-5, -4, -3, -2};
  CHECK(p_value(-6, among) == 0.2);
  CHECK(p_value(-4, among) == 0.6);
  CHECK(p_value(-1, among) == 1);
  CHECK(p_value(-1, {}) == 1);
}

TEST_CASE("codes: a directory that cannot be is refused before the work", "[codes]") {
  const SmallData data;
  const Experiment e(data.config());
  put(data / "file", "x");
  CHECK(outcome([&] { write_codes(e, Split::test, 2, (data / "file").string(), {}); }).code ==
        exit_cannot_create);
}
