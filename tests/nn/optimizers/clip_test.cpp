// Limits to gradients, against their formulas. That the optimizers apply them is in all_optimizers_test.cpp.
#include "nn/optimizers/clip.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/optimizers/sgd.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// The norm of a gradient that is `g`.
double norm_of(const std::vector<Real>& g) {
  Parameter w(zeros({g.size()}));
  const Step step;
  return gradient_norm({{"w", &w}}, backward(sum(constant(array({g.size()}, g)) * Var(w))));
}

}  // namespace

TEST_CASE("clip: the norm is over all parameters together", "[clip]") {
  Parameter a(array({2}, {3, 4})), b(array({1, 1}, {12})), idle(full({5}, 9));
  const Step step;
  const Gradients g = backward(0.5 * (sum(square(Var(a))) + sum(square(Var(b)))));
  CHECK(gradient_norm({{"a", &a}, {"b", &b}, {"idle", &idle}}, g) == Approx(13).epsilon(1e-15));
  CHECK(gradient_norm({{"a", &a}}, g) == Approx(5).epsilon(1e-15));
}

TEST_CASE("clip: the norm of arrays of any length", "[clip]") {
  for (const std::size_t n : {0u, 1u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 40001u}) {
    std::vector<Real> g(n);
    long double squares = 0;
    for (std::size_t i = 0; i < n; ++i) g[i] = Real(int(i % 7) - 3), squares += (long double)g[i] * g[i];
    INFO(n);
    if (n) CHECK(norm_of(g) == Approx(double(std::sqrt(squares))).epsilon(1e-14));
  }
}

TEST_CASE("clip: a gradient above the largest norm is scaled to it, as PyTorch's; one below stays",
          "[clip]") {
  CHECK(scale_to_norm(10, 2) == Approx(2 / (10 + 1e-6)).epsilon(1e-15));
  CHECK(scale_to_norm(2, 2) == Approx(2 / (2 + 1e-6)).epsilon(1e-15));
  CHECK(scale_to_norm(1.9, 2) == 1);
  CHECK(scale_to_norm(0, 2) == 1);
}

TEST_CASE("clip: a norm that is not finite is refused", "[clip]") {
  CHECK(std::isnan(norm_of({1, std::nan(""), 2})));
  CHECK(std::isinf(norm_of({1, -infinity})));
  CHECK(says(message_of<std::domain_error>([] { scale_to_norm(infinity, 1); }), {"norm", "inf"}));
  CHECK(says(message_of<std::domain_error>([] { scale_to_norm(std::nan(""), 1); }), {"norm", "nan"}));
}

TEST_CASE("clip: first the scale, then the limit; NaN stays", "[clip]") {
  Clip clip;
  CHECK(clip(3) == 3);
  CHECK(clip(infinity) == infinity);
  clip.scale = 0.5, clip.limit = 2;
  CHECK(clip(3) == 1.5);
  CHECK(clip(7) == 2);
  CHECK(clip(-infinity) == -2);
  CHECK(std::isnan(clip(std::nan(""))));
}

TEST_CASE("clip: a step moves the weights by at most alpha times the largest norm", "[clip]") {
  Parameter w(array({3}, {30, -40, 120}));
  SGD sgd({{"w", &w}}, 0.5);
  const Step step;
  const Gradients g = backward(0.5 * sum(square(Var(w))));
  Clip clip;
  clip.scale = scale_to_norm(gradient_norm({{"w", &w}}, g), 1.3);
  sgd.step(g, clip);
  const std::vector<double> moved = {0.5 * 0.3, -0.5 * 0.4, 0.5 * 1.2}, before = {30, -40, 120};
  for (std::size_t i = 0; i < 3; ++i) CHECK(before[i] - w.value()(i) == Approx(moved[i]).epsilon(1e-7));
}
