// The error function and its relatives, among them Φ, the cumulative distribution function of the standard
// normal distribution, whose density is φ.
#include <cmath>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const double inverse_sqrt_2pi = 0.39894228040143268;
const Real inverse_sqrt_2 = Real(0.7071067811865476);
const Real sqrt_2_over_pi = Real(0.7978845608028654);
const Real two_over_sqrt_pi = Real(1.1283791670955126);
const Real far_tail = 1e3;  // the tail beyond it is 0

// ---- on registers -----------------------------------------------------------------------------------------

// e^x² erfc x for x ≥ 0, which never underflows. Times 1 + 2x it is a series of Chebyshev polynomials in
// (x − 3.75)/(x + 3.75) (Shepherd & Laframboise 1981, Math. Comp. 36), summed by Clenshaw's recurrence.
Lane erfcx(Lane x) {
  static constexpr double c[] = {
      1.1775789345674017,     -0.0045900545806464774,  -0.084249133366517916,   0.059209939998191890,
      -0.026658668435305752,  0.0090749976707052651,   -0.0024131635404176082,  4.9077583652580863e-4,
      -6.9169733025012064e-5, 4.1390279860730102e-6,   7.7403830661984907e-7,   -2.1886401049234395e-7,
      1.0764999465670917e-8,  4.5219598112182928e-9,   -7.7544002088312959e-10, -6.3180883408861686e-11,
      2.8687950109311479e-11, 1.9455868546215799e-13,  -9.6546967483937020e-13, 3.2525481485036477e-14,
      3.3478119485980211e-14, -1.8645628777548722e-15, -1.2507950508613826e-15, 7.4182354309106646e-17,
      5.0681490320165801e-17};
  constexpr int last = sizeof(Real) == 4 ? 13 : 24;
  const Lane t = 1 - Real(7.5) / (x + Real(3.75));
  Lane b = 0, b_before = 0;
  for (int k = last; k > 0; --k) b_before = std::exchange(b, Real(c[k]) + 2 * t * b - b_before);
  return 0.5 * (Real(c[0]) + t * b - b_before) / (0.5 + x);
}

// y e^−cx². In e^−cx² the rounding of x² would be magnified, so x = h + (x − h) with an exact h²: the result
// is y e^−ch² e^−c(x − h)(x + h). e^−ch² is applied as two factors e^−½ch², so that it does not underflow
// early.
Lane times_gaussian(Lane y, Real c, Lane x) {
  const Lane far = sizeof(Real) == 4 ? 16 : 40;  // the result is 0 from here on
  x = where(x > far, far, x);
  const Lane h = round(16 * x) / 16, half = exp(-0.5 * c * h * h), rest = exp(-c * (x - h) * (x + h));
  return half * (half * (y * rest));
}

// Not 1 − erf x: in the upper tail the result is smaller than the rounding of 1.
Lane erfc(Lane x) {
  const Lane size = abs(x), tail = times_gaussian(erfcx(size), 1, size);
  return where(x < 0, 2 - tail, tail);
}

// 2 e^(x²/2) Φ(−x) for x ≥ 0
Lane scaled_tail(Lane x) { return erfcx(inverse_sqrt_2 * x); }

// Φ(x)
Lane normal_cdf(Lane x) {
  const Lane size = abs(x), tail = 0.5 * times_gaussian(scaled_tail(size), 0.5, size);
  return where(x > 0, 1 - tail, tail);
}

// log Φ(x). Below 0, log e^(−x²/2) is not computed but written as −x²/2.
Lane log_normal_cdf(Lane x) {
  const Lane size = abs(x), scaled = scaled_tail(size), tail = 0.5 * times_gaussian(scaled, 0.5, size);
  return where(x > 0, log1p(-tail), log(0.5 * scaled) - 0.5 * x * x);
}

// φ(x) / Φ(x), the inverse Mills ratio of −x; far below 0 it is −x.
Lane inverse_mills(Lane x) {
  const Lane size = abs(x), scaled = scaled_tail(size);
  const Lane upper = times_gaussian(sqrt_2_over_pi / (2 - times_gaussian(scaled, 0.5, size)), 0.5, size);
  return where(x > 0, upper, where(x < Real(-1e8), -x, sqrt_2_over_pi / scaled));
}

// ---- derivatives of φ(x) / Φ(x) ---------------------------------------------------------------------------

// The n-th derivative of y = φ(x) / Φ(x) in the lower tail, n ≥ 1. Since y' = −yd with d = x + y, all
// derivatives are made of y and d; but y is nearly −x there, so that d cancels. From d' = 1 − yd follows the
// series
//   d = c₀/x + c₁/x³ + c₂/x⁵ + …,  c₀ = −1,  c_k+1 = Σ_i c_i c_k−i − (2k + 1) c_k
// whose first derivatives are exact to a double for x < −12.
double lower_tail(int n, double x) {
  // Compute the coefficients c_k.
  static const std::vector<double> c = [] {
    std::vector<double> c = {-1};
    for (int k = 0; k < 20; ++k) {
      c.push_back(-(2 * k + 1) * c[k]);
      for (int i = 0; i <= k; ++i) c[k + 1] += c[i] * c[k - i];
    }
    return c;
  }();
  // Sum the n-th derivatives of the terms of d by Horner's rule in 1/x²; y is d − x.
  double d = 0;
  for (int k = int(c.size()) - 1; k >= 0; --k) {
    double term = c[k];
    for (int j = 1; j <= n; ++j) term *= -(2 * k + j);
    d = d / (x * x) + term;
  }
  return d / std::pow(x, n + 1) - (n == 1);
}

// The n-th derivative, n ≥ 1, in the lower tail as above.
double inverse_mills_derivative(int n, double x) {
  if (x < -12) return lower_tail(n, x);
  const double value = 2 * inverse_sqrt_2pi * std::exp(-0.5 * x * x) / std::erfc(-x / std::sqrt(2.0));
  if (value == 0) return 0;  // far in the upper tail, and at infinity
  // Differentiate y' = −y d by Leibniz' rule, where d = x + y and d' = 1 + y'.
  std::vector<double> y = {value}, d = {x + value};
  for (int m = 0; m < n; ++m) {
    double next = 0, choose = 1;  // the binomial coefficient m over k
    for (int k = 0; k <= m; choose *= double(m - k) / (k + 1), ++k) next -= choose * y[k] * d[m - k];
    y.push_back(next);
    d.push_back(m == 0 ? 1 + next : next);
  }
  return y[n];
}

Lane inverse_mills(int n, Lane x) {
  return n == 0 ? inverse_mills(x)
                : each([n](Real x) { return Real(inverse_mills_derivative(n, double(x))); }, x);
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

namespace {

// Φ(x) = ½ erfc(−x/√2), where 1 + erf would cancel
Var normal_cdf(Var x) { return 0.5 * erfc(-inverse_sqrt_2 * x); }

}  // namespace

// y = x Φ(x)       x̄ += ȳ (Φ(x) + x φ(x))        (∞ · 0 is 0)
Var gelu(Var x) {
  return elementwise("gelu", {x},
                     [](auto x) { return where(x < -far_tail, 0, x * normal_cdf(x)); },
                     [](auto g, auto x) {
                       const auto near = where(x > far_tail, 0, where(x < -far_tail, 0, x));
                       return g * (normal_cdf(x) + Real(inverse_sqrt_2pi) * near * exp(-0.5 * near * near));
                     });
}

// clang-format on

}  // namespace autograd
