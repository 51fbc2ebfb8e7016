// log p(x) by importance sampling: the weights are summed in passes over a few samples each.
#include "vae/evidence/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "vae/elbo.h"

namespace vae {

namespace {

// Σ w and Σ w² of weights given by their logarithms, with w in units of the largest weight so far.
struct WeightSums {
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0, squares = 0;

  void add(double log_w) {
    if (log_w > largest) {  // change the unit
      const double scale = std::exp(largest - log_w);
      sum *= scale;
      squares *= scale * scale;
      largest = log_w;
    }
    const double w = largest == log_w ? 1 : std::exp(log_w - largest);
    sum += w;
    squares += w * w;
  }
};

}  // namespace

Evidence log_evidence(const Model& model, const Array& x, std::size_t samples, const Stream& stream,
                      std::size_t rows) {
  if (samples == 0 || samples > (1u << 24) - stream.first_sample)
    throw std::invalid_argument("[log_evidence] " + std::to_string(samples) +
                                " samples of z: between 1 and 2^24 are possible");
  if (x.dimension() != 2)
    throw std::invalid_argument("[log_evidence] x is " + to_string(x.shape()) + ", not [B,D]");

  // Sum the weights of each datum, pass by pass.
  const std::size_t B = x.shape(0), at_once = std::max<std::size_t>(1, rows / std::max<std::size_t>(1, B));
  std::vector<WeightSums> sums(B);
  for (std::size_t first = 0; first < samples; first += at_once) {
    Evaluation scope;
    const std::size_t count = std::min(at_once, samples - first);
    const Stream noise = stream.at_sample(stream.first_sample + std::uint32_t(first));
    const Var log_w = log_weights(model, constant(x), count, noise);  // [count·B]
    for (std::size_t r = 0; r < count * B; ++r) sums[r % B].add(double(log_w.value().data()[r]));
  }

  // Take the logarithm of their mean, and its standard error.
  Evidence evidence;
  const double K = double(samples);
  for (const WeightSums& w : sums) {
    evidence.log_px.push_back(w.largest + std::log(w.sum / K));
    const double variance = std::max(0.0, w.squares / (w.sum * w.sum) - 1 / K);
    evidence.standard_error.push_back(samples > 1 ? std::sqrt(variance)
                                                  : std::numeric_limits<double>::quiet_NaN());
  }
  return evidence;
}

}  // namespace vae
