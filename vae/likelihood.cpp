// The output distributions, and the decoder that makes them.
#include "vae/likelihood.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/discretized_logistic_mixture.h"
#include "nn/distributions/event.h"
#include "vae/missing.h"

namespace vae {

namespace {

constexpr std::size_t components = 5;     // of a mixture of logistics
constexpr Real narrowest_log_scale = -7;  // a ninth of the way from one level to the next

// A density of pixels −1 … 1 (nn/distributions/discretized_logistic.h) as one of pixels 0 … 1.
struct FromZeroToOne : nn::Distribution {
  explicit FromZeroToOne(Density of_signed) : y(std::move(of_signed)) {}

  const char* name() const override { return y->name(); }
  Shape shape() const override { return y->shape(); }
  bool is_discrete() const override { return y->is_discrete(); }
  Array sample(const Stream& stream) const override {
    Evaluation scope;
    return (0.5 * constant(y->sample(stream)) + 0.5).value();
  }
  Var log_probs(Var x) const override { return y->log_probs(2 * x - 1); }
  // Σ_v x_v p_v = 1 − 1/255 Σ_{v<255} F(x_v), one level after the other, for pictures: a constant.
  Var mean() const override {
    Array total = zeros(shape());
    for (std::size_t v = 0; v < 255; ++v) {
      Evaluation scope;
      total += y->cdf(constant(full(shape(), 2 * Real(v) / 255 - 1))).value();
    }
    return 1 - constant(total) / 255;
  }

  Density y;
};

// The level v = 0 … 255 of a pixel v / 255, or 256 if it is none.
std::size_t level_of(Real x) {
  const Real v = std::round(255 * x);
  return v >= 0 && v <= 255 && std::abs(255 * x - v) < Real(1e-3) ? std::size_t(v) : 256;
}

// Independent levels with these logits.  logits: [rows,D,256]
struct CategoricalLevels : nn::Distribution {
  explicit CategoricalLevels(Var logits) : of_levels(logits) {}

  const char* name() const override { return "categorical distribution of levels"; }
  Shape shape() const override { return {of_levels.logits.shape()[0], of_levels.logits.shape()[1]}; }
  bool is_discrete() const override { return true; }
  Array sample(const Stream& stream) const override {
    Evaluation scope;
    return values(constant(of_levels.sample(stream))).value();
  }
  Var mean() const override { return values(of_levels.mean()); }
  Var entropy() const override { return of_levels.entropy(); }
  // log softmax(l_d) at the level of x_d, and −∞ if that is none
  Var log_probs(Var x) const override {
    nn::check_event("categorical_levels.log_prob", x.shape(), shape());
    const Array& pixels = x.value();
    std::vector<std::size_t> places(pixels.size());  // of the level of each pixel among all numbers
    Array is_none = zeros(pixels.shape());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const std::size_t v = level_of(pixels.data()[i]);
      places[i] = 256 * i + (v < 256 ? v : 0);
      is_none.data()[i] = v < 256 ? 0 : 1;
    }
    const Var all = reshape(log_softmax(of_levels.logits, 2), {256 * pixels.size()});
    return where(constant(is_none), -nn::infinity, reshape(take(all, places), x.shape()));
  }

  // Σ_v weight_v · v / 255  [rows,D,256]  ->  [rows,D]
  static Var values(Var weights) {
    Array levels = empty({256});
    for (std::size_t v = 0; v < 256; ++v) levels(v) = Real(v) / 255;
    return sum(weights * constant(levels), {2});
  }

  nn::Categorical of_levels;
};

std::size_t numbers_of(LikelihoodKind kind) {
  if (kind == LikelihoodKind::logistic_mixture) return 3 * components;
  return kind == LikelihoodKind::categorical ? 256 : 1;
}

// Explains a log p(x|z) of −∞.
void check_pixels(const Density& p, const Array& log_px, const Array& x) {
  if (std::find(log_px.data(), log_px.data() + log_px.size(), -nn::infinity) == log_px.data() + log_px.size())
    return;
  if (const auto* some = dynamic_cast<const ObservedPixels*>(&*p))
    return check_pixels(some->whole, log_px, x);
  if (const auto* chain = dynamic_cast<const nn::Autoregressive*>(&*p))
    return check_pixels(chain->conditionals(constant(x)), log_px, x);
  if (!dynamic_cast<const nn::Bernoulli*>(&*p) && !dynamic_cast<const nn::ContinuousBernoulli*>(&*p)) return;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x.data()[i] < 0 || x.data()[i] > 1)  // not NaN, which is missing
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
  check_pixels(p, log_px.value(), x.value());
  return log_px;
}

// ---- the output -------------------------------------------------------------------------------------------

Output::Output(const Architecture& a, const Stream& stream)
    : kind_(a.likelihood), pixels_(a.pixels), numbers_(numbers_of(a.likelihood)), sigma_(a.sigma) {
  if (kind_ == LikelihoodKind::gaussian) {
    log_std_.emplace(zeros({sigma_ == SigmaKind::pixels ? a.pixels : 1}));
    if (sigma_ == SigmaKind::fixed) log_std_->update()(0) = Real(std::log(a.fixed_sigma));
  }
  if (a.decoder == DecoderKind::pixelcnn) network_.emplace(a, numbers_, stream);
}

Density Output::operator()(Var h) const {
  if (!network_) return read(h);
  return LocallyAutoregressive(h, *network_, [this](Var h) { return read(h); });
}

