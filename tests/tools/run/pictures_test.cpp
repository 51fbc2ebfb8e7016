// Sheets: what stands on them is the decoder's mean at the documented noise.
#include "tools/run/pictures.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/errors.h"
#include "vae/descent.h"

using namespace autograd;
using namespace tools;

TEST_CASE("pictures: a reconstruction is the mean of p(x|z) at the z of the evaluation's noise",
          "[pictures]") {
  const SmallData data;
  const Experiment e(data.config());
  e.model->visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(2); });  // z matters
  const ImageIndices images = {0, 1, 2};
  // Rows of 8: the grey images, what the model sees, and what it makes of them.
  const auto expected = [&](const Stream& noise) {
    Evaluation scope;
    const Array grey = e.data.test.gather(images), x = e.batch(Split::test, images);
    const auto levels = vae::infer(*e.model, constant(x), 1, noise);
    const Array mean = e.model->decode(levels.back().below)->mean().value();
    Array all = zeros({24, 12});
    std::size_t row = 0;
    for (const Array* const part : {&grey, &x, &mean})
      std::copy_n(part->data(), part->size(), all.data() + 8 * 12 * row++);
    return sheet(all, e.data.test.height, e.data.test.width, 8).pixels;
  };
  const std::vector<std::uint8_t> found = reconstruction_sheet(e, 3).pixels;
  CHECK((found == expected(e.evaluation_noise(Split::test, images))));
  CHECK_FALSE((found == expected(Stream())));
}

TEST_CASE("pictures: an image is shown once where the model sees it as it is, also with pixels missing",
          "[pictures]") {
  const SmallData data;
  Array x = uniform(Stream().at_epoch(5), {60, 12});
  const std::size_t whole =
      reconstruction_sheet(Experiment(data.config({{"likelihood", "gaussian"}})), 3).height;
  for (std::size_t i = 0; i < x.size(); i += 5) x.data()[i] = std::nanf("");
  write_npy(data.file(), x);
  CHECK(reconstruction_sheet(Experiment(data.config({{"likelihood", "gaussian"}})), 3).height == whole);
}

TEST_CASE("pictures: the images of a row share the levels that are fixed", "[pictures]") {
  const SmallData data;
  Config config = data.config();
  config.model = "autoregressive", config.latent = {2, 2, 2}, config.levels = 3;
  const Experiment e(config);
  e.model->visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(3); });
  SampleOptions o;
  o.count = 24;
  const GreyImage free = sample_sheet(e, o);
  // A cell with the lines before it, 4 pixels as after the last cell.
  const auto image = [](const GreyImage& sheet, std::size_t row, std::size_t column) {
    const std::size_t height = (sheet.height - 4) / 3, width = (sheet.width - 4) / 8;
    std::vector<std::uint8_t> pixels;
    for (std::size_t i = 0; i < height; ++i) {
      const auto from =
          sheet.pixels.begin() + std::ptrdiff_t((row * height + i) * sheet.width + column * width);
      pixels.insert(pixels.end(), from, from + std::ptrdiff_t(width));
    }
    return pixels;
  };
  for (std::uint64_t fixed = 0; fixed <= 3; ++fixed) {
    o.levels_fixed = fixed;
    const GreyImage found = sample_sheet(e, o);
    for (std::size_t row = 0; row < 3; ++row) {
      CHECK((image(found, row, 0) == image(free, row, 0)));
      CHECK((image(found, row, 7) == image(free, row, 7)) == (fixed == 0));
      CHECK((image(found, row, 7) == image(found, row, 0)) == (fixed == 3));
    }
    CHECK_FALSE((image(found, 0, 0) == image(found, 1, 0)));
  }
  o.levels_fixed = 4;
  CHECK_THROWS_AS(sample_sheet(e, o), Failure);

  // Also at a temperature the first of each row are the draws without levels that are fixed.
  o.temperature = 0.5, o.levels_fixed = 0;
  const GreyImage nearer = sample_sheet(e, o);
  o.levels_fixed = 2;
  CHECK((image(sample_sheet(e, o), 1, 0) == image(nearer, 1, 0)));
  CHECK_FALSE((image(nearer, 1, 0) == image(free, 1, 0)));

  // At temperature 0 all draws are one.
  o.levels_fixed = 0, o.temperature = 0;
  const GreyImage one = sample_sheet(e, o);
  CHECK((image(one, 0, 0) == image(one, 2, 5)));
}

