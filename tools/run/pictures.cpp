// Sheets of what the decoder makes of z.
#include "tools/run/pictures.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "tools/config/choices.h"
#include "tools/errors.h"
#include "tools/text.h"
#include "vae/descent.h"
#include "vae/diagnosis/active_units.h"
#include "vae/networks.h"
#include "vae/prior.h"

namespace tools {

using namespace autograd;

namespace {

// 8 in a row, fewer if the row would be too wide to view: an image [N,D] may be one line of D pixels.
std::size_t columns_for(const Images& images) { return std::clamp<std::size_t>(20000 / images.width, 1, 8); }

// One-hot classes, each for a row of so many images, again and again.   [count,K]
Array class_of_row(std::size_t count, std::size_t columns, std::size_t K) {
  Array classes = zeros({count, K});
  for (std::size_t i = 0; i < count; ++i) classes(i, i / columns % K) = 1;
  return classes;
}

// What conditions each image of a sheet, the same in each row: a class, or what a test image does.
struct ConditionOfRows {
  std::optional<Array> c;  // [count,C]
  ImageIndices image;      // that test image, of each image; empty under a class

  ConditionOfRows(const Experiment& e, std::size_t count, std::size_t columns) {
    switch (condition_named(e.config.condition)) {
      case ConditionKind::nothing:
        return;
      case ConditionKind::label:
        c = class_of_row(count, columns, e.config.classes);
        return;
      case ConditionKind::upper_half:
        for (std::size_t i = 0; i < count; ++i) image.push_back(i / columns % e.data.test.count);
        c = e.condition(Split::test, image);
    }
  }
};

// What is drawn of p(x|z): the mean of each pixel. Where that has no closed form, because pixels depend on
// those before them, x ~ p(x|z) is drawn first, and it is the mean of each pixel given those before it.
Array mean_image(const nn::Density& p, const Stream& stream) {
  if (const auto* chain = dynamic_cast<const nn::Autoregressive*>(&*p))
    return chain->conditionals(constant(chain->sample(stream)))->mean().value();
  return p->mean().value();
}

// The ends of rows of completions: the test image, and E[x|c] by many draws.  all: [n,height·width]
void add_truth_and_mean(const Experiment& e, const ImageIndices& image, std::size_t columns,
                        const Stream& stream, Real temperature, Array& all) {
  // Pixel by pixel, draws take long.
  const std::size_t draws = decoder_named(e.config.decoder) == vae::DecoderKind::pixelcnn ? 8 : 100;
  const auto put = [&](std::size_t place, const Array& pixels) {
    if (place < image.size()) std::copy_n(pixels.data(), pixels.size(), all.data() + place * pixels.size());
  };
  for (std::size_t first = 0; first < image.size(); first += columns) {
    const ImageIndices one = {image[first]};
    const vae::Given model = e.given(Split::test, one);
    const std::optional<Array> c = e.condition(Split::test, one);
    put(first, e.conditioning.whole(c, e.batch(Split::test, one)));
    const nn::Density p = vae::decode(model, vae::generate(model, draws, stream, {}, temperature));
    const Array x = mean(constant(mean_image(p, stream.at(Purpose::output))), {0}, true).value();
    put(first + columns - 1, e.conditioning.whole(c, x));
  }
}

}  // namespace

GreyImage sample_sheet(const Experiment& e, const SampleOptions& o) {
  if (o.levels_fixed > e.model->levels())
    throw Failure(exit_usage, "--levels-fixed " + std::to_string(o.levels_fixed) + ": the model has " +
                                  counted(e.model->levels(), "level"));
  if (o.temperature != 1 && !vae::prior_named(e.config.prior).closed_form)
    throw Failure(exit_usage, "--temperature: p(z0) of --prior " + e.config.prior +
                                  " is no normal, and has no middle that is likelier");
  Evaluation scope;
  Stream stream;
  stream.seed = o.seed;
  const Stream noise = stream.at(Purpose::prior);
  const Real temperature = Real(o.temperature);
  const std::size_t columns = columns_for(e.data.test);
  const std::optional<Array> classes = e.model->first_values();
  const bool by_class = condition_named(e.config.condition) == ConditionKind::label || classes;
  const std::size_t count = o.count > 0 ? o.count : columns * (by_class ? e.config.classes : 8);

  const ConditionOfRows rows(e, count, columns);
  const vae::Given model(*e.model, rows.c);

  // z ~ p(z); the images of a row take the first levels from the first of them, or are of one class.
  vae::Latents above;
  if (classes && o.levels_fixed == 0)
    above.push_back(constant(class_of_row(count, columns, classes->shape(0))));
  if (o.levels_fixed > 0) {
    std::vector<std::size_t> first(count);
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = i / columns * columns;
    const vae::Latents all = vae::generate(model, count, noise, {}, temperature);
    for (std::size_t t = 0; t < o.levels_fixed; ++t) above.push_back(take(all[t], first));
  }
  const nn::Density p = vae::decode(model, vae::generate(model, count, noise, above, temperature));
  const Array x = o.draw ? p->sample(stream.at(Purpose::output)) : mean_image(p, stream.at(Purpose::output));
  Array all = e.conditioning.whole(rows.c, x);
  if (!rows.image.empty()) add_truth_and_mean(e, rows.image, columns, noise.at_epoch(1), temperature, all);
  return sheet(all, e.data.test.height, e.data.test.width, columns);
}

namespace {

// z ~ q(z|x) of these test images, with the noise of evaluation.
vae::Latents codes_of(const Experiment& e, const ImageIndices& images) {
  const Array x = e.batch(Split::test, images);
  return vae::latents(
      vae::infer(e.given(Split::test, images), constant(x), 1, e.evaluation_noise(Split::test, images)));
}

// The latents of a level whose posterior mean varies most over test images, the first of them first.
std::vector<std::size_t> most_telling(const Experiment& e, std::size_t level, std::size_t count) {
  const ImageIndices images = index_range(0, std::min<std::size_t>(500, e.data.test.count));
  const Array x = e.batch(Split::test, images);
  const std::vector<double> variance =
      vae::variance_of_posterior_means(e.given(Split::test, images), x, e.model->levels() == 1 ? 1 : 2,
                                       e.stream().at(Purpose::evaluation))[level];
  std::vector<std::size_t> order = index_range(0, variance.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return variance[a] > variance[b]; });
  order.resize(std::min(order.size(), count));
  return order;
}

}  // namespace

