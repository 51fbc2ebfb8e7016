// Ranks of the true z among draws of q, and how far they are from uniform.
#include "vae/diagnosis/calibration.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "vae/descent.h"

namespace vae {

Calibration calibrate(const Model& model, std::size_t simulations, std::size_t draws, const Stream& stream,
                      std::size_t rows) {
  if (draws == 0 || simulations < 5 * (draws + 1))
    throw std::invalid_argument("[calibrate] " + std::to_string(simulations) + " simulations for " +
                                std::to_string(draws) + " draws: each rank must be expected 5 times");
  Evaluation scope;

  // z ~ p(z), x ~ p(x|z)
  const Latents truth = generate(model, simulations, stream.at(Purpose::prior));
  const Array x = decode(model, truth)->sample(stream.at(Purpose::output));

  // The rank of every z: below[t][i] counts the draws that are less than element i of z_t.
  std::vector<std::vector<std::size_t>> below;
  for (const Var& z_t : truth) below.emplace_back(z_t.value().size(), 0);
  const std::size_t at_once = std::max<std::size_t>(1, rows / simulations);
  for (std::size_t first = 0; first < draws; first += at_once) {
    Evaluation scope;
    const std::size_t count = std::min(at_once, draws - first);
    const Stream noise = stream.at(Purpose::posterior).at_sample(stream.first_sample + std::uint32_t(first));
    const std::vector<Level> levels = infer(model, constant(x), count, noise);
    for (std::size_t t = 0; t < levels.size(); ++t) {
      if ((*levels[t].q)->is_discrete())
        throw std::logic_error("[calibrate] ranks of discrete latents have ties");
      const Array &drawn = levels[t].z.value(), &z = truth[t].value();
      for (std::size_t i = 0; i < drawn.size(); ++i)
        below[t][i % z.size()] += drawn.data()[i] < z.data()[i % z.size()];
    }
  }

  // Count them for each latent.
  Calibration found;
  for (const std::vector<std::size_t>& ranks : below) {
    const std::size_t first = found.counts.size(), Z = ranks.size() / simulations;
    found.counts.resize(first + Z, std::vector<std::size_t>(draws + 1, 0));
    for (std::size_t i = 0; i < ranks.size(); ++i) ++found.counts[first + i % Z][ranks[i]];
  }
  return found;
}

// χ² = Σ (count − expected)² / expected, with k = L degrees of freedom; (χ²/k)^⅓ is nearly
// N(1 − 2/(9k), 2/(9k)) (Wilson & Hilferty 1931).
double Calibration::p_value(std::size_t j) const {
  const std::vector<std::size_t>& count = counts.at(j);
  double expected = 0, chi2 = 0;
  for (const std::size_t c : count) expected += double(c) / double(count.size());
  for (const std::size_t c : count) chi2 += (double(c) - expected) * (double(c) - expected) / expected;
  const double k = double(count.size() - 1), variance = 2 / (9 * k);
  return 0.5 * std::erfc((std::cbrt(chi2 / k) - (1 - variance)) / std::sqrt(2 * variance));
}

double Calibration::p_value() const {
  double smallest = 1;
  for (std::size_t j = 0; j < counts.size(); ++j) smallest = std::min(smallest, p_value(j));
  return std::min(1.0, smallest * double(counts.size()));
}

}  // namespace vae
