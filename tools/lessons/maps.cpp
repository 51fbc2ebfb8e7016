// Lessons on what a function makes of normals: a known one, and learned ones (Doersch 2016, section 2).
#include <algorithm>
#include <cmath>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/normal.h"
#include "tools/lessons/learned_maps.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/lessons/plane.h"
#include "tools/text.h"

namespace tools {

namespace {

using namespace autograd;

std::vector<double> known_log_density(const PlaneDensity& p, const Array& x) {
  std::vector<double> all;
  for (std::size_t i = 0; i < x.shape(0); ++i) all.push_back(p.log_density(x(i, 0), x(i, 1)));
  return all;
}

// ---- a known function -------------------------------------------------------------------------------------

// x = z/10 + z/‖z‖.  z: [n,2]  ->  [n,2]
Var ring_map(Var z) { return z / 10 + z / norm(z, {1}, true); }

void pushed_forward(Page& page) {
  Evaluation scope;
  const std::size_t n = 100000;
  const Array z = normal(Stream().at_epoch(70), {n, 2}), x = ring_map(constant(z)).value();

  // log p(x) = log N(z; 0, I) − log |det ∂x/∂z|, with the determinant from the tape's Jacobian.
  double worst = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const Array at = slice(constant(z), 0, std::ptrdiff_t(i), std::ptrdiff_t(i + 1)).value();
    const Array J = jacobian([](const std::vector<Var>& v) { return ring_map(v[0]); }, {at})[0];
    const double log_pz = nn::Normal::standard({1, 2}).log_prob(constant(at)).item(),
                 log_det = std::log(std::abs(J(0, 0) * J(1, 1) - J(0, 1) * J(1, 0)));
    worst = std::max(worst, std::abs(log_pz - log_det - ring_log_density(x(i, 0), x(i, 1))));
  }
  page.check(worst < 1e-10, "at 20 points log N(z) − log |det J| is the log p(x) in closed form");

  // The radius is 1 + ρ/10, where ρ has the Rayleigh distribution, and the angle is uniform.
  std::vector<double> radius, squares, cosine, log_p;
  std::vector<double> cells(200, 0);  // equally likely: ten of the radius by twenty of the angle
  const double mean_radius = 1 + std::sqrt(M_PI / 2) / 10, variance = (2 - M_PI / 2) / 100;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = std::hypot(x(i, 0), x(i, 1)), rho = 10 * (r - 1);
    radius.push_back(r), squares.push_back((r - mean_radius) * (r - mean_radius));
    cosine.push_back(x(i, 0) / r), log_p.push_back(ring_log_density(x(i, 0), x(i, 1)));
    const int ring = std::min(9, int(10 * -std::expm1(-rho * rho / 2))),
              sector = std::min(19, int(20 * (std::atan2(x(i, 1), x(i, 0)) / (2 * M_PI) + 0.5)));
    ++cells[std::size_t(20 * ring + sector)];
  }
  // H(x) = H(z) + E log |det J|, the last by the middles of intervals of ρ
  double entropy = std::log(2 * M_PI) + 1;
  for (int k = 0; k < 20000; ++k) {
    const double rho = 10 * (k + 0.5) / 20000;
    entropy += rho * std::exp(-rho * rho / 2) * std::log((1 + rho / 10) / (10 * rho)) * 10 / 20000;
  }
  page.say(text("%zu draws of z ~ N(0, I) in the plane, through the function:", n));
  page.table({"", "of the draws", "exactly"},
             {{"mean radius", as_text(average(radius)), text("%.5f", mean_radius)},
              {"its variance", as_text(average(squares)), text("%.5f", variance)},
              {"mean cosine of the angle", as_text(average(cosine)), "0"},
              {"log p(x), nats", as_text(average(log_p)), text("%.5f", -entropy)}});
  page.check(agrees(average(radius), mean_radius) && agrees(average(squares), variance) &&
                 agrees(average(cosine), 0) && agrees(average(log_p), -entropy),
             "they have the moments, and the entropy, of a ring");
  double chi2 = 0;
  for (const double c : cells) chi2 += (c - double(n) / 200) * (c - double(n) / 200) / (double(n) / 200);
  page.number("χ² of 200 equally likely cells, 199 on average", chi2, "");
  page.check(std::abs(chi2 - 199) < 5 * std::sqrt(2 * 199.0), "and fill it evenly");

  const std::vector<double> density =
      log_density_on_grid([](const Array& at) { return known_log_density(plane_densities()[0], at); }, 600);
  page.number("∫ p(x) dx, on a grid", integral_on_grid(density), "");
  page.check(std::abs(integral_on_grid(density) - 1) < 2e-3, "what is called p(x) is a density");
  const std::size_t side = 200;
  page.picture(
      "z, x, and p(x)",
      sheet_of({picture_of_points(z, side), picture_of_points(x, side),
                picture_of_density(log_density_on_grid(
                    [](const Array& at) { return known_log_density(plane_densities()[0], at); }, side))},
               3, side));
}

// ---- learned functions ------------------------------------------------------------------------------------

// Expectations under a density, by a grid.
struct OnGrid {
  double mass = 0, xx = 0, xy = 0, yy = 0, log_p = 0;  // 1, E x², E xy, E y², E log p
};

OnGrid on_grid(const LogDensity& log_density) {
  const std::size_t side = 200;
  const double step = plane_width / double(side);
  const std::vector<double> all = log_density_on_grid(log_density, side);
  OnGrid e;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double x = step * (double(i % side) + 0.5) - plane_width / 2,
                 y = plane_width / 2 - step * (double(i / side) + 0.5), mass = std::exp(all[i]) * step * step;
    e.mass += mass, e.xx += mass * x * x, e.xy += mass * x * y, e.yy += mass * y * y;
    if (mass > 0) e.log_p += mass * all[i];
  }
  return e;
}

