// The operations on numbers. Above each: its value, and what it adds to the adjoints of its inputs, with x̄
// for ∂loss/∂x.
#include <array>
#include <limits>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const Real small = sizeof(Real) == 4 ? 1e-9 : 1e-75;  // small⁻⁴ is finite
const Real far = 1e3;                                 // e^−far is 0, e^far is infinite

// eˣ − 1 − x = x² (1/2! + x/3! + x²/4! + …) near 0, where the difference would lose its digits
Lane exp_excess(Lane x) {
  constexpr int terms = sizeof(Real) == 4 ? 9 : 15;
  static constexpr std::array<Real, terms> c = [] {
    std::array<Real, terms> c{};
    double factorial = 1;
    for (int k = 0; k < terms; ++k) c[k] = Real(1 / (factorial *= k + 2));
    return c;
  }();
  Lane sum = c[terms - 1];
  for (int k = terms - 1; k-- > 0;) sum = sum * x + c[k];
  return where(abs(x) < Real(0.5), x * x * sum, expm1(x) - where(x > far, 0, x));
}

// σ(x) σ(−x) = e / (1 + e)², e = e^−|x|. (Not by the operation `abs`, whose slope of 0 at 0 would make the
// next slopes wrong.)
const auto sigmoid_slope = [](auto x) {
  const auto e = exp(where(x > 0, -x, x));
  return e / ((1 + e) * (1 + e));
};

// A slope p that is a difference with 1, such as 1 − y². Where it is small its digits are lost (at 0.05 in
// float to 3e-6), and `exact` is computed, which takes an exponential; Vars always record that.
template <class Exact>
Lane unless_small(Lane p, const Exact& exact) {
  const LaneMask is_small = p < Real(0.05);
  return any(is_small) ? where(is_small, exact(), p) : p;
}
template <class Exact>
Var unless_small(Var, const Exact& exact) {
  return exact();
}

// x, but 0 where e^−|x| is 0, so that its product with that is 0 at infinity, too
const auto not_far = [](auto x) { return where(x > far, 0, where(x < -far, 0, x)); };

}  // namespace

// clang-format off

// ---- arithmetic -------------------------------------------------------------------------------------------

// c = a + b        ā += c̄,  b̄ += c̄
Var operator+(Operand a, Operand b) {
  return elementwise("add", {a, b},
                     [](auto a, auto b) { return a + b; },
                     [](auto g) { return g; }, [](auto g) { return g; });
}

// c = a − b        ā += c̄,  b̄ −= c̄
Var operator-(Operand a, Operand b) {
  return elementwise("sub", {a, b},
                     [](auto a, auto b) { return a - b; },
                     [](auto g) { return g; },
                     [](auto g) { return -g; });
}

// c = a b          ā += c̄ b,  b̄ += c̄ a
Var operator*(Operand a, Operand b) {
  return elementwise("mul", {a, b},
                     [](auto a, auto b) { return a * b; },
                     [](auto g, auto, auto b) { return g * b; },
                     [](auto g, auto a, auto) { return g * a; });
}

// c = a / b        ā += c̄ / b,  b̄ −= c̄ c / b
Var operator/(Operand a, Operand b) {
  return elementwise("div", {a, b},
                     [](auto a, auto b) { return a / b; },
                     [](auto g, auto, auto b) { return g / b; },
                     [](auto g, auto, auto b, auto c) { return -(g * c / b); });
}

// y = −x           x̄ −= ȳ        (times −1: a register's −x is 0 − x, which is 0 for 0, not −0)
Var operator-(Var x) {
  return elementwise("neg", {x},
                     [](auto x) { return -1 * x; },
                     [](auto g) { return -g; });
}

// y = x²           x̄ += 2 ȳ x
Var square(Var x) {
  return elementwise("square", {x},
                     [](auto x) { return x * x; },
                     [](auto g, auto x) { return 2 * g * x; });
}

// y = |x|          x̄ += ȳ sign x        (0 at 0)
Var abs(Var x) {
  return elementwise("abs", {x},
                     [](auto x) { return abs(x); },
                     [](auto g, auto x) { return where(x > 0, g, where(x < 0, -g, x - x)); });
}

// y = 1 / x        x̄ −= ȳ y²
Var reciprocal(Var x) {
  return elementwise("reciprocal", {x},
                     [](auto x) { return 1 / x; },
                     [](auto g, auto, auto y) { return -(g * y * y); });
}

// c = aᵇ           ā += c̄ b aᵇ⁻¹,  b̄ += c̄ c log a        (the first is 0 at b = 0, the second at a = 0 ≤ b)
// At b = 0 the slope of ā in b is c̄/a. So b aᵇ⁻¹ is computed at b = 0, too, unless a is so small
// that a⁻¹ or one of the next powers would overflow.
Var pow(Operand a, Operand b) {
  return elementwise("pow", {a, b},
                     [](auto a, auto b) { return pow(a, b); },
                     [](auto g, auto a, auto b) {
                       return g * b * pow(a, where(abs(a) > small, b - 1, where(abs(b) > 0, b - 1, b)));
                     },
                     [](auto g, auto a, auto b, auto c) {
                       return g * c * log(where(abs(a) > 0, a, where(b < 0, a, a + 1)));
                     });
}

