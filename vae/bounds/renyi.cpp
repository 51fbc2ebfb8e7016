// The family of bounds, and its members that have names.
#include "vae/bounds/renyi.h"

#include <cmath>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"

namespace vae {

Var importance_weighted_bound(Var log_w, std::size_t samples) { return renyi_bound(log_w, samples, 0); }

Var renyi_bound(Var log_w, std::size_t samples, Real alpha) {
  if (samples == 0 || log_w.shape().size() != 1 || log_w.rows() % samples != 0)
    throw std::invalid_argument("[renyi_bound] log_w is " + to_string(log_w.shape()) +
                                ", not [K·B] with K = " + std::to_string(samples));
  const Var of_datum = reshape(log_w, {samples, log_w.rows() / samples});  // [K,B]
  if (alpha == 1) return mean(of_datum, {0});
  return (logsumexp((1 - alpha) * of_datum, {0}) - std::log(Real(samples))) / (1 - alpha);
}

Var chi_upper_bound(Var log_w, std::size_t samples, Real n) {
  if (!(n >= 1)) throw std::domain_error("[chi_upper_bound] n is " + std::to_string(n) + ", not at least 1");
  return renyi_bound(log_w, samples, 1 - n);
}

}  // namespace vae
