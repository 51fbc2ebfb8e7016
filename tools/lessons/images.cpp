// The lessons on images: distances between them (Doersch 2016, figure 3), and the autoencoder.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/example_images.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/bounds/weighting.h"
#include "vae/elbo.h"
#include "vae/evidence/importance.h"
#include "vae/posterior.h"
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

constexpr std::size_t trained_on = 1000;

// The first ones, in black and white, and `from` where they come.
std::vector<PlainImage> black_and_white(std::size_t count, std::string& from) {
  std::vector<PlainImage> images;
  for (const PlainImage& x : example_images(count, from)) images.push_back(binary(x));
  return images;
}

// 600 steps on the first 1,000 images, in turns.
void train(VAE& model, const std::vector<PlainImage>& images, Real beta = 1) {
  model.start_at(rows_of({images.begin(), images.begin() + trained_on}));
  nn::Adam adam(model.parameters(), Real(3e-3));
  for (std::uint32_t i = 0; i < 600; ++i) {
    Step step;
    const auto first = images.begin() + std::ptrdiff_t(50 * (i % 20));
    const Var x = constant(rows_of({first, first + 50}));
    const Bound bound = elbo(model, x, 1, KLForm::analytic, Stream().at_epoch(i));
    adam.step(backward(-mean(weighted(bound, {beta, 0}))));
  }
}

// Without a distribution over z: what it lacks.
void autoencoder(Page& page) {
  std::string from;
  const std::vector<PlainImage> images = black_and_white(1200, from),
                                test(images.begin() + trained_on, images.end());
  Architecture a;
  a.hidden = {64}, a.latent = {8};
  VAE with_q(a, Stream());
  a.posterior = &posterior_named("point");
  VAE without(a, Stream());
  train(with_q, images), train(without, images, 0);

  std::vector<std::vector<std::string>> rows;
  std::vector<double> log_px, reconstruction, codes;
  std::vector<PlainImage> drawn;
  for (const VAE* model : {&with_q, &without}) {
    Evaluation scope;
    const Var x = constant(rows_of(test));
    const std::vector<Level> levels = infer(*model, x, 1, Stream());
    const Bound bound = bound_along(*model, x, levels, 1, KLForm::analytic);
    const auto at_mean = [&](const std::vector<PlainImage>& of) {  // log p(x|z) at the mean of q
      const Var x = constant(rows_of(of));
      const Density q = posterior(*model, {}, x, 1);
      return double(mean(log_likelihood(*model, x, {q->mean()})).item());
    };
    log_px.push_back(double(mean(bound.elbo).item()));
    reconstruction.push_back(at_mean({images.begin(), images.begin() + 200}));
    codes.push_back(double(mean(square(levels[0].z)).item()));
    const Array samples = decode(*model, generate(*model, 8, Stream()))->mean().value();
    for (std::size_t i = 0; i < 8; ++i)
      drawn.emplace_back(samples.data() + 784 * i, samples.data() + 784 * (i + 1));
    rows.push_back({model == &with_q ? "VAE" : "autoencoder", text("%.1f", reconstruction.back()),
                    text("%.1f", at_mean(test)), text("%.1f", codes.back()),
                    text("%.1f", double(mean(bound.kl).item())), text("%.1f", log_px.back())});
  }
  page.say("The same networks on 1,000 images of " + from +
           ", with q(z|x) and without, z = μ(x) and β = 0; then 200 of them, and 200 others:");
  page.table({"", "log p(x|μ(x))", "of the others", "mean of z²", "KL", "bound on log p(x)"}, rows);
  page.say(
      "Under N(0, I) the mean of z² is 1. A point tells z to the last digit, here to a thousandth: its KL is "
      "what "
      "that costs, and nothing keeps the codes where p(z) draws from.");
  page.picture("decoded z ~ N(0, I): of the VAE, and under them of the autoencoder", sheet_of(drawn, 8));
  page.check(reconstruction[1] > reconstruction[0], "the autoencoder reconstructs what it has seen better");
  page.check(codes[1] > 3 * codes[0], "its codes lie far outside of p(z)");
  page.check(log_px[1] < log_px[0] - 20, "as a model of images it is far worse");
}

void euclid(Page& page) {
  std::string from;
  const std::vector<PlainImage> images = black_and_white(1040, from);
  Architecture a;
  a.hidden = {64}, a.latent = {8};
  VAE model(a, Stream());
  train(model, images);

  // Change the other 40 in two ways.
  std::vector<PlainImage> test(images.begin() + trained_on, images.end()), moved, holed;
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
      {"autoencoder", "M5", "An autoencoder has codes, but no distribution of them to draw from.",
       "Kingma & Welling 2013, section 2.3; Vincent et al. 2008",
       "  max log p(x|z = μ(x))   against   log p(x) ≥ E_q log p(x|z) − KL", autoencoder,
       "vae/posterior.h, vae/denoising.h"},
      {"euclid", "E15",
       "Distance in pixels is not likeness: a picture moved by a pixel is farther than a damaged one.",
       "Doersch 2016, section 2 and figure 3", "  ‖x − x'‖²   against   log p(x) − log p(x')", euclid,
       "tools/lessons/images.cpp, vae/vae.h"},
  };
}

}  // namespace tools
