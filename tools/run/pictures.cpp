// Sheets of what the decoder makes of z.
#include "tools/run/pictures.h"

#include <algorithm>

#include "autograd/ops.h"
#include "nn/distributions/autoregressive.h"
#include "tools/errors.h"
#include "tools/text.h"
#include "vae/descent.h"
#include "vae/prior.h"

namespace tools {

using namespace autograd;

namespace {

// 8 in a row, fewer if the row would be too wide to view: an image [N,D] may be one line of D pixels.
std::size_t columns_for(const Images& images) { return std::clamp<std::size_t>(20000 / images.width, 1, 8); }

// What is drawn of p(x|z): the mean of each pixel. Where that has no closed form, because pixels depend on
// those before them, x ~ p(x|z) is drawn first, and it is the mean of each pixel given those before it.
Array mean_image(const nn::Density& p, const Stream& stream) {
  if (const auto* chain = dynamic_cast<const nn::Autoregressive*>(&*p))
    return chain->conditionals(constant(chain->sample(stream)))->mean().value();
  return p->mean().value();
}

}  // namespace

GreyImage sample_sheet(const Experiment& e, const SampleOptions& o) {
  if (o.levels_fixed > e.model->levels())
    throw Failure(exit_usage, "--levels-fixed " + std::to_string(o.levels_fixed) + ": the model has " +
                                  counted(e.model->levels(), "level"));
  if (o.temperature != 1 && vae::prior_named(e.config.prior).has_network)
    throw Failure(exit_usage,
                  "--temperature: p(z0) of --prior " + e.config.prior + " has no mean in closed form");
  Evaluation scope;
  Stream stream;
  stream.seed = o.seed;
  const Stream noise = stream.at(Purpose::prior);
  const Real temperature = Real(o.temperature);
  const std::size_t columns = columns_for(e.data.test);

  // z ~ p(z); the images of a row take the first levels from the first of them.
  vae::Latents above;
  if (o.levels_fixed > 0) {
    std::vector<std::size_t> first(o.count);
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = i / columns * columns;
    const vae::Latents all = vae::generate(*e.model, o.count, noise, {}, temperature);
    for (std::size_t t = 0; t < o.levels_fixed; ++t) above.push_back(take(all[t], first));
  }
  const nn::Density p = vae::decode(*e.model, vae::generate(*e.model, o.count, noise, above, temperature));
  const Array x = o.draw ? p->sample(stream.at(Purpose::output)) : mean_image(p, stream.at(Purpose::output));
  return sheet(x, e.data.test.height, e.data.test.width, columns);
}

GreyImage reconstruction_sheet(const Experiment& e, std::size_t count) {
  Evaluation scope;
  // Reconstruct: z ~ q(z|x), then the mean of p(x|z).
  const ImageIndices images = index_range(0, std::min(count, e.data.test.count));
  const Array grey = e.data.test.gather(images), x = e.batch(Split::test, images);
  const auto levels = vae::infer(*e.model, constant(x), 1, e.evaluation_noise(Split::test, images));
  const Array mean =
      mean_image(e.model->decode(levels.back().below), for_images(e.stream().at(Purpose::output), images));
  std::vector<const Array*> rows = {&x, &mean};
  if (!std::equal(x.data(), x.data() + x.size(), grey.data())) rows.insert(rows.begin(), &grey);

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