// y = √x           x̄ += ȳ / 2y
// It is 0 where ȳ and y are both 0, so that where(x > 0, sqrt(x), 0) has slope 0 at 0.
Var sqrt(Var x) {
  return elementwise("sqrt", {x},
                     [](auto x) { return sqrt(x); },
                     [](auto g, auto, auto y) {
                       return g / (2 * where(y > 0, y, where(g > 0, y, where(g < 0, y, 1))));
                     });
}

// ---- exponentials -----------------------------------------------------------------------------------------

// y = eˣ           x̄ += ȳ y
Var exp(Var x) {
  return elementwise("exp", {x},
                     [](auto x) { return exp(x); },
                     [](auto g, auto, auto y) { return g * y; });
}

// y = eˣ − 1       x̄ += ȳ (y + 1) = ȳ eˣ
Var expm1(Var x) {
  return elementwise("expm1", {x},
                     [](auto x) { return expm1(x); },
                     [](auto g, auto x, auto y) { return g * unless_small(y + 1, [&] { return exp(x); }); });
}

// y = eˣ − 1 − x   x̄ += ȳ (eˣ − 1)
Var exp_excess(Var x) {
  return elementwise("exp_excess", {x},
                     [](auto x) { return exp_excess(x); },
                     [](auto g, auto x) { return g * expm1(x); });
}

// y = log(1 + x)   x̄ += ȳ / (1 + x)
Var log1p(Var x) {
  return elementwise("log1p", {x},
                     [](auto x) { return log1p(x); },
                     [](auto g, auto x) { return g / (1 + x); });
}

// y = log x        x̄ += ȳ / x
Var log(Var x) {
  return elementwise("log", {x},
                     [](auto x) { return log(x); },
                     [](auto g, auto x) { return g / x; });
}

// y = tanh x       x̄ += ȳ (1 − y²) = ȳ 4 σ(2x) σ(−2x)
Var tanh(Var x) {
  return elementwise("tanh", {x},
                     [](auto x) { return tanh(x); },
                     [](auto g, auto x, auto y) {
                       return g * unless_small(1 - y * y, [&] { return 4 * sigmoid_slope(2 * x); });
                     });
}

// y = σ(x)         x̄ += ȳ y (1 − y) = ȳ σ(x) σ(−x)
Var sigmoid(Var x) {
  return elementwise("sigmoid", {x},
                     [](auto x) { return sigmoid(x); },
                     [](auto g, auto x, auto y) {
                       return g * unless_small(y * (1 - y), [&] { return sigmoid_slope(x); });
                     });
}

// y = log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)        x̄ += ȳ σ(x)
Var softplus(Var x) {
  return elementwise("softplus", {x},
                     [](auto x) { return where(x > 0, x, 0) + log1p_exp_minus(abs(x)); },
                     [](auto g, auto x) { return g * sigmoid(x); });
}

// y = log σ(x) = min(x, 0) − log(1 + e^−|x|)           x̄ += ȳ σ(−x)
Var log_sigmoid(Var x) {
  return elementwise("log_sigmoid", {x},
                     [](auto x) { return where(x < 0, x, 0) - log1p_exp_minus(abs(x)); },
                     [](auto g, auto x) { return g * sigmoid(-x); });
}

// ---- circular and related ---------------------------------------------------------------------------------

// y = sin x        x̄ += ȳ cos x
Var sin(Var x) {
  return elementwise("sin", {x},
                     [](auto x) { return sin(x); },
                     [](auto g, auto x) { return g * cos(x); });
}

// y = cos x        x̄ −= ȳ sin x
Var cos(Var x) {
  return elementwise("cos", {x},
                     [](auto x) { return cos(x); },
                     [](auto g, auto x) { return -(g * sin(x)); });
}

// y = atan x       x̄ += ȳ / (1 + x²)
Var atan(Var x) {
  return elementwise("atan", {x},
                     [](auto x) { return atan(x); },
                     [](auto g, auto x) { return g / (1 + x * x); });
}

// ---- choices ----------------------------------------------------------------------------------------------

// y = [a > b]      no gradient
Var operator>(Operand a, Operand b) {
  return elementwise("greater", {a, b},
                     [](auto a, auto b) { return where(a > b, 1, 0); },
                     nullptr, nullptr);
}

Var operator<(Operand a, Operand b) { return b > a; }

// y = c > 0 ? a : b        ā += c > 0 ? ȳ : 0,  b̄ += c > 0 ? 0 : ȳ
Var where(Operand c, Operand a, Operand b) {
  return elementwise("where", {c, a, b},
                     [](auto c, auto a, auto b) { return where(c > 0, a, b); },
                     nullptr,
                     [](auto g, auto c, auto, auto) { return where(c > 0, g, 0); },
                     [](auto g, auto c, auto, auto) { return where(c > 0, 0, g); });
}

