// Factors of the shapes beside the codes of one pass of `evaluate`.
#include "tools/run/factor_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/errors.h"
#include "tools/run/evaluate.h"
#include "tools/text.h"

namespace tools {

using autograd::Array;

ShapeFactors factors_of(const Images& images, std::size_t parts) {
  if (images.factors.size() != images.count || images.labels.size() != images.count)
    throw Failure(exit_usage, "of these images no factors are known: the built-in shapes have them");
  ShapeFactors f = {{"kind", "x", "y", "radius", "angle"}, {{images.labels.begin(), images.labels.end()}}};
  for (const auto factor : {&Factors::x, &Factors::y, &Factors::radius, &Factors::angle}) {
    std::vector<double> numbers;
    for (const Factors& of_image : images.factors) numbers.push_back(double(of_image.*factor));
    f.values.push_back(vae::by_quantiles(numbers, parts));
  }
  return f;
}

FactorReport factor_report(const Experiment& e, Split split, std::size_t limit, std::size_t parts) {
  const std::size_t all = e.data[split].count, N = limit ? std::min(limit, all) : all;
  const std::size_t level = e.model->first_values() ? 1 : 0;  // below a class
  const std::size_t Z = e.latent_sizes()[level];
  if (N <= parts || parts < 2)
    throw Failure(exit_usage, std::to_string(N) + " images in " + std::to_string(parts) +
                                  " parts: two parts or more are needed, and more images");
  if (Z < 2) throw Failure(exit_usage, "the gap is that between two latents, and the model has one");
  const ShapeFactors factors = factors_of(e.data[split].slice(0, N), parts);

  // Gather q(z₀|x).
  Array mean = autograd::empty({N, Z}), deviation = mean;
  EvaluationOptions how;
  how.limit = N, how.evidence.importance_samples = 0;
  how.use_levels = [&](std::size_t first, const std::vector<vae::Level>& levels) {
    const Array m = (*levels[level].q)->mean().value(), s = sqrt((*levels[level].q)->variance()).value();
    std::copy_n(m.data(), m.size(), mean.data() + first * Z);
    std::copy_n(s.data(), s.size(), deviation.data() + first * Z);
  };
  evaluate(e, split, how);
  return {N, factors.names,
          vae::mutual_information_gap(mean, deviation, factors.values,
                                      e.stream().at(autograd::Purpose::evaluation).at_epoch(9)),
          level};
}

namespace {

// The latents, from the one that tells most of factor k.
std::vector<std::size_t> by_information(const FactorReport& r, std::size_t k) {
  const std::vector<double>& I = r.latents.information[k];
  std::vector<std::size_t> order(I.size());
  for (std::size_t j = 0; j < I.size(); ++j) order[j] = j;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return I[a] > I[b]; });
  return order;
}

}  // namespace

std::string as_json(const FactorReport& r) {
  nlohmann::ordered_json json = {{"n", r.images}, {"mig", r.latents.mean}};
  for (std::size_t k = 0; k < r.names.size(); ++k)
    json["factors"][r.names[k]] = {{"entropy", r.latents.entropy[k]},
                                   {"gap", r.latents.gap[k]},
                                   {"information", r.latents.information[k]}};
  return json.dump();
}

std::string as_text(const FactorReport& r) {
  std::string out = text("%-8s %8s  %-14s  %-14s %8s\n", "factor", "entropy", "told by", "and by", "gap");
  for (std::size_t k = 0; k < r.names.size(); ++k) {
    const std::vector<std::size_t> order = by_information(r, k);
    const auto latent = [&](std::size_t j) { return text("z%zu %.3f", j, r.latents.information[k][j]); };
    out += text("%-8s %8.3f  %-14s  %-14s %8.3f\n", r.names[k].c_str(), r.latents.entropy[k],
                latent(order[0]).c_str(), latent(order[1]).c_str(), r.latents.gap[k]);
  }
  out +=
      text("mutual information gap %.3f, the mean of these: (told by − and by) / entropy\n", r.latents.mean);
  return out + text("nats; the latents are those of z%zu, counted from 0\n", r.level);
}

}  // namespace tools
