// The truncated exponential distribution, with density ∝ eˡᵗ on [0, 1], which is also the continuous
// Bernoulli distribution with logit l: its log-normaliser with all derivatives, and its quantile function.
// The closed forms are 0/0 at l = 0.
//
//     K(x) = log ∫₀¹ eˣᵗ dt = log((eˣ − 1) / x) = x/2 + Σ_k (−1)ᵏ⁺¹ ζ(2k) / k · (x / 2π)²ᵏ
//
// K is the cumulant generating function of the uniform distribution. The series is the logarithm of Euler's
// product for sinh (Abramowitz & Stegun 1964, 4.5.68). Next: ../../nn/distributions/continuous_bernoulli.h.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// ζ(2k) for k ≥ 1
double zeta(int k) {
  static const double first[] = {1.6449340668482264, 1.0823232337111382, 1.0173430619844491,
                                 1.0040773561979443, 1.0009945751278181};
  if (k <= 5) return first[k - 1];
  double sum = 0;
  for (int m = 40; m >= 1; --m) sum += std::pow(m, -2 * k);
  return sum;
}

// K⁽ⁿ⁾(x) by the series, for |x| well below 2π.
double near_zero(int n, double x) {
  // Compute the coefficients.
  static const std::vector<double> coefficients = [] {
    std::vector<double> c(40);
    for (int k = 1; k < 40; ++k) c[k] = (k % 2 ? 1 : -1) * zeta(k) / k * std::pow(6.283185307179586, -2 * k);
    return c;
  }();
  // Sum the n-th derivatives of the terms.
  double sum = n == 0 ? x / 2 : n == 1 ? 0.5 : 0;
  for (int k = 1; k < 40; ++k) {
    if (2 * k < n) continue;
    double term = coefficients[k] * std::pow(x, 2 * k - n);
    for (int j = 0; j < n; ++j) term *= 2 * k - j;
    sum += term;
  }
  return sum;
}

// The n-th derivative of K(x) − x = log(1 − e⁻ˣ) − log x for x > 0. With s = 1 / (eˣ − 1), the first
// derivative of log(1 − e⁻ˣ) is s, and the next ones are polynomials in s, because s' = −s(1 + s).
double above_zero(int n, double x) {
  if (n == 0) return std::log1p(-std::exp(-x)) - std::log(x);
  // Differentiate the polynomial in s, and 1/x.
  const double s = 1 / std::expm1(x);
  std::vector<double> polynomial = {0, 1};
  double power = 1 / x;  // (−1)ⁿ⁻¹ (n−1)! / xⁿ
  for (int j = 1; j < n; ++j) {
    std::vector<double> next(polynomial.size() + 1, 0.0);
    for (std::size_t i = 1; i < polynomial.size(); ++i) {
      next[i] -= double(i) * polynomial[i];
      next[i + 1] -= double(i) * polynomial[i];
    }
    polynomial = next;
    power *= -j / x;
  }
  // Evaluate it by Horner's rule.
  double sum = 0;
  for (std::size_t i = polynomial.size(); i-- > 0;) sum = sum * s + polynomial[i];
  return sum - power;
}

// K⁽ⁿ⁾(x)
double uniform_cumulant(int n, double x) {
  if (std::abs(x) < 2.5) return near_zero(n, x);
  if (n == 0 && std::isinf(x)) return x;
  // K(x) = x + K(−x)
  const double rest = above_zero(n, std::abs(x)) * (x < 0 && n % 2 ? -1 : 1);
  return rest + (n == 0 ? std::max(x, 0.0) : n == 1 && x > 0 ? 1 : 0);
}

Lane uniform_cumulant(int n, Lane x) {
  return each([n](Real x) { return Real(uniform_cumulant(n, double(x))); }, x);
}

