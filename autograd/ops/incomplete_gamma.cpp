// P(a, x) and its derivatives in a, by a series below the mean a and a continued fraction above it. w stands
// for x^a e⁻ˣ / Γ(a) and Q for 1 − P.
#include "autograd/ops/incomplete_gamma.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "autograd/ops/special.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const double infinity = std::numeric_limits<double>::infinity();

// ---- numbers with two derivatives in a --------------------------------------------------------------------

// f, ∂f/∂a and ∂²f/∂a²
struct Jet {
  double f, d, dd;
};

Jet operator+(const Jet& x, const Jet& y) { return {x.f + y.f, x.d + y.d, x.dd + y.dd}; }
Jet operator*(const Jet& x, const Jet& y) {
  return {x.f * y.f, x.d * y.f + x.f * y.d, x.dd * y.f + 2 * x.d * y.d + x.f * y.dd};
}
Jet reciprocal(const Jet& x) {
  const double r = 1 / x.f;
  return {r, -x.d * r * r, (2 * x.d * x.d * r - x.dd) * r * r};
}

// True if adding the term changes neither y nor its derivatives by more than their rounding.
bool negligible(const Jet& term, const Jet& y) {
  const double small = 1e-16;
  return std::abs(term.f) <= small * std::abs(y.f) && std::abs(term.d) <= small * std::abs(y.d) &&
         std::abs(term.dd) <= small * std::abs(y.dd);
}

// ---- P(a, x) / w and Q(a, x) / w --------------------------------------------------------------------------

// a P / w = Σ_n xⁿ / ((a+1) … (a+n))
Jet lower_series(double a, double x) {
  Jet term = {1, 0, 0}, sum = term;
  for (int n = 1; n < 1000000; ++n) {
    term = term * Jet{x, 0, 0} * reciprocal({a + n, 1, 0});
    sum = sum + term;
    if (n > x - a && negligible(term, sum)) break;
  }
  return sum;
}

// Q / w = 1 / (x+1−a − 1(1−a) / (x+3−a − 2(2−a) / (x+5−a − …))), by Lentz's method (Press et al. 2007,
// section 6.2): h is the fraction cut off after n terms, and c d the ratio to the one before.
Jet upper_fraction(double a, double x) {
  Jet b = {x + 1 - a, -1, 0}, d = reciprocal(b), c = {0, 0, 0}, h = d;
  for (int n = 1; n < 1000000; ++n) {
    const Jet numerator = {-n * (n - a), double(n), 0};
    b.f += 2;
    d = reciprocal(numerator * d + b);
    c = n == 1 ? b : b + numerator * reciprocal(c);
    const Jet next = h * c * d, step = {next.f - h.f, next.d - h.d, next.dd - h.dd};
    h = next;
    if (negligible(step, h)) break;
  }
  return h;
}

bool below_mean(double a, double x) { return x < a + 1; }

// log w. For a large a and x near it, a log x and log Γ(a) nearly cancel; there by Stirling's series
// (Abramowitz & Stegun 1964, 6.1.40):
//   log w = −a (d − log(1 + d)) + ½ log a/2π − 1/12a + 1/360a³ − …,  d = x/a − 1
double log_weight(double a, double x) {
  if (a < 20 || x < a / 2 || x > 2 * a) return a * std::log(x) - x - std::lgamma(a);
  const double d = (x - a) / a, u = 1 / (a * a);
  const double series = (1. / 12 - u * (1. / 360 - u * (1. / 1260 - u * (1. / 1680 - u / 1188)))) / a;
  return -a * (d - std::log1p(d)) + 0.5 * std::log(a / 6.283185307179586) - series;
}

double gamma_cdf(double a, double x) {
  if (std::isnan(a) || std::isnan(x)) return a + x;
  if (x <= 0 || x == infinity) return x > 0;
  const double w = std::exp(log_weight(a, x));
  return below_mean(a, x) ? w / a * lower_series(a, x).f : 1 - w * upper_fraction(a, x).f;
}

// ∂P/∂a / w and ∂²P/∂a² / w at x = eˡ
struct Slopes {
  double first, second;
};

