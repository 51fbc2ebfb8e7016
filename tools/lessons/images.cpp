// The lesson on distances between images (Doersch 2016, figure 3).
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/example_images.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/elbo.h"
#include "vae/evidence/importance.h"
#include "vae/vae.h"

namespace tools {

namespace {

using namespace vae;

PlainImage binary(PlainImage x) {
  for (float& v : x) v = v >= 0.5f;
  return x;
}

PlainImage moved_right(const PlainImage& x) {
  PlainImage moved(784);
  for (std::size_t i = 0; i < 784; ++i) moved[i] = i % 28 ? x[i - 1] : 0;
  return moved;
}

// Without a square of 4 × 4 pixels at the middle of what is white.
PlainImage with_a_hole(PlainImage x) {
  double row = 0, column = 0, white = 0;
  for (std::size_t i = 0; i < 784; ++i)
    row += x[i] * double(i / 28), column += x[i] * double(i % 28), white += x[i];
  for (std::size_t i = 0; i < 784; ++i)
    if (std::abs(double(i / 28) - row / white) < 2 && std::abs(double(i % 28) - column / white) < 2) x[i] = 0;
  return x;
}

double squared_distance(const PlainImage& a, const PlainImage& b) {
  double sum = 0;
  for (std::size_t i = 0; i < 784; ++i) sum += double(a[i] - b[i]) * double(a[i] - b[i]);
  return sum;
}

Array rows_of(const std::vector<PlainImage>& images) {
  Array x = empty({images.size(), 784});
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t d = 0; d < 784; ++d) x(i, d) = images[i][d];
  return x;
}

void euclid(Page& page) {
  std::string from;
  std::vector<PlainImage> images;
  for (const PlainImage& x : example_images(1040, from)) images.push_back(binary(x));
  const Array train = rows_of({images.begin(), images.begin() + 1000});

  // Train a small VAE on 1,000 of them.
  Architecture a;
  a.hidden = {64}, a.latent = {8};
  VAE model(a, Stream());
  model.start_at(train);
  nn::Adam adam(model.parameters(), Real(3e-3));
  for (std::uint32_t i = 0; i < 600; ++i) {
    Step step;
    const Array batch = [&] {
      std::vector<PlainImage> some(images.begin() + std::ptrdiff_t(50 * (i % 20)),
                                   images.begin() + std::ptrdiff_t(50 * (i % 20) + 50));
      return rows_of(some);
    }();
    adam.step(backward(-mean(elbo(model, constant(batch), 1, KLForm::analytic, Stream().at_epoch(i)).elbo)));
  }

  // Change the other 40 in two ways.
  std::vector<PlainImage> test(images.begin() + 1000, images.end()), moved, holed;
  double far = 0, near = 0;
  for (const PlainImage& x : test) {
    moved.push_back(moved_right(x)), holed.push_back(with_a_hole(x));
    far += squared_distance(x, moved.back()) / 40, near += squared_distance(x, holed.back()) / 40;
  }
  const auto log_px = [&](const std::vector<PlainImage>& of) {
    double sum = 0;
    for (const double l : log_evidence(model, rows_of(of), 200, Stream()).log_px)
      sum += l / double(of.size());
    return sum;
  };
  const double at = log_px(test), at_moved = log_px(moved), at_holed = log_px(holed);
  page.say("40 images of " + from +
           ", in black and white, and a VAE trained on 1,000 others for a few seconds:");
  page.table(
      {"image", "‖x − x'‖²", "log p(x)", "nats lost for a unit of distance"},
      {{"as it is", "0", text("%.1f", at), ""},
       {"moved by one pixel", text("%.1f", far), text("%.1f", at_moved), text("%.2f", (at - at_moved) / far)},
       {"with a hole of 4 × 4", text("%.1f", near), text("%.1f", at_holed),
        text("%.2f", (at - at_holed) / near)}});
  std::vector<PlainImage> shown(test.begin(), test.begin() + 8);
  shown.insert(shown.end(), moved.begin(), moved.begin() + 8);
  shown.insert(shown.end(), holed.begin(), holed.begin() + 8);
  page.picture("as they are, moved by one pixel, and with a hole", sheet_of(shown, 8));
  page.check(far > near, "to Euclid, a picture moved by a pixel is farther away than one that is damaged");
  page.check((at - at_moved) / far < (at - at_holed) / near,
             "to a trained model each unit of that distance costs less than one of damage");
}

}  // namespace

std::vector<Lesson> lessons_on_images() {
  return {
      {"euclid", "E15",
       "Distance in pixels is not likeness: a picture moved by a pixel is farther than a damaged one.",
       "Doersch 2016, section 2 and figure 3", "  ‖x − x'‖²   against   log p(x) − log p(x')", euclid,
       "tools/lessons/images.cpp, vae/vae.h"},
  };
}

}  // namespace tools
