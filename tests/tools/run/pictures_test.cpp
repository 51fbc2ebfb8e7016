// Sheets: what stands on them is the decoder's mean at the documented noise.
#include "tools/run/pictures.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
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
