// The weighted objective, term by term.
#include "vae/bounds/weighting.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"

namespace vae {

Var weighted(const Bound& bound, const Weighting& w) {
  if (!(w.beta >= 0) || !(w.free_nats >= 0))
    throw std::domain_error("[weighted] beta is " + std::to_string(w.beta) + " and free_nats " +
                            std::to_string(w.free_nats) + ": both are at least 0");
  if (w.beta == 1 && w.free_nats == 0) return bound.elbo;
  if (w.free_nats == 0) return bound.reconstruction - w.beta * bound.kl;
  Var kl = maximum(mean(bound.kl_per_level.front()), w.free_nats);
  for (std::size_t t = 1; t < bound.kl_per_level.size(); ++t)
    kl = kl + maximum(mean(bound.kl_per_level[t]), w.free_nats);
  return bound.reconstruction - w.beta * kl;
}

Real warm_up(std::uint64_t step, std::uint64_t steps) {
  return step >= steps ? Real(1) : Real(double(step) / double(steps));
}

}  // namespace vae
