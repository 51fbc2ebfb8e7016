// The check: all images in one batch, in another batch, and each alone; then the Jacobian.
#include "vae/diagnosis/likelihood_check.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "autograd/ops.h"
#include "vae/descent.h"
#include "vae/exact/enumeration.h"
#include "vae/networks.h"

namespace vae {

namespace {

// The largest |a − b|; NaN if one is. Two equal infinities do not differ.
double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = a[i] == b[i] ? 0 : std::abs(a[i] - b[i]);
    if (std::isnan(d)) return d;
    largest = std::max(largest, d);
  }
  return largest;
}

double sum_of_exp(const std::vector<double>& log_p) {
  double total = 0;
  for (const double l : log_p) total += std::exp(l);
  return total;
}

}  // namespace

Likelihood likelihood_at(const Model& model, Latents z) {
  return [&model, z = std::move(z)](Var x, nn::Mode) {
    Latents rows;
    for (const Var& z_t : z) rows.push_back(repeat(z_t, x.rows()));
    return log_likelihood(model, x, rows);
  };
}

LikelihoodCheck check_likelihood(const Likelihood& log_prob, std::size_t pixels) {
  if (pixels == 0 || pixels > 12)
    throw std::invalid_argument("[check_likelihood] " + std::to_string(pixels) +
                                " pixels: between 1 and 12, because all images are listed");
  Evaluation scope;
  const Var images = constant(all_bits(pixels));  // [2ᴰ,D]
  const std::size_t count = images.rows();
  const auto log_p = [&](std::ptrdiff_t first, std::ptrdiff_t last, nn::Mode mode) {
    Evaluation scope;
    const Array found = log_prob(slice(images, 0, first, last), mode).value();
    return std::vector<double>(found.data(), found.data() + found.size());
  };

  // All together, the first half by itself, and each alone.
  const std::ptrdiff_t all = std::ptrdiff_t(count), half = all / 2;
  const std::vector<double> together = log_p(0, all, nn::Mode::evaluation),
                            trained = log_p(0, all, nn::Mode::training),
                            first_half = log_p(0, half, nn::Mode::evaluation);
  std::vector<double> alone;
  for (std::ptrdiff_t i = 0; i < all; ++i) alone.push_back(log_p(i, i + 1, nn::Mode::evaluation).front());

  LikelihoodCheck check;
  check.total = sum_of_exp(together);
  check.total_alone = sum_of_exp(alone);
  check.batch = std::max(largest_difference(together, alone), largest_difference(first_half, alone));
  check.mode = largest_difference(together, trained);
  return check;
}

bool LikelihoodCheck::holds(double tolerance) const {
  return std::abs(total - 1) <= tolerance && std::abs(total_alone - 1) <= tolerance && batch <= tolerance &&
         mode <= tolerance;
}

std::string LikelihoodCheck::verdict(double tolerance) const {
  if (holds(tolerance)) return "a likelihood";
  std::ostringstream wrong;
  wrong << "not a likelihood:";
  if (!(std::abs(total - 1) <= tolerance))
    wrong << " it sums to " << total << " over all images in one batch;";
  if (!(std::abs(total_alone - 1) <= tolerance))
    wrong << " it sums to " << total_alone << " over images each alone;";
  if (!(batch <= tolerance)) wrong << " other images of a batch change it by " << batch << " nats;";
  if (!(mode <= tolerance)) wrong << " training and evaluation differ by " << mode << " nats;";
  std::string line = wrong.str();
  line.pop_back();
  return line;
}

double largest_acausal_slope(const std::function<Var(Var x)>& logits, const Array& x,
                             std::vector<std::size_t> place) {
  Step step;
  const Var input = variable(x), l = logits(input);
  if (x.dimension() != 2 || l.shape() != x.shape())
    throw std::invalid_argument("[largest_acausal_slope] x is " + to_string(x.shape()) +
                                " but the logits are " + to_string(l.shape()));
  const std::size_t B = x.shape(0), D = x.shape(1);
  if (place.empty()) {
    place.resize(D);
    std::iota(place.begin(), place.end(), std::size_t(0));
  }
  if (place.size() != D)
    throw std::invalid_argument("[largest_acausal_slope] an order of " + std::to_string(place.size()) +
                                " pixels for " + std::to_string(D));
  double largest = 0;
  for (std::size_t b = 0; b < B; ++b)
    for (std::size_t i = 0; i < D; ++i) {
      Array one = zeros(x.shape());
      one(b, i) = 1;
      const Array slope = backward(l, one)[input];
      for (std::size_t c = 0; c < B; ++c)
        for (std::size_t j = 0; j < D; ++j)
          if (c != b || place[j] >= place[i]) largest = std::max(largest, std::abs(double(slope(c, j))));
    }
  return largest;
}

}  // namespace vae
