// Missing pixels of a run: the same in every epoch and for every run's held-out images, scored as missing,
// and filled in.
#include "tools/run/fill.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/errors.h"
#include "tools/run/evaluate.h"
#include "tools/run/statistics.h"
#include "tools/run/train.h"
#include "vae/evidence/importance.h"
#include "vae/missing.h"

using namespace autograd;
using namespace tools;

namespace {

std::vector<bool> missing_of(const Array& x) {
  std::vector<bool> missing;
  for (const Real v : x) missing.push_back(std::isnan(v));
  return missing;
}

}  // namespace

TEST_CASE("missing: the same pixels in every epoch, and of held-out images for every seed", "[fill]") {
  const SmallData data;
  const Experiment e(data.config({{"missing", "0.3"}, {"seed", "3"}})),
      other(data.config({{"missing", "0.3"}, {"seed", "4"}})), whole(data.config({{"seed", "3"}}));
  const ImageIndices images = index_range(0, 8);
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const Array x = e.batch(split, images, 1);
    CHECK(missing_of(x) == missing_of(e.batch(split, images, 2)));
    CHECK((missing_of(x) == missing_of(other.batch(split, images, 1))) == (split != Split::train));
    CHECK(same(e.before_missing(split, images, 1), whole.batch(split, images, 1)));
    const Array before = e.before_missing(split, images, 1);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK((std::isnan(x.data()[i]) || x.data()[i] == before.data()[i]));
  }
  CHECK(missing_of(e.batch(Split::test, images)) != missing_of(e.batch(Split::validation, images)));
  const std::vector<bool> all = missing_of(e.batch(Split::test, images));
  CHECK(missing_of(e.batch(Split::test, {5})) == std::vector<bool>(all.begin() + 60, all.begin() + 72));
  CHECK_FALSE(whole.of_whole_images);
}

TEST_CASE("missing: bounds are of what is observed, in the units of each image", "[fill]") {
  const SmallData data;
  const Experiment e(
      data.config({{"missing", "0.4"}, {"likelihood", "gaussian"}, {"black", "-1"}, {"white", "2"}}));
  const ImageIndices images = index_range(0, 10);
  const Array x = e.batch(Split::test, images);
  const std::vector<double> scales = e.log_scales(x);
  std::size_t observed = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    std::size_t of_image = 0;
    for (std::size_t d = 0; d < 12; ++d) of_image += !std::isnan(x(i, d));
    CHECK(scales[i] == Approx(double(of_image) * std::log(3)));
    observed += of_image;
  }

  EvaluationOptions how;
  how.evidence.importance_samples = 40;
  const Report r = evaluate(e, Split::test, how);
  CHECK(r.by_image.share_missing == Approx(1 - double(observed) / 120));
  CHECK(as_text(r).find("% of the pixels are missing") != std::string::npos);
  const Stream noise =
      for_images(e.stream().at(Purpose::importance), images).at_epoch(std::uint32_t(Split::test));
  const vae::Evidence expected = vae::log_evidence(*e.model, x, 40, noise);
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(r.by_image.log_px[i] == Approx(expected.log_px[i] - scales[i]).epsilon(1e-5));
  CHECK(mean(r.by_image.log_px) == Approx(r.evidence.log_px).epsilon(1e-6));
  CHECK(mean(r.by_image.elbo) == Approx(r.mean.elbo).epsilon(1e-6));
  CHECK(r.evidence.bits_per_dimension == Approx(-10 * r.evidence.log_px / (double(observed) * std::log(2))));

  // Of --data with another share, or none.
  const Experiment none(e.config, load_data(e.config), 0.0);
  CHECK(evaluate(none, Split::test, {}).by_image.share_missing == 0);
}

TEST_CASE("missing: an optimal sigma is the root mean square error of the observed pixels", "[fill]") {
  const SmallData data;
  Experiment e(data.config({{"missing", "0.5"}, {"likelihood", "gaussian"}, {"sigma", "optimal"}}));
  const ImageIndices images = index_range(0, 20);
  const auto log_std = [&] {
    for (const auto& [name, parameter] : e.model->parameters())
      if (name == "decoder.log_std") return double(parameter->value()(0));
    throw std::logic_error("no log_std");
  };
  double squares = 0, count = 0;  // of the mean of p(x|z) at the z of the step
  {
    Evaluation scope;
    const Stream noise = for_images(e.stream().at(Purpose::posterior).at_epoch(1), images);
    const Array x = e.batch(Split::train, images, 1);
    const std::vector<vae::Level> levels = vae::infer(*e.model, constant(x), 1, noise);
    const Array mean = e.model->decode(levels.back().below)->mean().value();
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!std::isnan(x.data()[i])) squares += std::pow(double(x.data()[i] - mean.data()[i]), 2), ++count;
  }
  Progress progress;
  train_step(e, images, progress);
  CHECK(log_std() == Approx(0.5 * std::log(squares / count)).margin(1e-4));

  // Of a step in which nothing is observed, it stays.
  std::vector<float> pixels(60 * 12, 0.5f);
  for (std::size_t i = 0; i < 720; ++i) pixels[i] = i < 12 ? std::nanf("") : float(i % 7) / 7;
  write_npy(data.file(), array({60, 12}, {pixels.begin(), pixels.end()}));
  Experiment of_file(data.config({{"likelihood", "gaussian"}, {"sigma", "optimal"}}));
  const std::vector<float> before = weights_of(of_file);
  Progress start;
  train_step(of_file, {0}, start);
  CHECK(weights_of(of_file).back() == before.back());
}

