// Points as distributions: a Bernoulli with a logit of ±∞.
#include "vae/exact/pixels_as_latents.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "vae/networks.h"

namespace vae {

namespace {

// The distribution that is at x, of zeros and ones, for certain.
Density point(Var x) { return nn::Bernoulli(where(x > 0.5, infinity, -infinity)); }

Var pixel(Var x, std::size_t t) { return slice(x, 1, std::ptrdiff_t(t), std::ptrdiff_t(t + 1)); }

}  // namespace

PixelsAsLatents::PixelsAsLatents(std::size_t pixels, const Stream& stream) {
  if (pixels == 0) throw std::invalid_argument("[pixels_as_latents] at least one pixel is needed");
  for (std::size_t t = 0; t < pixels; ++t) {
    const Stream place = stream.at_epoch(std::uint32_t(t));
    prior_.emplace_back(normal(place, {1, t}), normal(place.second(), {1}));
  }
}

// p(z_t|z_<t) with the logit C_t z_<t + c_t   ->  [rows,1]
Density PixelsAsLatents::prior(const State& s) const {
  const nn::WeightAndBias& p = prior_[s.t()];
  if (s.t() == 0) return nn::Bernoulli(broadcast_to(p.bias, {s.rows, 1}));
  return nn::Bernoulli(affine(concat(s.z, 1), p.weight, p.bias));
}

// z_t = x_t   ->  [S·B,1]
Density PixelsAsLatents::posterior(const State& s, const Features& x) const {
  return point(repeat_to(pixel(x.front(), s.t()), s.rows));
}

// x = z   ->  [rows,D]
Density PixelsAsLatents::decode(const State& s) const { return point(concat(s.z, 1)); }

Var PixelsAsLatents::log_px(Var x) const {
  State before = {x.rows(), {pixel(x, 0)}, {}, {}};  // x_<t
  Var log_p = prior({x.rows(), {}, {}, {}})->log_prob(before.z[0]);
  for (std::size_t t = 1; t < levels(); ++t) {
    const Var x_t = pixel(x, t);
    log_p = log_p + prior(before)->log_prob(x_t);
    before.z.push_back(x_t);
  }
  return log_p;
}

void PixelsAsLatents::visit_generator(const nn::Visitor& visitor) {
  visitor("prior.0.bias", prior_[0].bias);
  for (std::size_t t = 1; t < levels(); ++t) prior_[t].visit("prior." + std::to_string(t), visitor);
}

}  // namespace vae