// P = w h / a below the mean and 1 − w h above it, with h the series or the fraction. With e = log x − ψ(a):
//   ∂w/∂a = w e,  ∂²w/∂a² = w (e² − ψ'(a)),  and w / a is w with Γ(a + 1) for Γ(a)
Slopes gamma_slopes(double a, double l) {
  const double x = std::exp(l);
  if (std::isnan(a) || std::isnan(l) || x == infinity)
    return {x == infinity ? 0 : a + l, x == infinity ? 0 : a + l};
  const bool below = below_mean(a, x);
  const Jet h = below ? lower_series(a, x) : upper_fraction(a, x);
  const double shape = below ? a + 1 : a;
  const double e = l - detail::polygamma(0, shape), factor = below ? 1 / a : -1;
  return {factor * (e * h.f + h.d),
          factor * ((e * e - detail::polygamma(1, shape)) * h.f + 2 * e * h.d + h.dd)};
}

// I_x(a, b) = x^a (1−x)^b / (a B(a, b)) / (1 + d₁/(1 + d₂/(1 + …))), by Lentz's method (Press et al. 2007,
// section 6.4)
double beta_cdf(double a, double b, double x) {
  // Handle NaN and the ends; above the mean use 1 − I_(1−x)(b, a).
  if (std::isnan(a) || std::isnan(b) || std::isnan(x)) return a + b + x;
  if (x <= 0 || x >= 1) return x > 0;
  if (x > (a + 1) / (a + b + 2)) return 1 - beta_cdf(b, a, 1 - x);

  // Evaluate the factor and the continued fraction.
  const double log_front =
      a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 1000000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d), c = 1 + even / c;
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d), c = 1 + odd / c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return std::exp(log_front) / a * h;
}

// ---- on registers, and the same on Vars where a rule needs it ---------------------------------------------

Lane digamma(Lane x) {
  return each([](Real x) { return Real(detail::polygamma(0, double(x))); }, x);
}
Lane gamma_cdf(Lane a, Lane x) {
  return each([](Real a, Real x) { return Real(gamma_cdf(double(a), double(x))); }, a, x);
}
Lane beta_cdf(Lane a, Lane b, Lane x) {
  return each([](Real a, Real b, Real x) { return Real(beta_cdf(double(a), double(b), double(x))); }, a, b,
              x);
}
Lane gamma_slope(Lane a, Lane l) {
  return each([](Real a, Real l) { return Real(gamma_slopes(double(a), double(l)).first); }, a, l);
}
Lane gamma_weight(Lane a, Lane x) {
  return each([](Real a, Real x) { return Real(std::exp(log_weight(double(a), double(x)))); }, a, x);
}
Lane gamma_bend(Lane a, Lane l) {
  return each([](Real a, Real l) { return Real(gamma_slopes(double(a), double(l)).second); }, a, l);
}

// x^(a−1) (1−x)^(b−1) / B(a, b)
Lane beta_density(Lane a, Lane b, Lane x) {
  const auto density = [](double a, double b, double x) {
    return std::exp((a - 1) * std::log(x) + (b - 1) * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) -
                    std::lgamma(b));
  };
  return each([=](Real a, Real b, Real x) { return Real(density(double(a), double(b), double(x))); }, a, b,
              x);
}
Var beta_density(Var a, Var b, Var x) {
  return exp((a - 1) * log(x) + (b - 1) * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b));
}

// ∂P/∂a
Lane cdf_slope(Lane a, Lane x) {
  const auto slope = [](double a, double x) {
    return std::exp(log_weight(a, x)) * gamma_slopes(a, std::log(x)).first;
  };
  return each([=](Real a, Real x) { return Real(slope(double(a), double(x))); }, a, x);
}

// log x − ψ(a), in double, because the two are nearly equal where x is near a large a
Lane log_excess(Lane a, Lane x) {
  return each([](Real a, Real x) { return Real(std::log(double(x)) - detail::polygamma(0, double(a))); }, a,
              x);
}
Var log_excess(Var a, Var x) { return log(x) - digamma(a); }

// Stands for a derivative that is not implemented: throws.
template <class T>
T missing(const T&, const char* derivative) {
  throw std::logic_error(std::string("[gamma] there is no ") + derivative);
}

// ---- on the tape ------------------------------------------------------------------------------------------

// clang-format off

// y = ∂²P/∂a² / w
Var gamma_bend(Var a, Var l) {
  return elementwise("gamma_bend", {a, l},
                     [](auto a, auto l) { return gamma_bend(a, l); },
                     [](auto g) { return missing(g, "third derivative by the concentration"); },
                     [](auto g) { return missing(g, "third derivative by the concentration"); });
}