TEST_CASE("missing: what is filled in is that of fill_in, and its errors are those at hidden pixels",
          "[fill]") {
  const SmallData data;
  const Experiment e(data.config({{"missing", "0.4"}, {"likelihood", "gaussian"}}));
  const FilledImages f = fill_images(e, Split::test, 7, 30, 2);
  const ImageIndices images = index_range(0, 7);
  const Stream noise =
      for_images(e.stream().at(Purpose::importance), images).at_epoch(std::uint32_t(Split::test));
  const vae::FilledIn expected = vae::fill_in(*e.model, f.x, 30, 2, noise);
  CHECK(same(f.mean, expected.mean));
  CHECK(same(f.draws, expected.draws));

  double squares = 0, hidden = 0;
  for (std::size_t i = 0; i < f.x.size(); ++i)
    if (std::isnan(f.x.data()[i]))
      squares += std::pow(double(f.mean.data()[i] - f.before->data()[i]), 2), ++hidden;
  CHECK(f.error_of_mean == Approx(std::sqrt(squares / hidden)).epsilon(1e-6));
  CHECK(f.share_missing == Approx(hidden / double(f.x.size())));
  const Array means = vae::pixel_means(e.batch(Split::train, index_range(0, 42)));
  CHECK(f.error_of_pixel_means == vae::error_at_missing(f.x, *f.before, means));
  CHECK(f.effective_samples > 1);
  CHECK(f.effective_samples < 30);

  // In passes of a few images each, the same for each image.
  const std::size_t K = e.rows_of_pass() / 3;
  const FilledImages in_passes = fill_images(e, Split::test, 7, K, 2);
  const vae::FilledIn last =
      vae::fill_in(*e.model, e.batch(Split::test, {6}), K, 2,
                   for_images(e.stream().at(Purpose::importance), {6}).at_epoch(std::uint32_t(Split::test)));
  for (std::size_t d = 0; d < 12; ++d) {
    CHECK(in_passes.mean(6, d) == Approx(last.mean(0, d)).margin(1e-5));
    CHECK(in_passes.draws(7 + 6, d) == Approx(last.draws(1, d)).margin(1e-5));
  }

  // Errors are in the units of the data, as what is written.
  const Experiment scaled(
      data.config({{"missing", "0.4"}, {"likelihood", "gaussian"}, {"black", "-1"}, {"white", "2"}}));
  const FilledImages g = fill_images(scaled, Split::test, 7, 30, 1);
  const double by_hand =
      vae::error_at_missing(g.x, scaled.in_units_of_data(*g.before), scaled.in_units_of_data(g.mean));
  CHECK(g.error_of_mean == Approx(by_hand).epsilon(1e-5));
  const Array its_means = vae::pixel_means(scaled.batch(Split::train, index_range(0, 42)));
  CHECK(g.error_of_pixel_means == Approx(3 * vae::error_at_missing(g.x, *g.before, its_means)));
  CHECK(scaled.in_units_of_data(*g.before)(3, 4) == Approx(3 * (*g.before)(3, 4) - 1));

  // Without training images, as with those of --data, the means are of what is observed of these.
  Dataset alone = load_data(e.config);
  alone.train = alone.validation = alone.train.slice(0, 0);
  const FilledImages h = fill_images(Experiment(e.config, std::move(alone), 0.4), Split::test, 7, 30, 1);
  CHECK(h.error_of_pixel_means == vae::error_at_missing(f.x, *f.before, vae::pixel_means(f.x)));

  // In each row before, observed, mean, and two draws.
  Array all = empty({7 * 5, 12});
  for (std::size_t i = 0; i < 7; ++i)
    for (std::size_t d = 0; d < 12; ++d) {
      all(5 * i, d) = (*f.before)(i, d), all(5 * i + 1, d) = f.x(i, d), all(5 * i + 2, d) = f.mean(i, d);
      all(5 * i + 3, d) = f.draws(i, d), all(5 * i + 4, d) = f.draws(7 + i, d);
    }
  CHECK((filled_sheet(e, f).pixels == sheet(all, e.data.test.height, e.data.test.width, 5).pixels));
  CHECK(outcome([&] { fill_images(e, Split::test, 2, e.rows_of_pass() + 1, 1); }).code == exit_usage);
  const Experiment whole(e.config, load_data(e.config), 0.0);
  CHECK(outcome([&] { fill_images(whole, Split::test, 2, 5, 1); }).code == exit_usage);
}
