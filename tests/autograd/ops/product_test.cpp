// Matrix products, of stacks too, against three loops.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/ops/compare.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

Var ones(const Shape& shape) { return constant(full(shape, 1)); }

}  // namespace

// The first is one product; the others are cut into panels, of rows and of columns, whose last is smaller.
TEST_CASE(
    "product: agrees with three loops, whatever is transposed, with the same bits on any number of threads") {
  Evaluation scope;
  const std::size_t before = threads();
  struct Sizes {
    std::size_t M, N, K;
  };
  for (const auto [M, N, K] : {Sizes{3, 4, 5}, {101, 67, 40}, {30, 203, 100}, {150, 130, 90}, {50, 333, 70}})
    for (const bool ta : {false, true})
      for (const bool tb : {false, true}) {
        const Array a = normal(Stream(), ta ? Shape{K, M} : Shape{M, K}),
                    b = normal(Stream().at_epoch(1), tb ? Shape{N, K} : Shape{K, N});
        set_threads(1);
        const Array c = matmul(constant(a), constant(b), ta, tb).value();
        REQUIRE(c.shape() == Shape{M, N});
        double largest = 0;
        for (std::size_t i = 0; i < M; ++i)
          for (std::size_t j = 0; j < N; ++j) {
            double expected = 0;
            for (std::size_t k = 0; k < K; ++k)
              expected += (ta ? a(k, i) : a(i, k)) * (tb ? b(j, k) : b(k, j));
            largest = std::max(largest, std::abs(double(c(i, j)) - expected));
          }
        INFO(M << " " << N << " " << K << " " << ta << tb);
        CHECK(largest < 1e-12);
        for (const std::size_t count : {2u, 3u, 4u}) {
          set_threads(count);
          CHECK(same(matmul(constant(a), constant(b), ta, tb).value(), c));
        }
      }
  set_threads(before);
}

TEST_CASE("product: products of stacks are those of their matrices, and the leading axes broadcast") {
  Evaluation scope;
  const Array a = random_array({2, 1, 3, 4}, 1), b = random_array({5, 4, 2}, 2),
              y = matmul(constant(a), constant(b)).value();
  REQUIRE(y.shape() == Shape{2, 5, 3, 2});
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t t = 0; t < 5; ++t)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 2; ++j) {
          double expected = 0;
          for (std::size_t k = 0; k < 4; ++k) expected += a(s, 0, i, k) * b(t, k, j);
          CHECK(y(s, t, i, j) == Approx(expected).epsilon(1e-13));
        }
}

TEST_CASE("product: transposing the matrices of a stack, and one matrix for a whole stack") {
  Evaluation scope;
  const Array a = random_array({2, 4, 3}, 1), b = random_array({2, 4}, 2);
  const Array y = matmul(constant(a), constant(b), true, true).value();
  REQUIRE(y.shape() == Shape{2, 3, 2});
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 2; ++j) {
        double expected = 0;
        for (std::size_t k = 0; k < 4; ++k) expected += a(s, k, i) * b(j, k);
        CHECK(y(s, i, j) == Approx(expected).epsilon(1e-13));
      }
  const Array turned = permute(constant(a), {0, 2, 1}).value();
  check_close(matmul(constant(turned), constant(b), false, true).value(), y);
  CHECK(matmul(ones({3, 2, 0}), ones({0, 4})).shape() == Shape{3, 2, 4});
  CHECK(values_of(matmul(ones({2, 1, 0}), ones({0, 1})).value()) == std::vector<Real>{0, 0});
}

TEST_CASE("product: affine is x W' + b, and the bias alone where the inner size is 0") {
  Evaluation scope;
  const Var x = constant(array({2, 2}, {1, 2, 3, 4})), W = constant(array({3, 2}, {1, 0, 0, 1, 1, 1}));
  CHECK(values_of(affine(x, W, constant(array({3}, {10, 20, 30}))).value()) ==
        std::vector<Real>{11, 22, 33, 13, 24, 37});
  const Var y = affine(constant(zeros({2, 0})), constant(zeros({3, 0})), constant(array({3}, {1, 2, 3})));
  CHECK(values_of(y.value()) == std::vector<Real>{1, 2, 3, 1, 2, 3});
  CHECK(values_of(matmul(constant(zeros({2, 0})), constant(zeros({0, 2}))).value()) ==
        std::vector<Real>{0, 0, 0, 0});
}

TEST_CASE("product: what does not fit is named with its shapes") {
  CHECK(says(refusal([&] { matmul(operand({2, 3}), operand({4, 2})); }), {"[matmul]", "[2,3]", "[4,2]"}));
  CHECK(says(refusal([&] {
               matmul(operand({2, 3}), operand({3, 2}), true);
             }),
             {"[matmul]", "[2,3]", "[3,2]"}));
  CHECK(says(refusal([&] { matmul(operand({3}), operand({3, 2})); }), {"[matmul]", "[3]", "[3,2]"}));
  CHECK(says(refusal([&] {
               affine(operand({32, 10}), operand({200, 784}), operand({200}));
             }),
             {"[affine]", "[32,10]", "[200,784]"}));
  CHECK(says(refusal([&] {
               affine(operand({2, 3}), operand({4, 3}), operand({3}));
             }),
             {"[affine]", "[4,3]", "[3]"}));
  CHECK(says(refusal([] {
               matmul(operand({2, 3, 4}), operand({3, 4, 5}));
             }),
             {"[matmul]", "[2,3,4]", "[3,4,5]"}));
  CHECK(says(refusal([] {
               matmul(operand({2, 3, 4}), operand({5, 4}));
             }),
             {"[matmul]", "[2,3,4]", "inner sizes differ"}));
  CHECK(says(refusal([] { matmul(operand({2, 3, 4}), operand({4})); }), {"[matmul]", "two axes"}));
}