// y = ∂P/∂a / w    ā += ȳ (∂²P/∂a² / w − y e),  l̄ += ȳ (e − y (a − eˡ)),  e = l − ψ(a)
Var gamma_slope(Var a, Var l) {
  return elementwise("gamma_slope", {a, l},
                     [](auto a, auto l) { return gamma_slope(a, l); },
                     [](auto g, auto a, auto l, auto y) {
                       return g * (gamma_bend(a, l) - y * (l - digamma(a)));
                     },
                     [](auto g, auto a, auto l, auto y) { return g * (l - digamma(a) - y * (a - exp(l))); });
}

// ∂P/∂a
Var cdf_slope(Var a, Var x) { return gamma_weight(a, x) * gamma_slope(a, log(x)); }

}  // namespace

// y = x^a e⁻ˣ / Γ(a)      ā += ȳ y (log x − ψ(a)),  x̄ += ȳ y (a − x) / x
Var gamma_weight(Operand a, Operand x) {
  return elementwise("gamma_weight", {a, x},
                     [](auto a, auto x) { return gamma_weight(a, x); },
                     [](auto g, auto a, auto x, auto y) { return g * y * log_excess(a, x); },
                     [](auto g, auto a, auto x, auto y) { return g * y * (a - x) / x; });
}

// y = P(a, x)      ā += ȳ ∂P/∂a,  x̄ += ȳ x^(a−1) e⁻ˣ / Γ(a)
Var gamma_cdf(Operand a, Operand x) {
  return elementwise("gamma_cdf", {a, x},
                     [](auto a, auto x) { return gamma_cdf(a, x); },
                     [](auto g, auto a, auto x) { return g * cdf_slope(a, x); },
                     [](auto g, auto a, auto x) { return g * gamma_weight(a, x) / x; });
}

// y = I_x(a, b)    x̄ += ȳ x^(a−1) (1−x)^(b−1) / B(a, b)
Var beta_cdf(Operand a, Operand b, Operand x) {
  return elementwise("beta_cdf", {a, b, x},
                     [](auto a, auto b, auto x) { return beta_cdf(a, b, x); },
                     [](auto g, auto, auto, auto) {
                       return missing(g, "derivative of the beta cdf by its parameters");
                     },
                     [](auto g, auto, auto, auto) {
                       return missing(g, "derivative of the beta cdf by its parameters");
                     },
                     [](auto g, auto a, auto b, auto x) { return g * beta_density(a, b, x); });
}

// clang-format on

namespace {

// log z with z ~ Gamma(a, 1): words(k, u) gives the four uniform numbers of attempt k.
template <class Words>
double draw(double a, const Words& words) {
  // Propose d (1 + c x)³ with x normal; for a < 1 draw from Gamma(a + 1).
  const double boosted = a < 1 ? a + 1 : a, d = boosted - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint64_t attempt = 0;; ++attempt) {
    double u[4];
    words(attempt, u);
    const double x = std::sqrt(-2 * std::log(u[0])) * std::cos(6.283185307179586 * u[1]), root = 1 + c * x;
    if (root <= 0) continue;
    // Accept with the probability of Marsaglia & Tsang.
    const double log_v = 3 * std::log(root);
    if (std::log(u[2]) >= 0.5 * x * x + d - d * std::exp(log_v) + d * log_v) continue;
    // If z ~ Gamma(a + 1) and U is uniform, z U^(1/a) ~ Gamma(a).
    return std::log(d) + log_v + (a < 1 ? std::log(u[3]) / a : 0);
  }
}

}  // namespace

// y = log z with P(a, z) = u        ā −= ȳ (∂P/∂a) / w,  where w = z p(z)
Var log_gamma_sample(Var a, const Stream& stream) {
  // Draw element by element, each from random words of its own.
  const Array& concentration = a.value();
  Array z = empty(a.shape());
  const std::size_t rows = a.shape().empty() ? 1 : a.shape()[0], width = rows ? z.size() / rows : 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (!(concentration.data()[i] > 0))
      throw std::domain_error("[log_gamma_sample] the concentration is " +
                              std::to_string(concentration.data()[i]));
    const auto words = [&](std::uint64_t attempt, double(&u)[4]) {
      std::uint32_t word[4];
      random_words(stream, i / width, 4, word, 4 * (attempt * width + i % width));
      for (int k = 0; k < 4; ++k) u[k] = (word[k] + 0.5) * 0x1p-32;
    };
    z.data()[i] = Real(draw(double(concentration.data()[i]), words));
  }
  // Record it as a function of a.
  // clang-format off
  return elementwise("log_gamma_sample", {a, constant(z)},
                     [](auto, auto z) { return z; },
                     [](auto g, auto a, auto, auto y) { return -(g * gamma_slope(a, y)); },
                     nullptr);
  // clang-format on
}

}  // namespace autograd