// D(a, b) = K(b) − K(a) − K'(a) (b − a). For near a and b it is the remainder of Taylor's formula,
//   d² ∫₀¹ (1 − t) K''(a + td) dt,  d = b − a,
// by Gauss and Legendre's rule: a sum of positive terms, exact to a double where K'' varies slowly.
double uniform_divergence(double a, double b) {
  if (a > 0) return uniform_divergence(-a, -b);  // and so K(a) and K'(a) are small
  const double d = b - a;
  if (std::abs(d) > std::max(1.0, -0.25 * a))
    return std::max(b, 0.0) + (uniform_cumulant(0, -std::abs(b)) - uniform_cumulant(0, a)) -
           uniform_cumulant(1, a) * d;

  static const double nodes[] = {0.18343464249564980, 0.52553240991632899, 0.79666647741362674,
                                 0.96028985649753623},
                      weights[] = {0.36268378337836198, 0.31370664587788729, 0.22238103445337447,
                                   0.10122853629037626};
  double sum = 0;
  for (int k = 0; k < 4; ++k)
    for (const double sign : {-1, 1}) {
      const double t = 0.5 + 0.5 * sign * nodes[k];
      sum += 0.5 * weights[k] * (1 - t) * uniform_cumulant(2, a + t * d);
    }
  return d * d * sum;
}

Lane uniform_divergence(Lane a, Lane b) {
  return each([](Real a, Real b) { return Real(uniform_divergence(double(a), double(b))); }, a, b);
}

// z = log(1 + u (eˡ − 1)) / l.  Where u (eˡ − 1) is near −1, log(1 − u + u eˡ) / l; where eˡ overflows,
// 1 + log(u + (1 − u) e⁻ˡ) / l.
double quantile(double u, double l) {
  if (l == 0) return u;
  const double raised = u * std::expm1(l);
  const double z = raised < -0.5    ? std::log(1 - u + u * std::exp(l)) / l
                   : raised < 1e300 ? std::log1p(raised) / l
                                    : 1 + std::log(u + (1 - u) * std::exp(-l)) / l;
  return z < 0 ? 0 : z > 1 ? 1 : z;
}

Lane quantile(Lane u, Lane l) {
  return each([](Real u, Real l) { return Real(quantile(double(u), double(l))); }, u, l);
}

}  // namespace

// clang-format off

// y = K⁽ⁿ⁾(x)      x̄ += ȳ K⁽ⁿ⁺¹⁾(x)
Var uniform_cumulant(int n, Var x) {
  if (n < 0) throw std::invalid_argument("[uniform_cumulant] of order " + std::to_string(n));
  return elementwise("uniform_cumulant", {x},
                     [=](auto x) { return uniform_cumulant(n, x); },
                     [=](auto g, auto x) { return g * uniform_cumulant(n + 1, x); });
}

// y = K(b) − K(a) − K'(a) (b − a)        ā −= ȳ K''(a) (b − a),  b̄ += ȳ (K'(b) − K'(a))
Var uniform_divergence(Operand a, Operand b) {
  return elementwise("uniform_divergence", {a, b},
                     [](auto a, auto b) { return uniform_divergence(a, b); },
                     [](auto g, auto a, auto b) { return g * uniform_cumulant(2, a) * (a - b); },
                     [](auto g, auto a, auto b) {
                       return g * (uniform_cumulant(1, b) - uniform_cumulant(1, a));
                     });
}

// z(u, l) solves log z + K(lz) = log u + K(l).
//   ū += z̄ e^(K(l) − lz)
//   l̄ += z̄ z (K'(l) − z K'(lz)) / (1 + lz K'(lz)),  the same for (−l, 1 − z), and accurate for l > 0
Var truncated_exponential_quantile(Operand u, Operand l) {
  return elementwise("truncated_exponential_quantile", {u, l},
                     [](auto u, auto l) { return quantile(u, l); },
                     [](auto g, auto, auto l, auto z) { return g * exp(uniform_cumulant(0, l) - l * z); },
                     [](auto g, auto, auto l, auto z) {
                       const auto a = where(l > 0, l, -l), w = where(l > 0, z, 1 - z);
                       const auto slope = uniform_cumulant(1, a * w);
                       return g * w * (uniform_cumulant(1, a) - w * slope) / (1 + a * w * slope);
                     });
}

// clang-format on

}  // namespace autograd