TEST_CASE("pictures: a latent moves in its row, by deviations of its prior, and the level below follows",
          "[pictures]") {
  const SmallData data;
  const Experiment e(data.config({{"model", "autoregressive"}, {"latent", "3,2"}}));
  e.model->visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(3); });
  TraverseOptions o;
  o.image = 4;
  const GreyImage found = traverse_sheet(e, o);

  // Its last row by hand: the latent that tells least, at 9 places.
  Evaluation scope;
  const Array x = e.batch(Split::test, {4});
  const Array z = vae::infer(*e.model, constant(x), 1, e.evaluation_noise(Split::test, {4}))[0].z.value();
  std::vector<GreyImage> candidates;
  for (std::size_t latent = 0; latent < 3; ++latent) {
    Array all = empty({9, 3});
    for (std::size_t i = 0; i < 9; ++i) {
      for (std::size_t j = 0; j < 3; ++j) all(i, j) = z(0, j);
      all(i, latent) = Real(6 * double(i) / 8 - 3);
    }
    const Var below = vae::prior(*e.model, {constant(all)}, 9)->mean();
    candidates.push_back(sheet(vae::decode(*e.model, {constant(all), below})->mean().value(),
                               e.data.test.height, e.data.test.width, 9));
  }
  REQUIRE(found.width == candidates[0].width);
  std::size_t rows = 0;
  for (const GreyImage& row : candidates)
    for (std::size_t at = 0; at + row.height <= found.height; ++at)
      rows += std::equal(row.pixels.begin(), row.pixels.end(),
                         found.pixels.begin() + std::ptrdiff_t(at * found.width));
  CHECK(rows == 3);

  o.level = 1;  // of two latents: a map
  CHECK(traverse_sheet(e, o).width > found.width);
  o.level = 2;
  CHECK(outcome([&] { traverse_sheet(e, o); }).code == exit_usage);
  o.level = 0, o.image = 10;
  CHECK(outcome([&] { traverse_sheet(e, o); }).code == exit_usage);
}

TEST_CASE("pictures: between two images lie the images of the z between theirs", "[pictures]") {
  const SmallData data;
  const Experiment e(data.config());
  e.model->visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(3); });
  Evaluation scope;
  const Array x = e.batch(Split::test, {0, 1, 2, 3});
  const Array z =
      vae::infer(*e.model, constant(x), 1, e.evaluation_noise(Split::test, {0, 1, 2, 3}))[0].z.value();
  Array all = empty({20, 12});
  for (std::size_t row = 0; row < 2; ++row) {
    std::copy_n(x.data() + 2 * row * 12, 12, all.data() + 10 * row * 12);
    std::copy_n(x.data() + (2 * row + 1) * 12, 12, all.data() + (10 * row + 9) * 12);
    for (std::size_t i = 0; i < 8; ++i) {
      Array at = empty({1, 3});
      const Real w = Real(i) / 7;
      for (std::size_t j = 0; j < 3; ++j) at(0, j) = (1 - w) * z(2 * row, j) + w * z(2 * row + 1, j);
      const Array drawn = vae::decode(*e.model, {constant(at)})->mean().value();
      std::copy_n(drawn.data(), 12, all.data() + (10 * row + 1 + i) * 12);
    }
  }
  CHECK((interpolation_sheet(e, 2).pixels == sheet(all, e.data.test.height, e.data.test.width, 10).pixels));
  CHECK(outcome([&] { interpolation_sheet(e, 6); }).code == exit_usage);
}

TEST_CASE("pictures: where pixels see those before them, they are drawn first, and shown by their means",
          "[pictures]") {
  const SmallData data;
  write_npy(data.file(), uniform(Stream().at_epoch(5), {60, 16}));
  const Experiment e(data.config({{"decoder", "pixelcnn"}}));
  std::uint32_t number = 0;  // pixels see others by weights that begin at 0
  e.model->visit_generator([&](const std::string&, Parameter& p) {
    p.update() += Real(0.3) * normal(Stream().at_epoch(number++), p.shape());
  });
  SampleOptions o;
  o.count = 16, o.seed = 7;
  Stream stream;
  stream.seed = 7;
  Evaluation scope;
  const nn::Density p = vae::decode(*e.model, vae::generate(*e.model, 16, stream.at(Purpose::prior)));
  const auto& chain = dynamic_cast<const nn::Autoregressive&>(*p);
  const Array drawn = chain.sample(stream.at(Purpose::output));
  const auto shown = [&](const Array& before) {
    return sheet(chain.conditionals(constant(before))->mean().value(), 4, 4, 8).pixels;
  };
  CHECK((sample_sheet(e, o).pixels == shown(drawn)));
  CHECK_FALSE((sample_sheet(e, o).pixels == shown(zeros({16, 16}))));
  o.draw = true;
  CHECK((sample_sheet(e, o).pixels == sheet(drawn, 4, 4, 8).pixels));
}
