#include "vae/likelihood.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

LikelihoodKind likelihood_named(const std::string& name) {
  if (name == "bernoulli") return LikelihoodKind::bernoulli;
  if (name == "gaussian") return LikelihoodKind::gaussian;
  throw std::invalid_argument("[likelihood] '" + name + "' is not one of bernoulli, gaussian");
}

Var log_prob(const Likelihood& p, Var x) {
  return std::visit([&](const auto& p) { return p.log_prob(x); }, p);
}

Array mean(const Likelihood& p) {
  return std::visit([](const auto& p) { return p.mean().value(); }, p);
}

Array sample(const Likelihood& p, const Stream& stream) {
  return std::visit([&](const auto& p) { return p.sample(stream.at(Purpose::output)); }, p);
}

Decoder::Decoder(const std::vector<std::size_t>& sizes, const nn::Activation& activation, LikelihoodKind kind, const Stream& stream)
    : mlp_(sizes, activation, stream), kind_(kind), log_std_(zeros({1})) {}

Likelihood Decoder::operator()(Var z) const {
  const Var output = mlp_(z);
  if (kind_ == LikelihoodKind::bernoulli) return nn::Bernoulli(output);
  const Var log_var = clamp(Real(2) * Var(log_std_), -30, 20);
  return nn::Normal(output, broadcast_to(log_var, output.shape()));
}

void Decoder::start_at(const Array& x) {
  const std::size_t pixels = mlp_.layers.back().bias.value().size();
  if (x.dimension() != 2 || x.shape(1) != pixels || x.size() == 0)
    throw std::invalid_argument("[start_at] x is " + to_string(x.shape()) + " but the output has " + std::to_string(pixels) + " pixels");
  const std::size_t count = x.shape(0);
  std::vector<double> mean(pixels, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % pixels] += double(x.data()[i]) / double(count);

  Real* bias = mlp_.layers.back().bias.update().data();
  for (std::size_t j = 0; j < pixels; ++j) {
    const double p = std::clamp(mean[j], 1e-3, 1 - 1e-3);
    bias[j] = Real(kind_ == LikelihoodKind::bernoulli ? std::log(p / (1 - p)) : mean[j]);
  }

  double variance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) variance += std::pow(double(x.data()[i]) - mean[i % pixels], 2) / double(x.size());
  log_std_.update().data()[0] = Real(0.5 * std::log(std::max(variance, 1e-6)));
}

void Decoder::visit(const std::string& name, const nn::Visitor& visitor) {
  mlp_.visit(name, visitor);
  if (kind_ == LikelihoodKind::gaussian) visitor(name + ".log_std", log_std_);
}

}  // namespace vae
