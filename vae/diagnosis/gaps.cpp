// The gaps, as differences of means over the data.
#include "vae/diagnosis/gaps.h"

#include <stdexcept>

namespace vae {

namespace {

double mean_difference(const Array& a, const Array& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double(a(i)) - double(b(i));
  return sum / double(a.size());
}

}  // namespace

Gaps gaps(const Array& log_px, const Array& best_bound, const Array& bound) {
  if (log_px.dimension() != 1 || log_px.size() == 0 || best_bound.shape() != log_px.shape() ||
      bound.shape() != log_px.shape())
    throw std::invalid_argument("[gaps] log p(x), the best bound and the bound are " +
                                to_string(log_px.shape()) + ", " + to_string(best_bound.shape()) + " and " +
                                to_string(bound.shape()) + ", not [B] each");
  return {mean_difference(log_px, zeros(log_px.shape())), mean_difference(log_px, best_bound),
          mean_difference(best_bound, bound)};
}

Gaps gaps(const LinearGaussian& model, const Array& data) {
  Evaluation scope;
  const Var x = constant(data);
  LinearGaussian best = model;
  best.set_posterior_exact();
  return gaps(model.log_px(x).value(), best.expected_bound(x).elbo.value(),
              model.expected_bound(x).elbo.value());
}

GeneralizationGaps generalization(const Gaps& training, const Gaps& held_out) {
  return {training.log_px - held_out.log_px, held_out.approximation - training.approximation,
          held_out.amortization - training.amortization};
}

}  // namespace vae
