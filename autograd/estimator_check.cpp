// The mean of many gradients of an estimate, entry by entry beside the exact one.
#include "autograd/estimator_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "autograd/backward.h"
#include "autograd/ops.h"

namespace autograd {

namespace {

using Arrays = std::vector<Array>;

Arrays gradients_of(Var y, const std::vector<Parameter*>& at) {
  const Gradients g = backward(y);
  Arrays values;
  for (const Parameter* p : at) values.push_back(g[*p]);
  return values;
}

// x with Φ(−x) = p, by bisection
double upper_quantile(double p) {
  double low = 0, high = 40;
  while (high - low > 1e-9) {
    const double x = (low + high) / 2;
    (0.5 * std::erfc(x / std::sqrt(2.0)) > p ? low : high) = x;
  }
  return high;
}

}  // namespace

EstimatorCheck check_estimator(const std::function<Var(const Stream&)>& estimate,
                               const std::function<Var()>& exact, const std::vector<Parameter*>& at,
                               std::size_t draws, double error_rate) {
  std::size_t entries = 0;
  for (const Parameter* p : at) entries += p->value().size();
  if (draws < 2 || entries == 0 || !(error_rate > 0 && error_rate < 1))
    throw std::invalid_argument("[check_estimator] " + std::to_string(draws) + " draws, " +
                                std::to_string(entries) + " numbers, error rate " +
                                std::to_string(error_rate));

  // Take the exact gradient.
  Arrays truth, mean, squares;
  {
    Step scope;
    truth = gradients_of(exact(), at);
  }

  // Average the estimate's gradients g, and sum their squared deviations Σ (g − mean)², draw by draw (Welford
  // 1962).
  for (const Array& t : truth) mean.push_back(zeros(t.shape())), squares.push_back(zeros(t.shape()));
  for (std::size_t n = 1; n <= draws; ++n) {
    Step scope;
    const Arrays g = gradients_of(estimate(Stream().at(Purpose::checking).at_epoch(std::uint32_t(n))), at);
    for (std::size_t k = 0; k < g.size(); ++k)
      for (std::size_t i = 0; i < g[k].size(); ++i) {
        const Real before = g[k].data()[i] - mean[k].data()[i];
        mean[k].data()[i] += before / Real(n);
        squares[k].data()[i] += before * (g[k].data()[i] - mean[k].data()[i]);
      }
  }

  // Compare entry by entry: z = (mean − truth) / (s/√n). Where nothing varies the error is that of rounding.
  EstimatorCheck check;
  check.bound = upper_quantile(error_rate / 2 / double(entries));
  const double n = double(draws);
  for (std::size_t k = 0; k < truth.size(); ++k) {
    double largest = 0;
    for (std::size_t i = 0; i < truth[k].size(); ++i)
      largest =
          std::max({largest, std::abs(double(truth[k].data()[i])), std::abs(double(mean[k].data()[i]))});
    const double rounding = 64 * double(std::numeric_limits<Real>::epsilon()) * largest + 1e-300;
    for (std::size_t i = 0; i < truth[k].size(); ++i) {
      const double right = double(truth[k].data()[i]), found = double(mean[k].data()[i]);
      const double error = std::sqrt(double(squares[k].data()[i]) / (n - 1) / n);
      const double z = std::abs(found - right) / (error + rounding);
      if (z <= check.z) continue;  // NaN goes on
      char text[160];
      std::snprintf(text, sizeof text, "input %zu, element %zu: mean %.6g ± %.2g, exact %.6g", k, i, found,
                    error, right);
      check.z = std::isnan(z) ? HUGE_VAL : z;
      check.worst = text;
    }
  }
  return check;
}

}  // namespace autograd
