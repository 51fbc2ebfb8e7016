// The operations where floating point has edges: zeros of both signs, denormal and huge numbers, infinities,
// NaN, and where an exponential ends. Their values and slopes against PyTorch's, in both precisions
// (tests/golden/edges.txt, which edges.py wrote).
//
// All differences are intended: they are listed in one table below, with our value and the reason. The test
// also fails if a listed difference does not occur.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <sstream>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

using Vars = const std::vector<Var>&;
using Numbers = std::vector<Real>;

constexpr bool single = sizeof(Real) == 4;
const Real inf = std::numeric_limits<Real>::infinity(), nan_ = std::numeric_limits<Real>::quiet_NaN();
const Real least_normal = std::numeric_limits<Real>::min(), least = std::numeric_limits<Real>::denorm_min();

// ---- the operations, and how closely they must agree ------------------------------------------------------

// The largest errors that are accepted, in units in the last place: the functions of xsimd and of the C
// library err by 1 or 2, and a formula rounds once or twice more. Zeros are equal whatever their sign, except
// for values with a bound of 0.
struct Op {
  Function f;
  double value = 4, slope = 4;
};

Function unary(Var (*f)(Var)) {
  return [f](Vars x) { return f(x[0]); };
}

using Ops = std::map<std::string, Op>;

// clang-format off
const Ops& elementwise_by_name() {
  static const Ops table = {
      // Correctly rounded by IEEE 754.
      {"add", {[](Vars x) { return x[0] + x[1]; }, 0}},
      {"sub", {[](Vars x) { return x[0] - x[1]; }, 0}},
      {"mul", {[](Vars x) { return x[0] * x[1]; }, 0}},
      {"div", {[](Vars x) { return x[0] / x[1]; }, 0}},
      {"neg", {[](Vars x) { return -x[0]; }, 0}},
      {"abs", {unary(abs), 0}},
      {"reciprocal", {unary(reciprocal), 0}},
      {"square", {unary(square), 0}},
      {"sqrt", {unary(sqrt), 0}},

      // Choices; of two zeros either may be the larger.
      {"relu", {unary(relu), 0}},
      {"leaky_relu", {[](Vars x) { return leaky_relu(x[0], Real(0.25)); }, 0}},
      {"clamp", {[](Vars x) { return clamp(x[0], -1, 2); }, 0}},
      {"clamp_leading_back", {[](Vars x) { return clamp_leading_back(x[0], -1, 2); }, 0}},
      {"maximum", {[](Vars x) { return maximum(x[0], x[1]); }}},
      {"minimum", {[](Vars x) { return minimum(x[0], x[1]); }}},
      {"greater", {[](Vars x) { return x[0] > x[1]; }, 0}},
      {"where", {[](Vars x) { return where(x[0], x[1], x[2]); }, 0}},
      {"stop_gradient", {unary(stop_gradient), 0}},

      {"pow", {[](Vars x) { return pow(x[0], x[1]); }}},
      {"exp", {unary(exp)}},
      {"expm1", {unary(expm1)}},
      {"exp_excess", {unary(exp_excess)}},
      {"log", {unary(log)}},
      {"log1p", {unary(log1p)}},
      {"tanh", {unary(tanh)}},
      {"sigmoid", {unary(sigmoid), 4, 8}},  // theirs is y (1 - y) with a rounded y
      {"softplus", {unary(softplus)}},
      {"log_sigmoid", {unary(log_sigmoid)}},
      {"sin", {unary(sin)}},
      {"cos", {unary(cos)}},
      {"atan", {unary(atan)}},
      {"elu", {[](Vars x) { return elu(x[0], Real(1.5)); }}},
      {"silu", {unary(silu)}},
      {"bernoulli_log_prob", {[](Vars x) { return bernoulli_log_prob(x[0], x[1]); }, 4, 16}},  // likewise
      {"erf", {unary(erf), 16}},  // the error of xsimd's
      {"erfc", {unary(erfc)}},
      // their 1 + erf x cancels at −2
      {"gelu", {unary(gelu), 64, 128}},
      {"log_normal_cdf", {unary(log_normal_cdf), 512, 512}},  // e^−x²/2 likewise
  };
  return table;
}