GreyImage traverse_sheet(const Experiment& e, const TraverseOptions& o) {
  const std::size_t L = e.model->levels();
  if (o.level >= L)
    throw Failure(exit_usage, "--level " + std::to_string(o.level) + ": the model has " +
                                  counted(L, "level") + ", from 0 on");
  if (o.image >= e.data.test.count || e.data.test.count < 2)
    throw Failure(exit_usage, "--image " + std::to_string(o.image) + ": there are " +
                                  counted(e.data.test.count, "image") + ", from 0 on, and two are needed");
  Evaluation scope;
  const ImageIndices one = {std::size_t(o.image)};
  const vae::Given model = e.given(Split::test, one);
  vae::Latents above = codes_of(e, one);
  above.resize(o.level + 1);
  const Array z = above.back().value();
  const std::optional<Array> classes = o.level == 0 ? e.model->first_values() : std::nullopt;
  const bool is_map = z.shape(1) == 2 && !classes;
  const std::vector<std::size_t> latents = classes  ? std::vector<std::size_t>{0}
                                           : is_map ? std::vector<std::size_t>{0, 1}
                                                    : most_telling(e, o.level, o.count);

  // The level's prior at the levels above, or N(0, I) where its moments have no closed form.
  Array mean = zeros({1, z.shape(1)}), deviation = full({1, z.shape(1)}, 1);
  const std::size_t family = e.model->first_values() ? 1 : 0;  // the level that --prior is of
  const bool has_moments = !vae::prior_named(e.config.prior).has_network;
  if (!classes && (o.level != family || has_moments)) {
    const nn::Density p =
        vae::prior(model, vae::Latents(above.begin(), above.begin() + std::ptrdiff_t(o.level)), 1);
    mean = p->mean().value(), deviation = sqrt(p->variance()).value();
  }

  // A copy of z for each image, with one latent moved, or both.
  const std::size_t columns = classes  ? classes->shape(0)
                              : is_map ? 15
                                       : 9,
                    rows = is_map ? 15 : latents.size(), n = rows * columns;
  Array moved = empty({n, z.shape(1)});
  const auto place = [](std::size_t i, std::size_t steps) { return Real(6) * Real(i) / Real(steps - 1) - 3; };
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(z.data(), z.size(), moved.data() + i * z.size());
    const auto move = [&](std::size_t latent, Real by) {
      moved(i, latent) = mean(0, latent) + by * deviation(0, latent);
    };
    if (is_map) move(0, place(i % columns, columns)), move(1, -place(i / columns, rows));
    if (classes) std::copy_n(classes->data() + i * z.size(), z.size(), moved.data() + i * z.size());
    if (!is_map && !classes) move(latents[i / columns], place(i % columns, columns));
  }
  for (Var& z_s : above) z_s = vae::repeat_to(z_s, n);
  above.back() = constant(moved);
  // The levels below at their mean or, where that has no closed form, at one draw for all images.
  const Real temperature = o.level < family && !has_moments ? 1 : 0;
  const Stream one_draw = for_images(e.stream().at(Purpose::prior), ImageIndices(n, o.image));
  const vae::Latents all = vae::generate(model, n, one_draw, above, temperature);
  const Stream alike =
      for_images(e.stream().at(Purpose::output), ImageIndices(n, o.image));  // in all of them
  const Array x = mean_image(vae::decode(model, all), alike);
  const std::optional<Array> c = e.condition(Split::test, ImageIndices(n, o.image));
  return sheet(e.conditioning.whole(c, x), e.data.test.height, e.data.test.width, columns);
}

