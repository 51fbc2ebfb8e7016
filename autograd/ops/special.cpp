// The logarithm of the gamma function, by the standard library, and its derivatives, the polygamma functions.
// Both are computed element by element.
#include "autograd/ops/special.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const double pi = 3.14159265358979324;

Lane lgamma(Lane x) {
  return each([](Real x) { return std::lgamma(x); }, x);
}

}  // namespace

// ψ⁽ⁿ⁾(x), by the recurrence ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁾(x+1) − (−1)ⁿ n! x^−(n+1) up to x ≥ 20 + n, and there by the
// asymptotic series (Abramowitz & Stegun 1964, 6.3.18 and 6.4.11)
//   ψ(x)    = log x − 1/2x − Σ_k B₂ₖ / (2k x²ᵏ)
//   ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ [ (n−1)! x⁻ⁿ + ½ n! x^−(n+1) + Σ_k B₂ₖ (2k+n−1)! / ((2k)! x^(2k+n)) ]
double detail::polygamma(int n, double x) {
  // Handle NaN, infinity and the poles at 0, −1, −2, …
  const double infinity = std::numeric_limits<double>::infinity(),
               nan = std::numeric_limits<double>::quiet_NaN();
  if (std::isnan(x) || x == -infinity) return nan;
  if (n % 2 == 0 && x == 0)
    return std::copysign(infinity, -x);  // +0 and −0 are on different sides of the pole
  if (x <= 0 && x == std::floor(x)) return n % 2 ? infinity : nan;  // for even n the sides differ in sign

  // Avoid the many steps from a large negative x by reflection, ψ(1 − x) − ψ(x) = π / tan πx.
  if (n == 0 && x < -20) return polygamma(0, 1 - x) - pi / std::tan(pi * (x - std::floor(x)));
  if (x < -1e6) return nan;  // would take a million steps

  // Apply the recurrence up to 20 + n.
  const double sign = n % 2 ? 1 : -1;  // (−1)ⁿ⁺¹
  double shifted = 0;
  const double n_factorial = std::tgamma(n + 1.0);
  for (; x < 20 + n; ++x) shifted += sign * n_factorial * std::pow(x, -(n + 1));

  // Sum the asymptotic series.
  static const double bernoulli[] = {1. / 6,  -1. / 30,     1. / 42, -1. / 30,
                                     5. / 66, -691. / 2730, 7. / 6,  -3617. / 510};
  double series = n == 0 ? 0 : n_factorial / n * std::pow(x, -n);
  series += 0.5 * n_factorial * std::pow(x, -(n + 1));
  // For k = 1: x^−(2k+n) and (2k+n−1)! / (2k)!
  double power = std::pow(x, -(n + 2)), ratio = std::tgamma(n + 2.0) / 2;
  for (int k = 1; k <= 8; ++k) {
    series += bernoulli[k - 1] * ratio * power;
    ratio *= (2. * k + n) * (2. * k + n + 1) / ((2. * k + 1) * (2. * k + 2));
    power /= x * x;
  }
  return n == 0 ? std::log(x) - series + shifted : sign * series + shifted;
}

namespace {

Lane polygamma(int n, Lane x) {
  return each([n](Real x) { return Real(detail::polygamma(n, double(x))); }, x);
}

}  // namespace

// clang-format off

// y = log |Γ(x)|   x̄ += ȳ ψ(x)
Var lgamma(Var x) {
  return elementwise("lgamma", {x},
                     [](auto x) { return lgamma(x); },
                     [](auto g, auto x) { return g * polygamma(0, x); });
}

// y = ψ⁽ⁿ⁾(x)      x̄ += ȳ ψ⁽ⁿ⁺¹⁾(x)
Var polygamma(int n, Var x) {
  if (n < 0) throw std::invalid_argument("[polygamma] of order " + std::to_string(n));
  return elementwise("polygamma", {x},
                     [=](auto x) { return polygamma(n, x); },
                     [=](auto g, auto x) { return g * polygamma(n + 1, x); });
}

// ψ(x) = d/dx log |Γ(x)|
Var digamma(Var x) { return polygamma(0, x); }

// clang-format on

}  // namespace autograd
