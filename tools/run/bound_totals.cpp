// Sums in double, batch by batch.
#include "tools/run/bound_totals.h"

#include <numeric>

namespace tools {

namespace {

double total(const autograd::Var& v) {
  return std::accumulate(v.value().data(), v.value().data() + v.value().size(), 0.0);
}

}  // namespace

void BoundTotals::add(const vae::Bound& bound, const std::vector<double>& log_scales) {
  const double scale = std::accumulate(log_scales.begin(), log_scales.end(), 0.0);
  images += bound.elbo.rows();
  elbo += total(bound.elbo) - scale;
  reconstruction += total(bound.reconstruction) - scale;
  kl += total(bound.kl);
  kl_per_level.resize(bound.kl_per_level.size(), 0.0);
  for (std::size_t t = 0; t < kl_per_level.size(); ++t) kl_per_level[t] += total(bound.kl_per_level[t]);
}

BoundTotals BoundTotals::means() const {
  BoundTotals m = *this;
  const double n = double(images);
  m.elbo /= n, m.reconstruction /= n, m.kl /= n;
  for (double& k : m.kl_per_level) k /= n;
  return m;
}

}  // namespace tools
