// Special functions: the error function and its relatives, the gamma function and its derivatives.
//
// Where a register's formula is not exact in the tails, the standard library's function runs on its elements one by one.
#include "autograd/special.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const double pi = 3.14159265358979324;
const double half_log_2pi = 0.91893853320467274;
const Real two_over_sqrt_pi = Real(1.1283791670955126);
const Real inverse_sqrt_2 = Real(0.7071067811865476);

// erfc x: 1 − erf x for x < ½ would do, but not in the upper tail, where it falls below the rounding of 1.
Lane erfc(Lane x) {
  return each([](Real x) { return std::erfc(x); }, x);
}

// Φ(x) = ½ erfc(−x / √2) underflows in the lower tail. There, exact to a double below −30, it is φ(x)/−x (1 − s) with
//   s(x) = 1/x² − 3/x⁴ + 15/x⁶ − 105/x⁸
double tail_series(double x) {
  const double u = 1 / (x * x);
  return u * (1 - u * (3 - u * (15 - u * 105)));
}

double log_normal_cdf(double x) {
  if (x > 0) return std::log1p(-0.5 * std::erfc(x / std::sqrt(2.0)));
  if (!(x < -30)) return std::log(0.5 * std::erfc(-x / std::sqrt(2.0)));
  return -0.5 * x * x - half_log_2pi - std::log(-x) + std::log1p(-tail_series(x));
}

// The n-th derivative of y = φ(x) / Φ(x). In the lower tail y is nearly −x, and what the derivatives are made of, d = x + y,
// cancels. There, from d' = 1 − yd, exact to a double below −12 for the first few n,
//   d = c₀/x + c₁/x³ + c₂/x⁵ + …,  c₀ = −1,  c_k+1 = Σ_i c_i c_k−i − (2k + 1) c_k
double lower_tail(int n, double x) {
  static const std::vector<double> c = [] {
    std::vector<double> c = {-1};
    for (int k = 0; k < 20; ++k) {
      c.push_back(-(2 * k + 1) * c[k]);
      for (int i = 0; i <= k; ++i) c[k + 1] += c[i] * c[k - i];
    }
    return c;
  }();
  double d = 0;
  for (int k = int(c.size()) - 1; k >= 0; --k) {
    double term = c[k];
    for (int j = 1; j <= n; ++j) term *= -(2 * k + j);
    d = d / (x * x) + term;
  }
  return d / std::pow(x, n + 1) - (n == 0 ? x : n == 1 ? 1 : 0);
}

// Elsewhere by Leibniz' rule, from y' = −y (x + y).
double inverse_mills(int n, double x) {
  if (x < -12) return lower_tail(n, x);
  const double value = std::exp(-0.5 * x * x - half_log_2pi) / (0.5 * std::erfc(-x / std::sqrt(2.0)));
  if (n == 0 || value == 0) return value;  // 0 in the upper tail, up to infinity
  std::vector<double> y = {value}, d = {x + value};
  for (int m = 0; m < n; ++m) {
    double next = 0, choose = 1;  // m over k
    for (int k = 0; k <= m; choose *= double(m - k) / (k + 1), ++k) next -= choose * y[k] * d[m - k];
    y.push_back(next);
    d.push_back(m == 0 ? 1 + next : next);
  }
  return y[n];
}

Lane log_normal_cdf(Lane x) {
  return each([](Real x) { return Real(log_normal_cdf(double(x))); }, x);
}

Lane inverse_mills(int n, Lane x) {
  return each([n](Real x) { return Real(inverse_mills(n, double(x))); }, x);
}

Lane lgamma(Lane x) {
  return each([](Real x) { return std::lgamma(x); }, x);
}

}  // namespace

// ψ⁽ⁿ⁾(x). From x up to 20 by ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁾(x+1) − (−1)ⁿ n! x^−(n+1); there the asymptotic series (Abramowitz & Stegun
// 1964, 6.3.18 and 6.4.11)
//   ψ(x)    = log x − 1/2x − Σ_k B₂ₖ / (2k x²ᵏ)
//   ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ [ (n−1)! x⁻ⁿ + ½ n! x^−(n+1) + Σ_k B₂ₖ (2k+n−1)! / ((2k)! x^(2k+n)) ]
double detail::polygamma(int n, double x) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  if (std::isnan(x) || x == -infinity) return nan;
  if (n % 2 == 0 && x == 0) return std::copysign(infinity, -x);     // a pole, which 0 and −0 approach from different sides
  if (x <= 0 && x == std::floor(x)) return n % 2 ? infinity : nan;  // others, of one sign on both sides or not
  // ψ(1 − x) − ψ(x) = π / tan πx saves the long way up
  if (n == 0 && x < -20) return polygamma(0, 1 - x) - pi / std::tan(pi * (x - std::floor(x)));
  if (x < -1e6) return nan;  // the way up is too long

  const double sign = n % 2 ? 1 : -1;  // (−1)ⁿ⁺¹
  double shifted = 0;
  const double n_factorial = std::tgamma(n + 1.0);
  for (; x < 20 + n; ++x) shifted += sign * n_factorial * std::pow(x, -(n + 1));
  static const double bernoulli[] = {1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510};
  double series = n == 0 ? 0 : n_factorial / n * std::pow(x, -n);
  series += 0.5 * n_factorial * std::pow(x, -(n + 1));
  double power = std::pow(x, -(n + 2)), ratio = std::tgamma(n + 2.0) / 2;  // x^−(2k+n) and (2k+n−1)! / (2k)! for k = 1
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

// y = erf x        x̄ += ȳ 2/√π e^−x²
Var erf(Var x) {
  return elementwise("erf", {x},
                     [](auto x) { return erf(x); },
                     [](auto g, auto x) { return g * two_over_sqrt_pi * exp(-(x * x)); });
}

// y = erfc x       x̄ −= ȳ 2/√π e^−x²
Var erfc(Var x) {
  return elementwise("erfc", {x},
                     [](auto x) { return erfc(x); },
                     [](auto g, auto x) { return -(g * two_over_sqrt_pi * exp(-(x * x))); });
}

namespace {

// y = dⁿ/dxⁿ φ(x) / Φ(x)    x̄ += ȳ dⁿ⁺¹/dxⁿ⁺¹ φ(x) / Φ(x)
Var inverse_mills(int n, Var x) {
  return elementwise("inverse_mills", {x},
                     [=](auto x) { return inverse_mills(n, x); },
                     [=](auto g, auto x) { return g * inverse_mills(n + 1, x); });
}

}  // namespace

// y = log Φ(x)     x̄ += ȳ φ(x) / Φ(x)
Var log_normal_cdf(Var x) {
  return elementwise("log_normal_cdf", {x},
                     [](auto x) { return log_normal_cdf(x); },
                     [](auto g, auto x) { return g * inverse_mills(0, x); });
}

// y = x Φ(x)       x̄ += ȳ (Φ(x) + x φ(x))
Var gelu(Var x) {
  return elementwise("gelu", {x},
                     [](auto x) { return 0.5 * x * (1 + erf(inverse_sqrt_2 * x)); },
                     [](auto g, auto x) { return g * (0.5 * (1 + erf(inverse_sqrt_2 * x)) + x * exp(-0.5 * x * x - Real(half_log_2pi))); });
}

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