// The bounds are in units of the largest element of the result.
const Ops& reductions_by_name() {
  static const Ops table = {
      {"sum", {[](Vars x) { return sum(x[0]); }}},
      {"mean", {[](Vars x) { return mean(x[0]); }}},
      {"prod", {[](Vars x) { return prod(x[0]); }}},
      {"max", {[](Vars x) { return max(x[0]); }}},
      {"min", {[](Vars x) { return min(x[0]); }}},
      {"norm", {[](Vars x) { return norm(x[0]); }}},
      {"logsumexp", {[](Vars x) { return logsumexp(x[0], {0}); }}},
      {"softmax", {[](Vars x) { return softmax(x[0], 0); }, 4, 32}},  // a larger weighted sum is subtracted
      {"log_softmax", {[](Vars x) { return log_softmax(x[0], 0); }, 4, 32}},
      {"cumsum", {[](Vars x) { return cumsum(x[0], 0); }}},
      {"var", {[](Vars x) { return var(x[0], {0}); }}},
  };
  return table;
}
// clang-format on

// ---- comparing --------------------------------------------------------------------------------------------

// The spacing of numbers at x.
double unit(Real x) {
  x = std::min(std::abs(x), std::numeric_limits<Real>::max());
  const Real below = std::nextafter(x, Real(0));
  return x == 0 ? least : double(x) - double(below);
}

// Equal in being NaN, in being infinite and in sign, and up to so many units of `scale`. Zeros of both signs
// are equal unless the bound is 0.
bool agree(Real found, Real expected, double bound, Real scale) {
  if (std::isnan(found) || std::isnan(expected)) return std::isnan(found) && std::isnan(expected);
  if (found == expected) return bound > 0 || std::signbit(found) == std::signbit(expected);
  if (std::isinf(found) || std::isinf(expected)) return false;
  return std::abs(double(found) - double(expected)) <= bound * unit(scale);
}

// ---- the table --------------------------------------------------------------------------------------------

struct Case {
  std::string op, line;
  std::vector<Numbers> inputs, slopes;
  Numbers value;
  bool reduces = false;
};

Numbers numbers(const std::string& field) {
  std::istringstream text(field);
  Numbers found;
  for (std::string word; text >> word;)
    found.push_back(single ? Real(std::strtof(word.c_str(), nullptr))
                           : Real(std::strtod(word.c_str(), nullptr)));
  return found;
}

// The lines of this precision: type op | inputs… | value | slopes…
std::vector<Case> cases() {
  std::ifstream file(ELBO_SOURCE_DIR "/tests/golden/edges.txt");
  REQUIRE(file);
  std::vector<Case> all;
  for (std::string line; std::getline(file, line);) {
    if (line.front() == '#') continue;
    std::istringstream text(line);
    std::vector<std::string> fields;
    for (std::string field; std::getline(text, field, '|');) fields.push_back(field);
    std::istringstream head(fields.front());
    Case c;
    std::string type;
    head >> type >> c.op;
    if ((type == "float") != single) continue;
    c.line = line;
    c.reduces = reductions_by_name().count(c.op);
    const std::size_t inputs = (fields.size() - 2) / 2;
    for (std::size_t k = 0; k < inputs; ++k) {
      c.inputs.push_back(numbers(fields[1 + k]));
      c.slopes.push_back(numbers(fields[2 + inputs + k]));
    }
    c.value = numbers(fields[1 + inputs]);
    all.push_back(c);
  }
  return all;
}

// ---- where we differ --------------------------------------------------------------------------------------

