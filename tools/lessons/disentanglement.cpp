// The lesson on latents that stand for one factor each, and on what makes them do so.
#include <cmath>

#include "autograd/ops.h"
#include "tools/lessons/lesson.h"
#include "tools/text.h"
#include "vae/bounds/weighting.h"
#include "vae/diagnosis/mutual_information_gap.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

// Two factors move four pixels, and no pixel by both: WᵀW = diag(40, 8).
const Array& two_factors() {
  static const Array W = array({4, 2}, {6, 0, 0, 2, 2, 0, 0, 2});
  return W;
}

// p(x|z) = N(W R z, I) with R a rotation by this angle, and q the best mean field for the bound with the KL
// times β: that of the noise β I.
LinearGaussian rotated_model(double angle, double beta) {
  Evaluation scope;
  const double c = std::cos(angle), s = std::sin(angle);
  const Array R = array({2, 2}, {c, -s, s, c}), WR = matmul(constant(two_factors()), constant(R)).value();
  LinearGaussian model({4, {2}, Covariance::isotropic, Covariance::diagonal}, Stream());
  model.set_decoder(WR, zeros({4}), full({1}, beta));
  model.set_posterior_exact();
  model.set_decoder(WR, zeros({4}), full({1}, 1));
  return model;
}

void disentanglement(Page& page) {
  Evaluation scope;
  // Data of the model, and the factors that they were drawn from.
  const std::size_t n = 2000;
  const Array z = normal(Stream().at_epoch(100), {n, 2});
  const Array x = (matmul(constant(z), constant(two_factors()), false, true) +
                   constant(normal(Stream().at_epoch(101), {n, 4})))
                      .value();
  FactorValues factors;
  for (std::size_t k = 0; k < 2; ++k) {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < n; ++i) numbers.push_back(z(i, k));
    factors.push_back(by_quantiles(numbers, 10));
  }

  std::vector<std::vector<std::string>> rows;
  std::vector<double> log_px, objectives, gap;  // by β, then by angle
  for (const double beta : {1.0, 4.0})
    for (const double degrees : {0.0, 15.0, 30.0, 45.0}) {
      const LinearGaussian model = rotated_model(degrees * M_PI / 180, beta);
      const Bound bound = model.expected_bound(constant(x));
      const double objective = mean(weighted(bound, {Real(beta), 0})).item();
      const Density q = posterior(model, {}, constant(x), 1);
      const MutualInformationGap found =
          mutual_information_gap(q->mean().value(), sqrt(q->variance()).value(), factors, Stream());
      log_px.push_back(mean(model.log_px(constant(x))).item()), gap.push_back(found.mean);
      objectives.push_back(objective);
      rows.push_back({text("%g", beta), text("%g°", degrees), text("%.4f", log_px.back()),
                      text("%.4f", objective), text("%.3f", found.information[0][0]),
                      text("%.3f", found.information[0][1]), text("%.3f", found.mean)});
    }
  page.say(
      "Two factors, as two latents that are turned by an angle; 2,000 data of the model, q the best mean "
      "field. Nats, but for the gap:");
  page.table({"β", "turned by", "log p(x)", "E log p(x|z) − β KL", "I(z₁; v₁)", "I(z₂; v₁)", "MIG"}, rows);
  double spread = 0;
  for (const double l : log_px) spread = std::max(spread, std::abs(l - log_px[0]));
  page.check(spread < 1e-10, "log p(x) knows nothing of it: N(0, I) looks alike from all sides");
  bool falls = true;
  for (const std::size_t b : {0u, 4u})
    for (std::size_t i = 1; i < 4; ++i)
      falls = falls && gap[b + i] < gap[b + i - 1] && objectives[b + i] < objectives[b + i - 1];
  page.check(falls, "the more they are turned, the lower are the gap, and the bound of a mean field");
  page.check(gap[0] > 0.3 && gap[3] < 0.05 && gap[7] < 0.05,
             "at 45° both latents tell as much of each factor");

  // ½ β (Σ log P_ii − log det P) at 45°, of P = WᵀW/β + I
  page.number("what the bound loses at 45°, β = 1", objectives[0] - objectives[3]);
  page.number("the same of E log p(x|z) − β KL, β = 4", objectives[4] - objectives[7]);
  page.check(std::abs(objectives[0] - objectives[3] - 0.5 * std::log(25 * 25 / (41 * 9.0))) < 1e-10 &&
                 std::abs(objectives[4] - objectives[7] - 2 * std::log(7 * 7 / (11 * 3.0))) < 1e-10,
             "they are ½ β (Σ log P_ii − log det P), P = WᵀW/β + I: a larger β pulls harder to the axes");
  page.check(gap[4] < gap[0], "but it also makes codes noisier: of latents on the axes, the gap is smaller");
}

}  // namespace

std::vector<Lesson> lessons_on_disentanglement() {
  return {
      {"disentanglement", "B14",
       "log p(x) does not ask that a latent tells of one factor: the mean field does, and a larger β more.",
       "Chen et al. 2018, section 4.1 and eq. 6; Higgins et al. 2017; Rolinek et al. 2019; Lucas et al. 2019",
       "  MIG = 1/K Σ_k [ I(z_j; v_k) − max_{i≠j} I(z_i; v_k) ] / H(v_k)", disentanglement,
       "vae/diagnosis/mutual_information_gap.cpp; `elbo factors`: tools/run/factor_report.cpp"},
  };
}

}  // namespace tools