// log σ²: one that is to be optimal has no gradient (maximize_sigma), and that of a pixel stays above log
// 10⁻⁴.
Var Output::log_var() const {
  if (sigma_ == SigmaKind::optimal) return bounded_log_var(2 * constant(log_std_->value()));
  const Var log_var = bounded_log_var(2 * Var(*log_std_));
  return sigma_ == SigmaKind::pixels ? clamp_leading_back(log_var, Real(std::log(1e-4)), 20) : log_var;
}

Density Output::read(Var h) const {
  // The numbers of a pixel beside each other: n of them, from `first` on.  [rows,P·D]  ->  [rows,D,n]
  const std::size_t rows = h.rows(), D = h.shape()[1] / numbers_;
  const auto part = [&](std::size_t first, std::size_t n) {
    const Var planes =
        slice(reshape(h, {rows, numbers_, D}), 1, std::ptrdiff_t(first), std::ptrdiff_t(first + n));
    return permute(planes, {0, 2, 1});
  };
  switch (kind_) {
    case LikelihoodKind::bernoulli:
      return nn::Bernoulli(h);
    case LikelihoodKind::continuous_bernoulli:
      return nn::ContinuousBernoulli(h);
    case LikelihoodKind::gaussian:
      return Normal(h, broadcast_to(log_var(), h.shape()));
    case LikelihoodKind::logistic_mixture:
      return FromZeroToOne(nn::DiscretizedLogisticMixture(
          part(0, components), part(components, components),
          clamp_leading_back(part(2 * components, components), narrowest_log_scale, 20)));
    case LikelihoodKind::categorical:
      break;
  }
  return CategoricalLevels(part(0, 256));
}

void Output::start_at(const Array& x, Parameter& last_bias) {
  Array& bias = last_bias.update();
  const std::size_t D = bias.size() / maps();
  if (x.dimension() != 2 || x.shape(1) != D || x.size() == 0)
    throw std::invalid_argument("[start_at] x is " + to_string(x.shape()) + " but the output has " +
                                std::to_string(D) + " pixels");

  // Find the mean and the variance of each pixel.
  const double N = double(x.shape(0));
  std::vector<double> mean(D, 0.0), variance(D, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % D] += double(x.data()[i]) / N;
  for (std::size_t i = 0; i < x.size(); ++i)
    variance[i % D] += std::pow(double(x.data()[i]) - mean[i % D], 2) / N;

  switch (kind_) {
    // The logit of the mean, or the one with that mean.
    case LikelihoodKind::bernoulli:
    case LikelihoodKind::continuous_bernoulli:
      for (std::size_t j = 0; j < D; ++j) {
        const double p = std::clamp(mean[j], 1e-3, 1 - 1e-3);
        bias(j) = kind_ == LikelihoodKind::bernoulli ? Real(std::log(p / (1 - p))) : logit_with_mean(p);
      }
      return;
    // The mean, and σ², unless it is fixed, as the mean square of what is left; of a pixel that hardly
    // varies, a tenth of that of all, or one that is otherwise when tested would cost thousands of nats.
    case LikelihoodKind::gaussian: {
      double total = 0;
      for (std::size_t j = 0; j < D; ++j) bias(j) = Real(mean[j]), total += variance[j] / double(D);
      if (sigma_ == SigmaKind::fixed) return;
      Array& log_std = log_std_->update();
      for (std::size_t j = 0; j < log_std.size(); ++j) {
        const double of_pixel = sigma_ == SigmaKind::pixels ? std::max(variance[j], total / 10) : total;
        log_std(j) = Real(0.5 * std::log(std::max(of_pixel, 1e-6)));
      }
      return;
    }
    // Of pixels −1 … 1: means within a deviation of the mean, and scales whose logistic has the deviation.
    case LikelihoodKind::logistic_mixture:
      for (std::size_t k = 0; k < components; ++k)
        for (std::size_t j = 0; j < D; ++j) {
          const double deviation = 2 * std::sqrt(std::max(variance[j], 1e-4)),
                       place = 2 * double(k) / double(components - 1) - 1;
          bias(k * D + j) = 0;
          bias((components + k) * D + j) = Real(2 * mean[j] - 1 + place * deviation);
          bias((2 * components + k) * D + j) = Real(std::log(deviation * std::sqrt(3.0) / M_PI));
        }
      return;
    // The frequencies of the levels, as if each had been seen once more.
    case LikelihoodKind::categorical:
      break;
  }
  std::vector<double> count(256 * D, 1.0);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (const std::size_t v = level_of(x.data()[i]); v < 256) ++count[v * D + i % D];
  for (std::size_t i = 0; i < count.size(); ++i) bias(i) = Real(std::log(count[i] / (N + 256)));
}

// From E log p(x|z) = −½ D (log 2πσ² + m / σ²), m, the mean square.
void Output::maximize_sigma(double log_px) {
  if (!log_std_ || sigma_ != SigmaKind::optimal) return;
  Array& log_std = log_std_->update();
  const double variance = std::exp(2 * double(log_std(0)));
  const double m = variance * (-2 * log_px / double(pixels_) - std::log(2 * M_PI * variance));
  log_std(0) = Real(0.5 * std::log(std::max(m, 1e-12)));
}

void Output::visit(const std::string& prefix, const nn::Visitor& visitor) {
  if (network_) network_->visit(prefix + ".pixels", visitor);
  if (log_std_ && sigma_ != SigmaKind::fixed) visitor(prefix + ".log_std", *log_std_);
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