// y = max(x, 0)    x̄ += y > 0 ? ȳ : 0        (NaN ≤ 0 is false, so NaN stays)
Var relu(Var x) {
  return elementwise("relu", {x},
                     [](auto x) { return where(x <= 0, 0, x); },
                     [](auto g, auto, auto y) { return where(y > 0, g, 0); });
}

// c = max(a, b)    ā += a > b ? c̄ : 0,  b̄ likewise; ties share        (NaN if either is)
Var maximum(Operand a, Operand b) {
  return elementwise("maximum", {a, b},
                     [](auto a, auto b) { return where(a > b, a, where(a <= b, b, a + b)); },
                     [](auto g, auto a, auto b) { return where(a > b, g, where(a < b, 0, 0.5 * g)); },
                     [](auto g, auto a, auto b) { return where(a > b, 0, where(a < b, g, 0.5 * g)); });
}

// c = min(a, b)    ā += a < b ? c̄ : 0,  b̄ likewise; ties share        (NaN if either is)
Var minimum(Operand a, Operand b) {
  return elementwise("minimum", {a, b},
                     [](auto a, auto b) { return where(a < b, a, where(b <= a, b, a + b)); },
                     [](auto g, auto a, auto b) { return where(a < b, g, where(b < a, 0, 0.5 * g)); },
                     [](auto g, auto a, auto b) { return where(a < b, 0, where(b < a, g, 0.5 * g)); });
}

// y = x > 0 ? x : s x        x̄ += x > 0 ? ȳ : s ȳ
Var leaky_relu(Var x, Real s) {
  return elementwise("leaky_relu", {x},
                     [=](auto x) { return where(x > 0, x, s * x); },
                     [=](auto g, auto x) { return where(x > 0, g, s * g); });
}

// y = x > 0 ? x : α (eˣ − 1)        x̄ += x > 0 ? ȳ : ȳ α eˣ
Var elu(Var x, Real alpha) {
  return elementwise("elu", {x},
                     [=](auto x) { return where(x > 0, x, alpha * expm1(x)); },
                     [=](auto g, auto x) { return where(x > 0, g, g * alpha * exp(where(x > 0, 0, x))); });
}

// y = x σ(x)       x̄ += ȳ (σ(x) + x σ(x) σ(−x))
Var silu(Var x) {
  return elementwise("silu", {x},
                     [](auto x) { return where(x < 0, not_far(x), x) * sigmoid(x); },
                     [](auto g, auto x) { return g * (sigmoid(x) + not_far(x) * sigmoid_slope(x)); });
}

// y = min(max(x, low), high)        x̄ += low ≤ x ≤ high ? ȳ : 0
Var clamp(Var x, Real low, Real high) {
  if (!(low <= high)) throw std::invalid_argument("[clamp] the lower bound is above the upper");
  return elementwise("clamp", {x},
                     [=](auto x) { return where(x > high, high, where(x < low, low, x)); },
                     [=](auto g, auto x) { return where(x > high, 0, where(x < low, 0, g)); });
}

// y = min(max(x, low), high)        x̄ += ȳ inside, max(ȳ, 0) above, min(ȳ, 0) below        (ȳ = NaN stays)
Var clamp_leading_back(Var x, Real low, Real high) {
  if (!(low <= high)) throw std::invalid_argument("[clamp_leading_back] the lower bound is above the upper");
  return elementwise("clamp_leading_back", {x},
                     [=](auto x) { return where(x > high, high, where(x < low, low, x)); },
                     [=](auto g, auto x) {
                       return where(x > high, where(g < 0, 0, g), where(x < low, where(g > 0, 0, g), g));
                     });
}

// ---- others -----------------------------------------------------------------------------------------------

// y = x log σ(l) + (1 − x) log σ(−l) = −w |l| − log(1 + e^−|l|), with w the weight of the less probable
// outcome: 1 − x for l > 0, else x. 0 · ∞ is 0. −∞ unless 0 ≤ x ≤ 1.
// x̄ += ȳ l,  l̄ += ȳ (x − σ(l)) = ∓ȳ (w − σ(−|l|)), where x = 1 does not cancel with σ(l)
Var bernoulli_log_prob(Operand x, Operand logits) {
  return elementwise("bernoulli_log_prob", {x, logits},
                     [](auto x, auto l) {
                       const auto w = where(l > 0, 1 - x, x), size = abs(l);
                       const auto inside = -where(w <= 0, 0, w * size) - log1p_exp_minus(size);
                       return where(x < 0, -infinity, where(x > 1, -infinity, inside));
                     },
                     [](auto g, auto, auto l) { return g * l; },
                     [](auto g, auto x, auto l) {
                       const auto e = exp(where(l > 0, -l, l)), rest = e / (1 + e);
                       return g * where(l > 0, rest - (1 - x), x - rest);
                     });
}

// y = x            no gradient
Var stop_gradient(Var x) {
  return elementwise("stop_gradient", {x},
                     [](auto x) { return x; },
                     nullptr);
}

// clang-format on

}  // namespace autograd
