// p(x|z): the distribution over images that the decoder's output stands for.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "nn/distributions/bernoulli.h"
#include "nn/distributions/normal.h"
#include "nn/layers/mlp.h"

namespace vae {

using namespace autograd;

enum class LikelihoodKind { bernoulli, gaussian };

LikelihoodKind likelihood_named(const std::string& name);  // std::invalid_argument lists the names

using Likelihood = std::variant<nn::Bernoulli, nn::Normal>;

Var log_prob(const Likelihood& p, Var x);                 // log p(x|z)   [rows] nats
Array mean(const Likelihood& p);                          // E[x|z]       [rows,D]
Array sample(const Likelihood& p, const Stream& stream);  // x ~ p(x|z)   [rows,D]

// log σ² within [−30, 20], so that no variance vanishes or overflows; beyond, its slope is 0.
Var bounded_log_var(Var log_var);

// The decoder: an MLP from z to one number per pixel, read as the logits of a Bernoulli or the mean of a
// Gaussian whose σ is one learned number for all pixels. (A Gaussian's likelihood is unbounded as σ → 0 when
// pixels can be met exactly; log σ² is bounded.)
class Decoder {
 public:
  Decoder(const std::vector<std::size_t>& sizes, const nn::Activation& activation, LikelihoodKind kind,
          const Stream& stream);

  Likelihood operator()(Var z) const;  // z: [rows,Z]

  // Starts at the best constant: the output bias at the data's mean (under a Bernoulli its logit, the mean
  // clipped to [.001, .999], as in the code of Burda et al. 2016), and σ at the deviation from it.  x: [N,D],
  // N > 0; std::invalid_argument otherwise.
  void start_at(const Array& x);

  // PREFIX.0.weight, …; a Gaussian has log_std besides, of shape [1].
  void visit(const std::string& name, const nn::Visitor& visitor);

 private:
  nn::MLP mlp_;
  std::optional<Parameter> log_std_;  // of a Gaussian
};

}  // namespace vae