// One element: its operands; or all elements that are reduced, and the index of the one in question.
struct Point {
  Numbers x;
  std::size_t i;
  Real self() const { return x[i]; }
  bool any(bool (*property)(Real)) const { return std::any_of(x.begin(), x.end(), property); }
};

struct Difference {
  const char* op;
  const char* what;  // "value", or "slope 1" by the first input
  bool (*at)(const Point&);
  Real (*ours)(const Point&);
  const char* because;
  bool only_in_double = false;
};

bool is_nan(Real x) { return std::isnan(x); }
bool is_inf(Real x) { return std::isinf(x); }
bool is_zero(Real x) { return x == 0; }

bool self_is_nan(const Point& p) { return is_nan(p.self()); }
bool any_is_nan(const Point& p) { return p.any(is_nan); }
bool self_is_minus_zero(const Point& p) { return p.self() == 0 && std::signbit(p.self()); }
Real nan_there(const Point&) { return nan_; }
Real inf_there(const Point&) { return inf; }
Real zero(const Point&) { return 0; }
Real half(const Point&) { return Real(0.5); }
Real slope_1(const Point&) { return 1; }
Real share(const Point& p) { return 1 / Real(p.x.size()); }

// The largest element is infinite; those that equal it, and their share.
Real largest(const Point& p) { return *std::max_element(p.x.begin(), p.x.end()); }
bool infinite_largest(const Point& p) { return !any_is_nan(p) && is_inf(largest(p)); }
Real share_of_largest(const Point& p) {
  return p.self() < largest(p) ? 0 : 1 / Real(std::count(p.x.begin(), p.x.end(), largest(p)));
}

// e^−|x|, of which σ(−|x|) and what is made of it consist far out; whether a difference from 0 is one.
Real tail(Real x) { return std::exp(-std::abs(x)); }
bool in_tail(Real x) { return std::abs(x) > 16 && tail(x) > 4 * least; }
const Real overflow = std::log(std::numeric_limits<Real>::max());  // e^x is infinite above it

// φ(t) / Φ(−t) = t + 1/(t + 2/(t + 3/…)) (Laplace), for t = −x ≥ 20
Real inverse_mills(const Point& p) {
  const long double t = -p.self();
  long double ratio = t;
  for (int k = 60; k > 0; --k) ratio = t + k / ratio;
  return is_inf(p.self()) ? inf : Real(ratio);
}

Real product_of_others(const Point& p) {
  Real product = 1;
  for (std::size_t k = 0; k < p.x.size(); ++k) product *= k == p.i ? 1 : p.x[k];
  return product;
}

// x is the outcome that the logit l predicts, and e^−|l| is small but not 0.
bool certain_bernoulli(const Point& p) {
  const Real x = p.x[0], l = p.x[1], rest = std::exp(-std::abs(l));
  return ((x == 0 && l < 0) || (x == 1 && l > 0)) && rest < Real(1e-8) && rest > 4 * least;
}

// An infinite logit where theirs is NaN, and its limit.
bool infinite_bernoulli(const Point& p) { return is_inf(p.x[1]) && (p.x[1] < 0 || p.x[0] == 1); }
Real limit_of_bernoulli(const Point& p) { return p.x[0] == (p.x[1] > 0 ? 1 : 0) ? 0 : -inf; }

Real norm_of(const Point& p) {
  long double squares = 0;
  for (const Real x : p.x) squares += (long double)(x)*x;
  return Real(std::sqrt(squares));
}

// Finite numbers whose squares overflow or are denormal, and not their norm.
bool squares_fail(const Point& p) {
  const Real norm = norm_of(p);
  return norm > 0 && norm < inf && (norm * norm == inf || norm * norm < least_normal);
}

bool two_large_alike(const Point& p) {
  return p.x.size() == 2 && !p.any(is_inf) && std::abs(p.x[0]) > 80 && std::abs(p.x[0] - p.x[1]) < 2;
}

