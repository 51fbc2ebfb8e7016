// Both divergences, computed element by element in double.
#include "autograd/ops/divergence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "autograd/ops/special.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// ---- in double --------------------------------------------------------------------------------------------

// Below, d = b − a. It is an argument of its own because it is exact, while a + k and b + k are rounded.
bool near(double a, double b, double d) { return std::abs(d) <= 0.2 * (a + b); }

// a log(a/b) − a + b. With s = d / (b + a), log(b/a) = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), so that it is
//   d s − 2a (s³/3 + s⁵/5 + …)
// which is used near a = b.
double relative_entropy(double a, double b, double d) {
  if (!near(a, b, d)) return a * std::log(a / b) - a + b;
  const double s = d / (b + a);
  double series = 0;
  for (int k = 12; k >= 1; --k) series = series * s * s + 1 / (2. * k + 1);
  return d * s - 2 * a * s * s * s * series;
}

// The divergence of r(x) = 1/12x − 1/360x³ + 1/1260x⁵ − 1/1680x⁷ + 1/1188x⁹. That of x⁻ⁿ is
// d² / ab Σ_m m a⁻ᵐ b^(m−n), m from 1 to n.
double series_divergence(double a, double b, double d) {
  const double coefficients[] = {1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188};
  double sum = 0;
  for (int k = 0; k < 5; ++k) {
    double inner = 0, power = 1;
    for (int m = 1; m <= 2 * k + 1; ++m) power /= a, inner = inner / b + m * power;
    sum += coefficients[k] * inner;
  }
  return d / a * (d / b) * sum;
}

// The divergence of φ. For arguments of 20 and more by Stirling's series (Abramowitz & Stegun 1964, 6.1.40),
// φ(x) = ½ log 2π/x + r(x). Smaller ones are shifted by n with log Γ(x) = log Γ(x+1) − log x. Let R be the
// relative entropy. Then
//   the divergence of log Γ at (a, b) is Σ_k<n R(a+k, b+k) / (a+k) more than at (a+n, b+n)
//   the divergence of x log x − x at (a, b) is R(b, a)
// so that the divergence of φ at (a, b) is Σ_k<n R(a+k, b+k) / (a+k) + R(b+n, a+n) − R(b, a) more than at
// (a+n, b+n). Far from a = b, R(b+n, a+n) − R(b, a) is computed without cancelling terms:
//   (b+n) log((b+n) / (a+n)) − b log(b/a) = n log((b+n) / (a+n)) − b log(b/a · (a+n) / (b+n))
double stirling_divergence(double a, double b) {
  if (!(a > 0 && b > 0)) return std::numeric_limits<double>::quiet_NaN();
  // Shift both arguments to 20 or more.
  const double d = b - a;
  double sum = 0;
  int n = 0;
  for (; std::min(a, b) + n < 20; ++n) sum += relative_entropy(a + n, b + n, d) / (a + n);
  const double x = a + n, y = b + n;
  if (n > 0)
    sum += near(a, b, d) ? relative_entropy(y, x, -d) - relative_entropy(b, a, -d)
                         : n * std::log(y / x) - b * std::log(b / a * (x / y));
  // Add the divergences of ½ log 1/x and of r.
  return sum + relative_entropy(x, y, d) / (2 * x) + series_divergence(x, y, d);
}

// ---- on registers, and the same on Vars where a rule needs it ---------------------------------------------

Lane relative_entropy(Lane a, Lane b) {
  return each(
      [](Real a, Real b) { return Real(relative_entropy(double(a), double(b), double(b) - double(a))); }, a,
      b);
}

Lane stirling_divergence(Lane a, Lane b) {
  return each([](Real a, Real b) { return Real(stirling_divergence(double(a), double(b))); }, a, b);
}

// log a/b
Lane log_ratio(Lane a, Lane b) {
  return each([](Real a, Real b) { return near(a, b, b - a) ? std::log1p((a - b) / b) : std::log(a / b); }, a,
              b);
}

// φ'(x) = ψ(x) − log x
Lane slope(Lane x) {
  return each([](Real x) { return Real(detail::polygamma(0, double(x)) - std::log(double(x))); }, x);
}
Var slope(Var x) { return digamma(x) - log(x); }

// φ''(x) = ψ'(x) − 1/x
Lane bend(Lane x) {
  return each([](Real x) { return Real(detail::polygamma(1, double(x)) - 1 / double(x)); }, x);
}
Var bend(Var x) { return polygamma(1, x) - reciprocal(x); }

// ---- on the tape ------------------------------------------------------------------------------------------

// clang-format off

// y = log a/b                          ā += ȳ / a,  b̄ −= ȳ / b
Var log_ratio(Var a, Var b) {
  return elementwise("log_ratio", {a, b},
                     [](auto a, auto b) { return log_ratio(a, b); },
                     [](auto g, auto a, auto) { return g / a; },
                     [](auto g, auto, auto b) { return -(g / b); });
}

}  // namespace

// y = a log(a/b) − a + b               ā += ȳ log(a/b),  b̄ += ȳ (b − a) / b
Var relative_entropy(Operand a, Operand b) {
  return elementwise("relative_entropy", {a, b},
                     [](auto a, auto b) { return relative_entropy(a, b); },
                     [](auto g, auto a, auto b) { return g * log_ratio(a, b); },
                     [](auto g, auto a, auto b) { return g * (b - a) / b; });
}

// y = φ(b) − φ(a) − (b − a) φ'(a)      ā −= ȳ (b − a) φ''(a),  b̄ += ȳ (φ'(b) − φ'(a))
Var stirling_divergence(Operand a, Operand b) {
  return elementwise("stirling_divergence", {a, b},
                     [](auto a, auto b) { return stirling_divergence(a, b); },
                     [](auto g, auto a, auto b) { return g * (a - b) * bend(a); },
                     [](auto g, auto a, auto b) { return g * (slope(b) - slope(a)); });
}

// clang-format on

}  // namespace autograd
