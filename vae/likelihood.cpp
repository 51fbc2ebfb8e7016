// The output distributions, and the decoder that makes them.
#include "vae/likelihood.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/continuous_bernoulli.h"

namespace vae {

namespace {

// Explains a log p(x|z) of −∞.
void check_pixels(const Array& log_px, const Array& x) {
  if (std::find(log_px.data(), log_px.data() + log_px.size(), -nn::infinity) == log_px.data() + log_px.size())
    return;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(x.data()[i] >= 0 && x.data()[i] <= 1))
      throw std::domain_error("[log_prob] pixel " + std::to_string(i) + " is " + std::to_string(x.data()[i]) +
                              ": under a Bernoulli, pixels lie in [0, 1]");
}

// The logit of a continuous Bernoulli with this mean, by bisection. The means that are clipped lie within.
Real logit_with_mean(double mean) {
  Real low = -1001, high = 1001;
  for (int i = 0; i < 60; ++i) {
    Evaluation scope;
    const Real middle = (low + high) / 2;
    (nn::ContinuousBernoulli(constant(full({1}, middle))).mean().item() < mean ? low : high) = middle;
  }
  return low;
}

}  // namespace

Var log_prob(const Density& p, Var x) {
  const Var log_px = p->log_prob(x);
  const bool in_unit_interval =
      dynamic_cast<const nn::Bernoulli*>(&*p) || dynamic_cast<const nn::ContinuousBernoulli*>(&*p);
  if (in_unit_interval) check_pixels(log_px.value(), x.value());
  return log_px;
}

// ---- the output -------------------------------------------------------------------------------------------

Output::Output(const Architecture& a, const Stream& stream) : kind_(a.likelihood) {
  if (kind_ == LikelihoodKind::gaussian) log_std_.emplace(zeros({1}));
  if (a.decoder == DecoderKind::pixelcnn) network_.emplace(a.pixels, *a.activation, stream);
}

Density Output::operator()(Var h) const {
  if (!network_) return read(h);
  return LocallyAutoregressive(h, *network_, [this](Var h) { return read(h); });
}

Density Output::read(Var h) const {
  if (kind_ == LikelihoodKind::bernoulli) return nn::Bernoulli(h);
  if (kind_ == LikelihoodKind::continuous_bernoulli) return nn::ContinuousBernoulli(h);
  const Var log_var = bounded_log_var(2 * Var(*log_std_));
  return Normal(h, broadcast_to(log_var, h.shape()));
}

void Output::start_at(const Array& x, Parameter& last_bias) {
  Array& bias = last_bias.update();
  const std::size_t D = bias.size() / maps();
  if (x.dimension() != 2 || x.shape(1) != D || x.size() == 0)
    throw std::invalid_argument("[start_at] x is " + to_string(x.shape()) + " but the output has " +
                                std::to_string(D) + " pixels");

  // Average the data.
  std::vector<double> mean(D, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % D] += double(x.data()[i]) / double(x.shape(0));

  // A Bernoulli's bias is the logit of the mean, or has that mean.
  if (kind_ != LikelihoodKind::gaussian) {
    for (std::size_t j = 0; j < D; ++j) {
      const double p = std::clamp(mean[j], 1e-3, 1 - 1e-3);
      bias(j) = kind_ == LikelihoodKind::bernoulli ? Real(std::log(p / (1 - p))) : logit_with_mean(p);
    }
    return;
  }

  // A Gaussian's bias is the mean, and σ² the mean square of what is left.
  double variance = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    variance += std::pow(double(x.data()[i]) - mean[i % D], 2) / double(x.size());
  for (std::size_t j = 0; j < D; ++j) bias(j) = Real(mean[j]);
  log_std_->update()(0) = Real(0.5 * std::log(std::max(variance, 1e-6)));
}

void Output::visit(const std::string& prefix, const nn::Visitor& visitor) {
  if (network_) network_->visit(prefix + ".pixels", visitor);
  if (log_std_) visitor(prefix + ".log_std", *log_std_);
}

// ---- the decoder ------------------------------------------------------------------------------------------

Decoder::Decoder(const Architecture& a, std::size_t latents, const Stream& stream)
    : output_(a, stream.at_epoch(epoch_of_output)),
      mlp_(network(a, latents, output_.maps() * a.pixels, stream)) {}

void Decoder::visit(const std::string& prefix, const nn::Visitor& visitor) {
  mlp_.visit(prefix, visitor);
  output_.visit(prefix, visitor);
}

}  // namespace vae
