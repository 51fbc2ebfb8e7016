// The lesson on independent components: the cocktail party.
#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/plane.h"
#include "tools/text.h"
#include "vae/exact/ica.h"

namespace tools {

namespace {

using namespace vae;

// s of N data and D sources, each of variance 1.   [N,D]
Array uniform_sources(const Stream& stream, const Shape& shape) {
  return (std::sqrt(12.0) * (constant(autograd::uniform(stream, shape)) - 0.5)).value();
}

Array drawn_sources(const std::string& kind, std::size_t N, std::size_t D, std::uint32_t which) {
  Evaluation scope;
  const Stream stream = Stream().at_epoch(which);
  const Shape shape = {N, D};
  if (kind == "normal") return normal(stream, shape);
  if (kind == "uniform") return uniform_sources(stream, shape);
  const Density p = kind == "Laplace" ? laplace_sources(shape) : logistic_sources(shape);
  return (constant(p->sample(stream)) / sqrt(p->variance())).value();
}

Array times(const Array& A, const Array& s) {
  Evaluation scope;
  return matmul(constant(s), constant(A), false, true).value();
}

double mean_of_log_px(const ICA& model, const Array& x) {
  Evaluation scope;
  return mean(model.log_px(constant(x))).item();
}

// Whitened data in the scale of p(s).
Array whitened(const Array& x, Sources p) {
  Evaluation scope;
  const Var deviation = sqrt(p({1, x.shape(1)})->variance());  // [1,D], all alike
  return (constant(whitening(PrincipalComponents(x))) * transpose(deviation)).value();
}

// From there on; the rate falls, because the slope of |s| jumps.
ICA unmixed(const Array& x, Sources p) {
  ICA model(whitened(x, p), p);
  for (int i = 0; i < 300; ++i) model.natural_gradient_step(x, 0.5 * std::pow(0.02, i / 300.0));
  return model;
}

struct Party {
  const char *sources, *model;
  Sources p;
};

// The distances of whitening and of what ascent finds, over some mixtures.
struct Unmixed {
  double least_before = 1, before = 0, least = 1, mean = 0, most = 0;
};

Unmixed unmix(const Party& party) {
  const std::size_t N = 2000, D = 4, mixtures = 5;
  Unmixed u;
  for (std::uint32_t which = 0; which < mixtures; ++which) {
    const Array A = normal(Stream().at_epoch(90 + which), {D, D}),
                s = drawn_sources(party.sources, N, D, 80 + which), x = times(A, s);
    const ICA white(whitened(x, party.p), party.p), found = unmixed(x, party.p);
    const double before = amari_distance(white.W.value(), A), after = amari_distance(found.W.value(), A);
    u.least_before = std::min(u.least_before, before), u.before += before / mixtures;
    u.least = std::min(u.least, after), u.mean += after / mixtures, u.most = std::max(u.most, after);
  }
  return u;
}

// R W with R a rotation in the plane of the first two sources, under which WᵀW stays.
Array turned(const Array& W, double angle) {
  Evaluation scope;
  Array R = zeros(W.shape());
  for (std::size_t i = 0; i < W.shape(0); ++i) R(i, i) = i < 2 ? std::cos(angle) : 1;
  R(0, 1) = std::sin(angle), R(1, 0) = -R(0, 1);
  return matmul(constant(R), constant(W)).value();
}

void cocktail_party(Page& page) {
  std::vector<std::vector<std::string>> rows;
  std::vector<Unmixed> all;
  for (const Party& party : std::vector<Party>{{"Laplace", "Laplace", laplace_sources},
                                               {"Laplace", "logistic", logistic_sources},
                                               {"normal", "Laplace", laplace_sources},
                                               {"uniform", "Laplace", laplace_sources}}) {
    const Unmixed u = unmix(party);
    all.push_back(u);
    rows.push_back({party.sources, party.model, text("%.3f", u.before), text("%.3f", u.mean),
                    text("%.3f", u.least), text("%.3f", u.most)});
  }
  page.say(
      "Four voices, 2,000 data, five mixtures A. From whitened data, which principal components give, 300 "
      "steps up log p(x); how far W A is from a permutation with scales, by the distance of Amari:");
  page.table({"voices", "p(s)", "whitened", "unmixed", "best", "worst"}, rows);
  page.check(all[0].most < 0.04 && all[0].least_before > 0.15,
             "by second moments voices stay mixed; by log p(x) they are unmixed, whatever A was");
  page.check(all[1].most < 0.1 && all[1].mean < 0.06, "also where p(s) is not theirs, but as heavy-tailed");
  page.check(all[2].least > 0.15, "normal voices are not");
  page.check(all[3].least > 0.15,
             "nor are those with lighter tails than the normal, where p(s) says that they are heavier");

  // Of normal sources every rotation of W has the same p(x).
  const Array x = times(normal(Stream().at_epoch(90), {4, 4}), drawn_sources("normal", 2000, 4, 80));
  const Array W = whitened(x, normal_sources);
  double spread = 0;
  for (const double angle : {0.3, 0.8, 1.5})
    spread = std::max(spread, std::abs(mean_of_log_px(ICA(turned(W, angle), normal_sources), x) -
                                       mean_of_log_px(ICA(W, normal_sources), x)));
  page.number("log p(x) with normal p(s), turned by three angles, differs by", spread);
  page.check(spread < 1e-10, "under a normal p(s) all rotations of W are one model");

  const std::size_t side = 120;
  std::vector<PlainImage> pictures;
  const Array A = array({2, 2}, {0.9, 0.5, 0.3, -0.8}), smaller = array({2, 2}, {0.7, 0, 0, 0.7});
  for (const char* kind : {"Laplace", "uniform", "normal"}) {
    const Array s = drawn_sources(kind, 10000, 2, 79), x = times(A, s);
    for (const Array& W :
         {Array(smaller), whitening(PrincipalComponents(x)), unmixed(x, laplace_sources).W.value()}) {
      const bool of_sources = pictures.size() % 4 == 0;
      pictures.push_back(picture_of_points(times(W, of_sources ? s : x), side));
      if (of_sources) pictures.push_back(picture_of_points(x, side));
    }
  }
  page.picture("Laplace, uniform and normal sources s, x = A s, whitened, and W x by the Laplace",
               sheet_of(pictures, 4, side));
}

}  // namespace

std::vector<Lesson> lessons_on_components() {
  return {
      {"cocktail-party", "M12",
       "Mixed voices are unmixed by log p(x), for sources that are not normal; second moments do not "
       "suffice.",
       "Bell & Sejnowski 1995; MacKay 1996; Amari, Cichocki & Yang 1996; Comon 1994",
       "  log p(x) = Σ_i log p((W x)_i) + log |det W|", cocktail_party, "vae/exact/ica.cpp"},
  };
}

}  // namespace tools