// KL(p ‖ N(0, Σ)) with Σ that of p:  E log p + log 2π + 1 + ½ log |Σ|
double kl_from_best_normal(const OnGrid& p) {
  return p.log_p + nn::log_2pi + 1 + 0.5 * std::log(p.xx * p.yy - p.xy * p.xy);
}

// How many of the points are within three deviations, 0.6, of each centre.
std::vector<double> shares_of_modes(const PlaneDensity& p, const Array& x) {
  std::vector<double> shares(p.centres.size() / 2, 0);
  for (std::size_t i = 0; i < x.shape(0); ++i)
    for (std::size_t k = 0; k < shares.size(); ++k)
      if (std::hypot(x(i, 0) - p.centres[2 * k], x(i, 1) - p.centres[2 * k + 1]) < 0.6)
        shares[k] += 1 / double(x.shape(0));
  return shares;
}

void learned_maps(Page& page) {
  const std::size_t held_out = 500, side = 120, draws = 5000;
  std::vector<PlainImage> pictures;
  std::vector<std::vector<std::string>> divergences, modes;
  bool densities = true, same = true, above = true, learned = true;
  double worst_of_cdfs = 0, worst_share = 0, of_flow = 0;  // of_flow: its draws near any centre
  const double share = (1 - std::exp(-4.5)) / 8;           // of a mode within three deviations
  for (const PlaneDensity& p : plane_densities()) {
    const auto truth = [&](const Array& x) { return known_log_density(p, x); };
    const OnGrid exactly = on_grid(truth);
    const double of_normal = kl_from_best_normal(exactly);
    const Array x = p.draw(held_out, Stream().at_epoch(1u << 20));  // in training, epochs count the steps
    const std::vector<double> log_p = truth(x);
    pictures.push_back(picture_of_density(log_density_on_grid(truth, side)));
    divergences.push_back({p.name, text("%.3f", -exactly.log_p), text("%.3f", of_normal)});

    for (const auto learn : {learn_inverse_cdfs, learn_flow, learn_decoder}) {
      const LearnedMap map = learn(p);
      Evaluation scope;
      const Array drawn = map.draw(draws, Stream().at_epoch(1));
      pictures.push_back(picture_of_points(drawn, side));

      // KL(p ‖ learned) = E_p [ log p(x) − log of what was learned ], over data that it has not seen
      std::vector<double> excess = map.log_density(x);
      for (std::size_t i = 0; i < held_out; ++i) excess[i] = log_p[i] - excess[i];
      const Average kl = average(excess);
      divergences.back().push_back(text("%.3f ± %.3f", kl.mean, kl.error));
      above = above && kl.mean + 5 * kl.error > 0;
      learned = learned && kl.mean < of_normal;
      if (learn == learn_inverse_cdfs) worst_of_cdfs = std::max(worst_of_cdfs, kl.mean);

      if (learn != learn_decoder) {  // whose density is an integral already
        const OnGrid e = on_grid(map.log_density);
        densities = densities && std::abs(e.mass - 1) < 5e-3;
        same = same && agrees(average(map.log_density(drawn)), e.log_p / e.mass);
      }
      if (p.centres.empty()) continue;
      modes.push_back({map.name});
      for (const double s : shares_of_modes(p, drawn)) {
        modes.back().push_back(text("%.3f", s));
        if (learn == learn_inverse_cdfs) worst_share = std::max(worst_share, std::abs(s - share));
        if (learn == learn_flow) of_flow += s;
      }
    }
  }
  page.say(
      "KL(p ‖ learned) in nats, over 500 points that were not trained on, beside that of the best normal:");
  page.table({"p", "entropy", "best normal", "inverse cdfs", "coupling flow", "VAE"}, divergences);
  page.say(text("The share of 5,000 draws within three deviations of each of the eight normals, truly %.3f:",
                share));
  page.table({"", "1", "2", "3", "4", "5", "6", "7", "8"}, modes);
  page.picture("p(x), then draws by inverse cdfs, by the flow, and by the VAE", sheet_of(pictures, 4, side));
  page.check(densities, "the densities of the first two integrate to 1 on a grid");
  page.check(same, "and are those of their draws: E log p by draws and by the grid agree");
  page.check(above, "no density is better than the true one on data that were held out");
  page.check(learned, "all are better than the best normal");
  page.check(worst_of_cdfs < 0.2 && worst_share < 0.03,
             "inverse cdfs may be as steep as it takes: they come within 0.2 nats");
  page.check(of_flow < 8 * share - 0.05,
             "coupling steps scale by at most e each: some draws lie on bridges between the eight");
}

}  // namespace

std::vector<Lesson> lessons_on_maps() {
  return {
      {"pushed-forward", "M11",
       "A function makes of normals whatever is wanted: of two of them z/10 + z/‖z‖ makes a ring.",
       "Doersch 2016, section 2 and figure 2",
       "  x = g(z),  z ~ N(0, I)      log p(x) = log N(z; 0, I) − log |det ∂g/∂z|", pushed_forward,
       "tools/lessons/maps.cpp, nn/flows/flow.h"},
      {"learned-maps", "M11",
       "The function can be learned: by its log-likelihood where that is exact, else by the bound.",
       "Doersch 2016, section 2; Rosenblatt 1952; Dinh et al. 2017; Kingma & Welling 2013",
       "  x = F⁻¹(Φ(z))      x = f_n(… f₁(z))      x = f(z) + σε", learned_maps,
       "tools/lessons/learned_maps.cpp, nn/flows/coupling.cpp, nn/distributions/autoregressive.h"},
  };
}

}  // namespace tools
