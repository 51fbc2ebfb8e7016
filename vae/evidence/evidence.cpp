// The passes over the draws of z.
#include "vae/evidence/evidence.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "vae/evidence/weights.h"

namespace vae {

Evidence sum_weights(std::size_t B, std::size_t samples, std::size_t rows, const LogWeights& log_w) {
  const std::size_t at_once = std::max<std::size_t>(1, rows / std::max<std::size_t>(1, B));
  std::vector<Weights> weights(B, Weights(samples));
  for (std::size_t first = 0; first < samples; first += at_once) {
    Evaluation scope;
    const std::size_t count = std::min(at_once, samples - first);
    const Array& of_pass = log_w(first, count).value();  // row r is of datum r mod B
    for (std::size_t r = 0; r < count * B; ++r) weights[r % B].add(double(of_pass.data()[r]));
  }

  Evidence evidence;
  for (const Weights& w : weights) {
    evidence.log_px.push_back(w.log_mean());
    evidence.standard_error.push_back(w.standard_error());
    evidence.effective_samples.push_back(w.effective_samples());
    evidence.pareto_k.push_back(w.pareto_k());
    evidence.difference_of_halves.push_back(w.difference_of_halves());
  }
  return evidence;
}

void check_evidence(const char* caller, const Array& x, std::size_t samples, const Stream& stream) {
  const std::string name = std::string("[") + caller + "] ";
  if (samples == 0 || samples > (1u << 24) - stream.first_sample)
    throw std::invalid_argument(name + std::to_string(samples) +
                                " samples of z: between 1 and 2^24 are possible");
  if (x.dimension() != 2) throw std::invalid_argument(name + "x is " + to_string(x.shape()) + ", not [B,D]");
}

}  // namespace vae