const std::vector<Difference>& differences() {
  // clang-format off
  static const std::vector<Difference> table = {
      // NaN
      {"abs", "slope 1", self_is_nan, nan_there, "NaN has no sign"},
      {"elu", "slope 1", self_is_nan, nan_there,
       "NaN is not above 0, so its slope is that of the exponential"},
      {"relu", "slope 1", self_is_nan, zero, "the slope is 1 only where the value is above 0"},
      {"clamp", "slope 1", self_is_nan, slope_1, "NaN is not outside the bounds"},
      {"clamp_leading_back", "slope 1", self_is_nan, slope_1, "likewise"},
      {"maximum", "slope 1", any_is_nan, half, "neither is above the other, so they share, as for ties"},
      {"maximum", "slope 2", any_is_nan, half, "likewise"},
      {"minimum", "slope 1", any_is_nan, half, "likewise"},
      {"minimum", "slope 2", any_is_nan, half, "likewise"},
      {"max", "slope 1", any_is_nan, share, "likewise"},
      {"min", "slope 1", any_is_nan, share, "likewise"},

      // zeros and denormal numbers
      {"relu", "value", self_is_minus_zero, zero, "0 where x is not above 0"},
      {"elu", "value", [](const Point& p) { return p.self() < -4 * least && p.self() >= -least_normal; },
       [](const Point& p) { return Real(1.5) * p.self(); }, "expm1 is exact near 0, e^x - 1 is not"},
      // infinities
      {"bernoulli_log_prob", "value", infinite_bernoulli, limit_of_bernoulli, "an outcome is certain"},
      {"silu", "value", [](const Point& p) { return p.self() == -inf; }, zero, "the limit"},
      {"silu", "slope 1", [](const Point& p) { return is_inf(p.self()); },
       [](const Point& p) { return Real(p.self() > 0); }, "the limit"},
      {"gelu", "value", [](const Point& p) { return p.self() == -inf; }, zero, "the limit"},
      {"gelu", "slope 1", [](const Point& p) { return is_inf(p.self()); },
       [](const Point& p) { return Real(p.self() > 0); }, "the limit"},
      {"exp_excess", "value", [](const Point& p) { return p.self() == inf; }, inf_there, "the limit"},
      {"softmax", "value", infinite_largest, share_of_largest, "the largest share the weight"},
      {"log_softmax", "value", infinite_largest,
       [](const Point& p) { return std::log(share_of_largest(p)); }, "likewise"},
      {"logsumexp", "slope 1",
       [](const Point& p) { return infinite_largest(p) && p.self() == largest(p); }, share_of_largest,
       "likewise"},
      {"softmax", "slope 1", infinite_largest, [](const Point& p) {
         Real mean = 0;
         for (std::size_t k = 0; k < p.x.size(); ++k)
           mean += std::ldexp(share_of_largest({p.x, k}), int(k));
         return share_of_largest(p) * (std::ldexp(Real(1), int(p.i)) - mean);
       }, "likewise"},
      {"log_softmax", "slope 1", infinite_largest, [](const Point& p) {
         const Real total = std::ldexp(Real(1), int(p.x.size())) - 1;
         return std::ldexp(Real(1), int(p.i)) - share_of_largest(p) * total;
       }, "likewise"},

      // where the gradient leads back
      {"clamp_leading_back", "slope 1", [](const Point& p) { return p.self() > 2; }, slope_1,
       "descending a sum moves x back below the upper bound"},

      // where PyTorch is not exact
      {"sigmoid", "value", [](const Point& p) { return in_tail(p.self()) && p.self() < -overflow; },
       [](const Point& p) { return tail(p.self()); }, "their e^-x overflows"},
      {"sigmoid", "slope 1",
       [](const Point& p) { return in_tail(p.self()) && (p.self() > 0 || p.self() < -overflow); },
       [](const Point& p) { return tail(p.self()) / ((1 + tail(p.self())) * (1 + tail(p.self()))); },
       "theirs is y (1 - y), and y is 1 or 0"},
      {"tanh", "slope 1",
       [](const Point& p) { return std::abs(p.self()) > 16 && tail(2 * p.self()) > least; },
       [](const Point& p) { return 4 * tail(2 * p.self()); }, "theirs is 1 - y^2, and y is 1 or -1"},
      {"expm1", "slope 1", [](const Point& p) { return in_tail(p.self()) && p.self() < 0; },
       [](const Point& p) { return tail(p.self()); }, "theirs is y + 1, and y is -1"},
      {"exp_excess", "slope 1",
       [](const Point& p) { return std::abs(p.self()) > 4 * least && std::abs(p.self()) <= least_normal; },
       [](const Point& p) { return p.self(); }, "theirs is (e^x - 1 + 1) - 1"},
      {"silu", "value", [](const Point& p) { return p.self() < -overflow && tail(p.self()) > 0; },
       [](const Point& p) { return p.self() * tail(p.self()); }, "their e^-x overflows"},
      {"silu", "slope 1", [](const Point& p) { return p.self() < -overflow && tail(p.self()) > 0; },
       [](const Point& p) { return tail(p.self()) + p.self() * tail(p.self()); }, "likewise"},
      {"gelu", "value", [](const Point& p) { return p.self() == Real(-20.5); },
       [](const Point& p) { return Real(p.self() * std::erfc(-p.self() / std::sqrt(2.0L)) / 2); },
       "their 1 + erf x is 0", true},
      {"gelu", "slope 1", [](const Point& p) { return p.self() == Real(-20.5); },
       [](const Point& p) {
         const long double x = p.self();
         return Real(std::erfc(-x / std::sqrt(2.0L)) / 2 + x * std::exp(-x * x / 2) / std::sqrt(2 * M_PIl));
       }, "likewise", true},
      {"bernoulli_log_prob", "slope 2",
       [](const Point& p) {
         const Real x = p.x[0], l = p.x[1];
         return in_tail(l) && ((x == 1 && l > 0) || (x == 0 && l < -overflow));
       },
       [](const Point& p) { return (p.x[0] == 1 ? 1 : -1) * tail(p.x[1]) / (1 + tail(p.x[1])); },
       "theirs is x - s, with s = 1 / (1 + e^-l) rounded to 0 or 1"},
      {"norm", "value", [](const Point& p) { return squares_fail(p) && norm_of(p) > 4 * least; }, norm_of,
       "their squares overflow or vanish"},
      {"norm", "slope 1",
       [](const Point& p) { return squares_fail(p) && std::abs(p.self() / norm_of(p)) > 4 * least; },
       [](const Point& p) { return p.self() / norm_of(p); }, "likewise"},
      {"softplus", "value", [](const Point& p) { return p.self() == Real(20.5); },
       [](const Point& p) { return Real(p.self() + std::exp(-20.5L)); }, "theirs is x above 20", true},
      {"softplus", "slope 1", [](const Point& p) { return p.self() == Real(20.5); },
       [](const Point&) { return Real(1 / (1 + std::exp(-20.5L))); }, "likewise", true},
      {"bernoulli_log_prob", "value", certain_bernoulli,
       [](const Point& p) { return -std::log1p(std::exp(-std::abs(p.x[1]))); },
       "theirs adds a logit and subtracts it"},
      {"log_normal_cdf", "slope 1", [](const Point& p) { return p.self() < -80; }, inverse_mills,
       "theirs loses digits far out, and then is NaN"},
      {"logsumexp", "slope 1", two_large_alike,
       [](const Point& p) { return 1 / (1 + std::exp(p.x[1 - p.i] - p.self())); },
       "theirs is e^(x - y) with a rounded y"},
      {"logsumexp", "value", [](const Point& p) { return p.x == Numbers{0, -104}; },
       [](const Point&) { return Real(std::exp(-104.0L)); }, "theirs is log(1 + e^-104)", true},
      {"prod", "slope 1", [](const Point& p) {
         const Real others = product_of_others(p), quotient = others * p.self() / p.self();
         return !p.any(is_zero) && std::abs(others) > 4 * least && !agree(quotient, others, 4, others);
       }, product_of_others, "theirs is a quotient, of NaN, infinity, or what underflowed"},
  };
  // clang-format on
  return table;
}

