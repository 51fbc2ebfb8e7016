// Loops over arrays at lengths around those of registers, tiles and parts, against loops as plain as they can
// be. What the operations mean at single points, and their gradients, is tested in ops_test.cpp and
// more_ops_test.cpp.
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

// With 300, threads share the columns, and begin and end within a row.
std::vector<std::size_t> inner_lengths(std::size_t n) {
  return n == 71 || n == 130 ? std::vector<std::size_t>{1, 2, 19, 300} : std::vector<std::size_t>{1, 2, 19};
}

}  // namespace

TEST_CASE("loops: reductions of every length") {
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

TEST_CASE("loops: softmax and running sums of every length") {
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

// ȳ = 1 at every place: the slope of a product is the product over itself, of log Σ eˣ the softmax, of the
// largest 1/k, and of the running sum at i the number of sums that x_i is in. Each gradient arrives twice, so
// it is added once.
TEST_CASE("loops: slopes of every length") {
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

// A sum's bits do not depend on where it stands: not on its range, nor on where that begins and ends.
TEST_CASE("loops: equal columns have equal sums, bit for bit") {
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

// Nor does a number's exponential, or its logarithm, depend on its neighbours, of whom some need another
// formula.
TEST_CASE("loops: a value does not depend on those beside it") {
  const Array x = uniform(Stream(), {1001});
  Array far = x, tiny = x;
  for (std::size_t i = 0; i < x.size(); i += 7) far.data()[i] = -710, tiny.data()[i] = Real(1e-310);
  Evaluation scope;
  const Array e = exp(constant(x)).value(), e_beside = exp(constant(far)).value();
  const Array l = log(constant(x)).value(), l_beside = log(constant(tiny)).value();
  std::size_t different = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % 7) different += e.data()[i] != e_beside.data()[i], different += l.data()[i] != l_beside.data()[i];
  CHECK(different == 0);
}

// As many numbers as threads share, along rows and along columns; into a new array and, from two uses, added.
TEST_CASE("loops: a row, a column and one number spread over many") {
  const std::size_t rows = 130, columns = 300;
  const Array row = normal(Stream(), {columns}), column = normal(Stream(), {rows, 1}),
              one = normal(Stream(), {});
  const auto at = [&](const Array& x, std::size_t i, std::size_t j) {
    return x.dimension() == 0 ? x() : x.dimension() == 1 ? x(j) : x(i, 0);
  };
  for (const Array& x : {row, column, one}) {
    Step step;
    const Var u = variable(zeros({rows, columns})), s = sum_to(u, x.shape());
    const Array y = broadcast_to(constant(x), {rows, columns}).value();
    const Array g = backward(s, x)[u], twice = backward(s + sum_to(u, x.shape()), x)[u];
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        const Real v = at(x, i, j);
        wrong += y(i, j) != v || g(i, j) != v || twice(i, j) != 2 * v;
      }
    INFO(to_string(x.shape()));
    CHECK(wrong == 0);
  }
}

TEST_CASE("loops: reductions over axes that are no neighbours") {
  const Array x = uniform(Stream(), {3, 5, 4, 2});
  Evaluation scope;
  const Array m = max(constant(x), {0, 2}, true).value(), l = logsumexp(constant(x), {2, 0}).value();
  CHECK(m.shape() == Shape{1, 5, 1, 2});
  CHECK(l.shape() == Shape{5, 2});
  for (std::size_t b = 0; b < 5; ++b)
    for (std::size_t d = 0; d < 2; ++d) {
      Fibre v;
      for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t c = 0; c < 4; ++c) v.push_back(x(a, b, c, d));
      CHECK(m(0, b, 0, d) == *std::max_element(v.begin(), v.end()));
      CHECK(l(b, d) == Approx(log_sum_exp(v)).epsilon(1e-14));
    }
}

TEST_CASE("loops: every permutation of four axes, and its slope") {
  for (const Shape& shape : {Shape{3, 17, 1, 20}, Shape{16, 2, 33, 5}}) {
    const Array x0 = uniform(Stream(), shape);
    Axes axes = {0, 1, 2, 3};
    do {
      Step step;
      const Var x = variable(x0), y = permute(x, axes);
      const Array w = uniform(Stream().at_epoch(1), y.shape());
      const Array g = backward(sum(y * constant(w)) + sum(permute(x, axes) * constant(w)))[x];
      std::size_t wrong = 0;
      std::vector<std::size_t> at(4);
      for (at[0] = 0; at[0] < shape[0]; ++at[0])
        for (at[1] = 0; at[1] < shape[1]; ++at[1])
          for (at[2] = 0; at[2] < shape[2]; ++at[2])
            for (at[3] = 0; at[3] < shape[3]; ++at[3]) {
              const auto [i, j, k, l] =
                  std::array<std::size_t, 4>{at[axes[0]], at[axes[1]], at[axes[2]], at[axes[3]]};
              wrong += y.value()(i, j, k, l) != x0(at[0], at[1], at[2], at[3]);
              wrong += g(at[0], at[1], at[2], at[3]) != 2 * w(i, j, k, l);
            }
      INFO(to_string(shape) << " to " << to_string(y.shape()));
      CHECK(wrong == 0);
    } while (std::next_permutation(axes.begin(), axes.end()));
  }
}

TEST_CASE("loops: taking and scattering along the last axis and another") {
  const Array x0 = uniform(Stream(), {4, 6, 5});
  for (const std::size_t axis : {1u, 2u}) {
    const std::vector<std::size_t> indices = {3, 0, 0, 4};
    Step step;
    const Var x = variable(x0), y = take(x, indices, axis);
    const Array w = uniform(Stream().at_epoch(1), y.shape());
    const Array g = backward(sum(y * constant(w)))[x];
    Array truth = zeros(x0.shape());
    for (std::size_t a = 0; a < y.shape()[0]; ++a)
      for (std::size_t b = 0; b < y.shape()[1]; ++b)
        for (std::size_t c = 0; c < y.shape()[2]; ++c) {
          const std::size_t i = axis == 1 ? indices[b] : b, j = axis == 2 ? indices[c] : c;
          CHECK(y.value()(a, b, c) == x0(a, i, j));
          truth(a, i, j) += w(a, b, c);
        }
    CHECK(same(g, truth));
  }
}
