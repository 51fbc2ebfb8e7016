// The operations on numbers. Above each: its value, and what it adds to the adjoints of its inputs, with x̄
// for ∂loss/∂x.
#include <limits>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const Real infinity = std::numeric_limits<Real>::infinity();
const Real small = sizeof(Real) == 4 ? 1e-9 : 1e-75;  // small⁻⁴ is finite

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

// c = a log b      ā += c̄ log b,  b̄ += c̄ a / b        (0 where a = 0 and b ≤ 0)
Var xlogy(Operand a, Operand b) {
  return elementwise("xlogy", {a, b},
                     [](auto a, auto b) {
                       return where(abs(a) > 0, a * log(b), a + where(b < 0, 0, where(b > 0, 0, b)));
                     },
                     [](auto g, auto a, auto b) {
                       return g * log(where(abs(a) > 0, b, where(b > 0, b, where(b < 0, 1, 1 + b))));
                     },
                     [](auto g, auto a, auto b) {
                       return g * a / where(abs(b) > 0, b, where(abs(a) > 0, b, 1 + b));
                     });
}

// c = a log(1 + b)        ā += c̄ log(1 + b),  b̄ += c̄ a / (1 + b)        (0 where a = 0 and b ≤ −1)
Var xlog1py(Operand a, Operand b) {
  return elementwise("xlog1py", {a, b},
                     [](auto a, auto b) {
                       return where(abs(a) > 0, a * log1p(b), a + where(b < 0, 0, where(b > 0, 0, b)));
                     },
                     [](auto g, auto a, auto b) {
                       return g * log1p(where(abs(a) > 0, b, where(b > -1, b, where(b < -1, 0, 1 + b))));
                     },
                     [](auto g, auto a, auto b) {
                       return g * a / where(abs(1 + b) > 0, 1 + b, where(abs(a) > 0, 1 + b, 2 + b));
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

// y = eˣ − 1       x̄ += ȳ (y + 1)
Var expm1(Var x) {
  return elementwise("expm1", {x},
                     [](auto x) { return expm1(x); },
                     [](auto g, auto, auto y) { return g * (y + 1); });
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

// y = tanh x       x̄ += ȳ (1 − y²)
Var tanh(Var x) {
  return elementwise("tanh", {x},
                     [](auto x) { return tanh(x); },
                     [](auto g, auto, auto y) { return g * (1 - y * y); });
}

// y = σ(x)         x̄ += ȳ y (1 − y)
Var sigmoid(Var x) {
  return elementwise("sigmoid", {x},
                     [](auto x) { return sigmoid(x); },
                     [](auto g, auto, auto y) { return g * y * (1 - y); });
}

// y = log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)        x̄ += ȳ σ(x)
Var softplus(Var x) {
  return elementwise("softplus", {x},
                     [](auto x) { return where(x > 0, x, 0) + log1p(exp(-abs(x))); },
                     [](auto g, auto x) { return g * sigmoid(x); });
}

// y = log σ(x) = min(x, 0) − log(1 + e^−|x|)           x̄ += ȳ σ(−x)
Var log_sigmoid(Var x) {
  return elementwise("log_sigmoid", {x},
                     [](auto x) { return where(x < 0, x, 0) - log1p(exp(-abs(x))); },
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

// y = x σ(x)       x̄ += ȳ (σ(x) + y (1 − σ(x)))
Var silu(Var x) {
  return elementwise("silu", {x},
                     [](auto x) { return x * sigmoid(x); },
                     [](auto g, auto x, auto y) { return g * (sigmoid(x) + y * sigmoid(-x)); });
}

// y = min(max(x, low), high)        x̄ += low ≤ x ≤ high ? ȳ : 0
Var clamp(Var x, Real low, Real high) {
  if (!(low <= high)) throw std::invalid_argument("[clamp] the lower bound is above the upper");
  return elementwise("clamp", {x},
                     [=](auto x) { return where(x > high, high, where(x < low, low, x)); },
                     [=](auto g, auto x) { return where(x > high, 0, where(x < low, 0, g)); });
}

// ---- others -----------------------------------------------------------------------------------------------

// y = x l − softplus(l) = x l − max(l, 0) − log(1 + e^−|l|), −∞ unless 0 ≤ x ≤ 1
// x̄ += ȳ l,  l̄ += ȳ (x − σ(l))
Var bernoulli_log_prob(Operand x, Operand logits) {
  return elementwise("bernoulli_log_prob", {x, logits},
                     [](auto x, auto l) {
                       const auto inside = x * l - where(l > 0, l, 0) - log1p(exp(-abs(l)));
                       return where(x < 0, -infinity, where(x > 1, -infinity, inside));
                     },
                     [](auto g, auto, auto l) { return g * l; },
                     [](auto g, auto x, auto l) { return g * (x - sigmoid(l)); });
}

// y = x            no gradient
Var stop_gradient(Var x) {
  return elementwise("stop_gradient", {x},
                     [](auto x) { return x; },
                     nullptr);
}

// clang-format on

}  // namespace autograd