// ---- running ----------------------------------------------------------------------------------------------

std::string digits(Real x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", double(x));
  return text;
}

struct Found {
  Numbers value;
  std::vector<Numbers> swept, recorded;  // slopes by `backward` and by `grad`
};

// The value, and the slopes of its sum; for reductions, of its sum weighted by 1, 2, 4, …
Found run(const Case& c, const Function& f) {
  std::vector<Array> at;
  for (const Numbers& x : c.inputs) at.push_back(array({x.size()}, x));
  Step step;
  std::vector<Var> xs;
  for (const Array& x : at) xs.push_back(variable(x));
  const Var y = f(xs);
  Array weights = full(y.shape(), 1);
  if (c.reduces)
    for (std::size_t i = 1; i < weights.size(); ++i) weights.data()[i] = 2 * weights.data()[i - 1];
  const Gradients g = backward(sum(y * variable(weights)));
  const auto as_numbers = [](const Array& a) { return Numbers(a.data(), a.data() + a.size()); };
  Found found = {as_numbers(y.value()), {}, {}};
  for (const Var& x : xs) found.swept.push_back(as_numbers(g[x]));
  for (const Array& x : vjp(f, at, weights)) found.recorded.push_back(as_numbers(x));
  return found;
}

}  // namespace

TEST_CASE("golden: values and slopes at the edges are PyTorch's, or differ as the table says") {
  std::map<const Difference*, int> met;
  for (const Case& c : cases()) {
    INFO(c.line);
    const Ops& ops = c.reduces ? reductions_by_name() : elementwise_by_name();
    REQUIRE(ops.count(c.op) == 1);
    const Op& op = ops.at(c.op);
    const Found found = run(c, op.f);

    const auto compare = [&](const std::string& what, const Numbers& ours, const Numbers& theirs,
                             double bound) {
      REQUIRE(ours.size() == theirs.size());
      Real largest = 0;
      for (const Real y : theirs)
        if (std::isfinite(y)) largest = std::max(largest, std::abs(y));
      for (std::size_t i = 0; i < ours.size(); ++i) {
        Point p = {c.inputs.front(), i};
        if (!c.reduces) {
          p = {{}, 0};
          for (const Numbers& x : c.inputs) p.x.push_back(x[i]);
        }
        INFO("element " << i << ", " << what << ": " << digits(ours[i]) << ", PyTorch's "
                        << digits(theirs[i]));
        const bool same = agree(ours[i], theirs[i], bound, c.reduces ? largest : theirs[i]);
        const Difference* difference = nullptr;
        for (const Difference& d : differences())
          if (d.op == c.op && d.what == what && (!d.only_in_double || !single) && d.at(p)) difference = &d;
        if (!difference) {
          CHECK(same);
          continue;
        }
        ++met[difference];
        INFO("in the table of differences: " << difference->because << "; ours should be "
                                             << digits(difference->ours(p)));
        CHECK_FALSE(same);
        CHECK(agree(ours[i], difference->ours(p), std::min(bound, 16.0), difference->ours(p)));
      }
    };
    compare("value", found.value, c.value, op.value);
    for (std::size_t k = 0; k < c.inputs.size(); ++k) {
      const std::string slope = "slope " + std::to_string(k + 1);
      compare(slope, found.swept[k], c.slopes[k], op.slope);
      compare(slope, found.recorded[k], c.slopes[k], op.slope);
    }
  }
  for (const Difference& d : differences()) {
    INFO(d.op << ", " << d.what << ": no point of the table differs by \"" << d.because << "\"");
    if (!d.only_in_double || !single) CHECK(met[&d] > 0);
  }
}