GreyImage interpolation_sheet(const Experiment& e, std::size_t count) {
  if (2 * count > e.data.test.count)
    throw Failure(exit_usage, "-n " + std::to_string(count) + ": pairs of " +
                                  counted(e.data.test.count, "image") + " are needed");
  Evaluation scope;
  const ImageIndices images = index_range(0, 2 * count);
  constexpr std::size_t steps = 8, columns = steps + 2;

  // (1 − w) v of image 2i + w v of image 2i + 1, for w = 0 … 1: of z, and of what conditions it.
  const auto lines_between = [&](const Array& ends) {
    Array line = empty({count * steps, ends.shape(1)});
    for (std::size_t r = 0; r < count * steps; ++r) {
      const Real w = Real(r % steps) / Real(steps - 1);
      for (std::size_t j = 0; j < ends.shape(1); ++j)
        line(r, j) = (1 - w) * ends(r / steps * 2, j) + w * ends(r / steps * 2 + 1, j);
    }
    return line;
  };
  vae::Latents between;
  for (const Var& z_t : codes_of(e, images)) between.push_back(constant(lines_between(z_t.value())));
  const std::optional<Array> c = e.condition(Split::test, images);
  const std::optional<Array> c_between = c ? std::optional(lines_between(*c)) : std::nullopt;
  const Stream alike =
      for_images(e.stream().at(Purpose::output), ImageIndices(count * steps, 0));  // in all of them
  const Array drawn = e.conditioning.whole(
      c_between, mean_image(vae::decode(vae::Given(*e.model, c_between), between), alike));

  // The two images at the ends of each row.
  const Array x = e.conditioning.whole(c, e.batch(Split::test, images));
  const std::size_t D = x.shape(1);
  Array all = empty({count * columns, D});
  for (std::size_t i = 0; i < all.shape(0); ++i) {
    const std::size_t row = i / columns, column = i % columns;
    const Real* from = column == 0             ? x.data() + 2 * row * D
                       : column == columns - 1 ? x.data() + (2 * row + 1) * D
                                               : drawn.data() + (row * steps + column - 1) * D;
    std::copy_n(from, D, all.data() + i * D);
  }
  return sheet(all, e.data.test.height, e.data.test.width, columns);
}

GreyImage reconstruction_sheet(const Experiment& e, std::size_t count) {
  Evaluation scope;
  // Reconstruct: z ~ q(z|x), then the mean of p(x|z).
  const ImageIndices images = index_range(0, std::min(count, e.data.test.count));
  const auto levels = vae::infer(e.given(Split::test, images), constant(e.batch(Split::test, images)), 1,
                                 e.evaluation_noise(Split::test, images));
  const Array mean_x =
      mean_image(e.model->decode(levels.back().below), for_images(e.stream().at(Purpose::output), images));

  // With what conditions them, they are whole images.
  const std::optional<Array> c = e.condition(Split::test, images);
  const Array grey = e.data.test.gather(images), x = e.conditioning.whole(c, e.batch(Split::test, images)),
              mean = e.conditioning.whole(c, mean_x);
  std::vector<const Array*> rows = {&x, &mean};
  const auto alike = [](Real a, Real b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  if (!std::equal(x.data(), x.data() + x.size(), grey.data(), alike)) rows.insert(rows.begin(), &grey);

  // Put the rows under each other, 8 images at a time; the last ones are filled up with black.
  const std::size_t columns = columns_for(e.data.test), D = x.shape(1),
                    lines = (images.size() + columns - 1) / columns;
  Array all = zeros({rows.size() * lines * columns, D});
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::size_t place = (rows.size() * (i / columns) + row) * columns + i % columns;
      std::copy_n(rows[row]->data() + i * D, D, all.data() + place * D);
    }
  return sheet(all, e.data.test.height, e.data.test.width, columns);
}

}  // namespace tools
