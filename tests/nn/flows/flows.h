// Flows with numbers in all their parameters, for tests of what all of them have in common.
#pragma once

#include <cmath>
#include <functional>

#include "autograd/derivatives.h"
#include "nn/distributions/normal.h"
#include "nn/flows/flow.h"

namespace flows {

using namespace nn;

const Activation smooth = activation_named("tanh");

// The same flow with normal numbers of this spread in all parameters.
inline Flow with_numbers(Flow flow, Real spread = 0.7) {
  std::uint32_t which = 100;
  flow.visit("", [&](const std::string&, Parameter& p) {
    Array numbers = normal(Stream().at_epoch(which++), p.shape());
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers.data()[i] *= spread;
    p.update() = numbers;
  });
  return flow;
}

struct Case {
  std::string name;
  Flow flow;
};

// Flows of D units with every kind of step. Couplings need two units.
inline std::vector<Case> all_flows(std::size_t D, Real spread = 0.7) {
  std::vector<std::size_t> backwards;
  for (std::size_t i = 0; i < D; ++i) backwards.push_back(D - 1 - i);
  const AutoregressiveFlow one(D, {8}, smooth, Stream()), other(D, {8}, smooth, Stream(), backwards);
  std::vector<Case> all = {{"identity", Flow({})},
                           {"affine", Flow({AffineFlow(D)})},
                           {"sigmoid", Flow({AffineFlow(D), SigmoidFlow()})},
                           {"autoregressive", Flow({one})},
                           {"autoregressive twice", Flow({one, other})},
                           {"masked autoregressive", Flow({MaskedAutoregressiveFlow(one), AffineFlow(D)})}};
  if (D > 1) {
    const CouplingFlow first(D, Half::first, {6}, smooth, Stream()),
        second(D, Half::second, {6}, smooth, Stream());
    all.push_back({"coupling of the first half", Flow({first})});
    all.push_back({"coupling of the second half", Flow({second})});
    all.push_back({"of all kinds", Flow({first, second, AffineFlow(D), one})});
  }
  for (Case& c : all) c.flow = with_numbers(c.flow, spread);
  return all;
}

// ∂y/∂z of one row of three units, with numbers in the parameters.   [3,3]
inline Array jacobian_of_step(const Bijection& step) {
  const Flow flow = with_numbers(Flow({step}));
  return jacobian([&](const std::vector<Var>& z) { return flow.forward(z[0]).value; },
                  {normal(Stream(), {1, 3})})[0];
}

// Whether an array is 0 in exactly the places where `expected` is.
inline bool same_zeros(const Array& found, const std::vector<int>& expected) {
  for (std::size_t i = 0; i < found.size(); ++i)
    if ((found.data()[i] != 0) != (expected[i] != 0)) return false;
  return true;
}

// log p(y) of the rows of y, for z ~ N(0, I).
inline std::vector<Real> log_densities(const Flow& flow, const Array& y) {
  Evaluation scope;
  const Array log_p = Transformed(Normal::standard(y.shape()), flow).log_prob(constant(y)).value();
  return {log_p.begin(), log_p.end()};
}

// Densities at the middles of n cells between low and high along each of D axes.
struct Grid {
  std::size_t D, n;
  double low, high;

  double width() const { return (high - low) / double(n); }
  Array places() const {
    const std::size_t rows = D == 1 ? n : n * n;
    Array y = empty({rows, D});
    for (std::size_t r = 0; r < rows; ++r) {
      y(r, D - 1) = low + width() * (double(r % n) + 0.5);
      if (D == 2) y(r, 0) = low + width() * (double(r / n) + 0.5);
    }
    return y;
  }
  // ∫ p f
  double integral(const std::vector<Real>& log_p, const std::function<double(const Real*)>& f) const {
    const Array y = places();
    double sum = 0;
    for (std::size_t r = 0; r < log_p.size(); ++r) sum += std::exp(log_p[r]) * f(y.data() + r * D);
    return sum * std::pow(width(), double(D));
  }
};

}  // namespace flows
