// Loops along axes at lengths around those of registers and partial sums, against plain loops. The values of
// the operations at single points are tested in ../ops/, their gradients in ../ops_test.cpp.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

// The numbers of x: [outer, n, inner] along the middle axis, and what a reduction should make of them.
using Fibre = std::vector<Real>;
using Truth = std::function<double(const Fibre&)>;

double log_sum_exp(const Fibre& v) {
  long double sum = 0;
  for (const Real x : v) sum += std::exp((long double)(x));
  return double(std::log(sum));
}

template <class F>
void for_each_fibre(const Array& x, const F& f) {
  const std::size_t outer = x.shape(0), n = x.shape(1), inner = x.shape(2);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t j = 0; j < inner; ++j) {
      Fibre v(n);
      for (std::size_t i = 0; i < n; ++i) v[i] = x(o, i, j);
      f(v, o, j);
    }
}

const std::vector<std::size_t> lengths = {1, 2, 7, 8, 9, 31, 32, 33, 71, 130, 4100, 9000};

// With 300, threads share the columns, and their ranges begin and end within a row.
std::vector<std::size_t> inner_lengths(std::size_t n) {
  return n == 71 || n == 130 ? std::vector<std::size_t>{1, 2, 19, 300} : std::vector<std::size_t>{1, 2, 19};
}

}  // namespace

TEST_CASE("block loops: reductions of every length") {
  struct Case {
    const char* name;
    Var (*f)(Var, const Axes&, bool);
    Truth truth;
  };
  const std::vector<Case> cases = {
      {"sum", sum, [](const Fibre& v) { return double(std::accumulate(v.begin(), v.end(), 0.0L)); }},
      {"max", max, [](const Fibre& v) { return *std::max_element(v.begin(), v.end()); }},
      {"min", min, [](const Fibre& v) { return *std::min_element(v.begin(), v.end()); }},
      {"prod", prod,
       [](const Fibre& v) { return double(std::accumulate(v.begin(), v.end(), 1.0L, std::multiplies<>())); }},
      {"logsumexp", logsumexp, log_sum_exp},
  };
  for (const std::size_t n : lengths)
    for (const std::size_t inner : inner_lengths(n)) {
      const Array x = uniform(Stream(), {2, n, inner});
      for (Real& v : const_cast<Array&>(x)) v += Real(0.4);  // about 1, so that products stay within range
      Evaluation scope;
      for (const Case& c : cases) {
        const Array y = c.f(constant(x), {1}, false).value();
        double worst = 0;
        for_each_fibre(x, [&](const Fibre& v, std::size_t o, std::size_t j) {
          worst = std::max(worst, std::abs(y(o, j) / c.truth(v) - 1));
        });
        INFO(c.name << " of " << to_string(x.shape()));
        CHECK(worst < 1e-12);
      }
      const std::vector<std::size_t> places = argmax(x, 1);
      for_each_fibre(x, [&](const Fibre& v, std::size_t o, std::size_t j) {
        CHECK(places[o * inner + j] == std::size_t(std::max_element(v.begin(), v.end()) - v.begin()));
      });
    }
}

TEST_CASE("block loops: softmax and cumulative sums of every length") {
  for (const std::size_t n : lengths)
    for (const std::size_t inner : inner_lengths(n)) {
      const Array x = normal(Stream(), {2, n, inner});
      Evaluation scope;
      const Array p = softmax(constant(x), 1).value(), log_p = log_softmax(constant(x), 1).value(),
                  s = cumsum(constant(x), 1).value();
      double worst = 0;
      for_each_fibre(x, [&](const Fibre& v, std::size_t o, std::size_t j) {
        const double lse = log_sum_exp(v);
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          sum += v[i];
          worst = std::max({worst, std::abs(p(o, i, j) / std::exp(v[i] - lse) - 1),
                            std::abs(log_p(o, i, j) - (v[i] - lse)), std::abs(s(o, i, j) - sum)});
        }
      });
      INFO(to_string(x.shape()));
      CHECK(worst < 1e-11);
    }
}

// With ȳ = 1: the slope of Π x is Π x / x_i, of log Σ eˣ the softmax, of max x 1 at the largest, and of the
// cumulative sums the number of sums that contain x_i. Each gradient arrives twice, so that it is written
// once and added once.
TEST_CASE("block loops: slopes of every length") {
  for (const std::size_t n : lengths)
    for (const std::size_t inner : inner_lengths(n)) {
      Array x0 = uniform(Stream(), {2, n, inner});
      for (Real& v : x0) v += Real(0.4);
      Step step;
      const Var x = variable(x0);
      const auto slope = [&](const std::function<Var()>& f) {
        const Array g = backward(sum(f()) + sum(f()))[x];
        return g;
      };
      const Array of_prod = slope([&] { return prod(x, {1}); }),
                  of_lse = slope([&] { return logsumexp(x, {1}); });
      const Array of_max = slope([&] { return max(x, {1}); }),
                  of_cumsum = slope([&] { return cumsum(x, 1); });
      const Array of_softmax = slope([&] { return softmax(x, 1) * x0(0, 0, 0); });
      double worst = 0;
      for_each_fibre(x0, [&](const Fibre& v, std::size_t o, std::size_t j) {
        const double lse = log_sum_exp(v), largest = *std::max_element(v.begin(), v.end());
        double product = 1;
        for (const Real t : v) product *= t;
        for (std::size_t i = 0; i < n; ++i)
          worst = std::max({worst, std::abs(of_prod(o, i, j) * v[i] / (2 * product) - 1),
                            std::abs(of_lse(o, i, j) / (2 * std::exp(v[i] - lse)) - 1),
                            std::abs(of_max(o, i, j) - (v[i] == largest ? 2 : 0)),
                            std::abs(of_cumsum(o, i, j) - 2 * Real(n - i)), std::abs(of_softmax(o, i, j))});
      });
      INFO(to_string(x0.shape()));
      CHECK(worst < 1e-11);
    }
}

// The bits of a sum depend neither on its place in the array nor on the range of columns that it is computed
// with.
TEST_CASE("block loops: equal columns have equal sums, bit for bit") {
  for (const Shape& shape :
       {Shape{2, 71, 300}, Shape{1, 64, 700}, Shape{1000, 30, 5}, Shape{3, 9000, 1}, Shape{1, 9000, 513}}) {
    const Array along = normal(Stream(), {shape[1], 1});
    Evaluation scope;
    const Var x = broadcast_to(constant(along), shape);
    for (const auto& f : {logsumexp, static_cast<Var (*)(Var, const Axes&, bool)>(norm)}) {
      const Array y = f(x, {1}, false).value();
      INFO(to_string(shape));
      CHECK(std::count(y.begin(), y.end(), y.data()[0]) == std::ptrdiff_t(y.size()));
    }
  }
}
