// Convolutions against their definition, and against each other as adjoints. Their gradients are checked with
// those of all operations (../ops_test.cpp).
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/ops/compare.h"
#include "tests/autograd/ops/reference_conv2d.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

struct Case {
  Shape x, W;
  std::size_t stride, padding, groups, taps = std::size_t(-1);

  Convolution how() const { return {stride, padding, groups, taps}; }
  std::string text() const {
    return "x " + to_string(x) + " W " + to_string(W) + " stride " + std::to_string(stride) + " padding " +
           std::to_string(padding) + " groups " + std::to_string(groups) + " taps " + std::to_string(taps);
  }
};

// clang-format off
const std::vector<Case> cases = {
    // strides; padding, also wider than the kernel; not square; rows and columns that no window reaches
    {{2, 3, 7, 5}, {4, 3, 3, 3}, 1, 0, 1}, {{2, 3, 7, 5}, {4, 3, 3, 3}, 1, 1, 1},
    {{1, 2, 5, 9}, {3, 2, 2, 4}, 1, 2, 1}, {{2, 3, 8, 7}, {5, 3, 4, 4}, 2, 1, 1},
    {{1, 2, 9, 6}, {3, 2, 3, 1}, 2, 0, 1}, {{1, 1, 11, 10}, {2, 1, 3, 2}, 3, 2, 1},
    {{1, 2, 3, 3}, {2, 2, 2, 2}, 1, 5, 1}, {{1, 1, 4, 4}, {1, 1, 2, 2}, 5, 0, 1},
    // 1x1 kernels, also with padding and strides
    {{3, 5, 4, 4}, {7, 5, 1, 1}, 1, 0, 1}, {{9, 6, 3, 5}, {4, 3, 1, 1}, 1, 0, 2},
    {{2, 3, 7, 6}, {4, 3, 1, 1}, 1, 1, 1}, {{2, 3, 7, 6}, {4, 3, 1, 1}, 2, 0, 1},
    {{2, 3, 7, 6}, {4, 3, 1, 1}, 3, 1, 1}, {{1, 1, 1, 1}, {1, 1, 1, 1}, 1, 0, 1},
    // groups, the last two depthwise
    {{2, 4, 6, 6}, {6, 2, 3, 3}, 1, 1, 2}, {{2, 3, 5, 5}, {6, 1, 5, 5}, 1, 2, 3},
    {{1, 6, 7, 5}, {6, 1, 3, 3}, 2, 1, 6}, {{3, 8, 5, 33}, {8, 1, 3, 3}, 1, 1, 8},
    // more channels than two registers hold; few channels of long rows; sums of more than 1024 terms, of both
    {{1, 17, 6, 6}, {35, 17, 3, 3}, 1, 1, 1}, {{1, 9, 4, 30}, {1, 9, 3, 3}, 1, 1, 1},
    {{1, 3, 33, 32}, {2, 3, 2, 2}, 1, 0, 1}, {{2, 130, 3, 4}, {2, 130, 3, 3}, 1, 1, 1},
    {{1, 130, 4, 30}, {1, 130, 3, 3}, 1, 1, 1}, {{2, 2, 60, 40}, {20, 2, 2, 2}, 1, 0, 1},
    // small images, of which one product takes several, and some are left over
    {{131, 3, 1, 1}, {5, 3, 3, 3}, 1, 1, 1}, {{70, 2, 2, 2}, {4, 1, 3, 3}, 1, 1, 2},
    {{19, 2, 8, 8}, {3, 2, 3, 3}, 1, 1, 1},
    // single pixels: a layer, also of no images, in groups, and with a part of the channels
    {{5, 3, 1, 1}, {4, 3, 1, 1}, 1, 0, 1}, {{0, 3, 1, 1}, {4, 3, 1, 1}, 1, 0, 1},
    {{5, 4, 1, 1}, {6, 2, 1, 1}, 1, 0, 2},
    // the first weights of each kernel, and none
    {{2, 3, 7, 5}, {4, 3, 3, 3}, 1, 1, 1, 4}, {{2, 4, 8, 7}, {6, 2, 3, 4}, 2, 1, 2, 7},
    {{3, 1, 9, 9}, {9, 1, 7, 7}, 1, 3, 1, 24},
    {{2, 3, 4, 4}, {2, 3, 3, 3}, 1, 1, 1, 0}, {{2, 3, 4, 4}, {2, 3, 1, 1}, 1, 0, 1, 0},
    {{2, 3, 4, 4}, {2, 3, 1, 1}, 1, 0, 1, 1},
};
// clang-format on

double inner_product(const Array& a, const Array& b) {
  REQUIRE(a.shape() == b.shape());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double(a.data()[i]) * double(b.data()[i]);
  return sum;
}

}  // namespace

TEST_CASE("convolution: conv2d is what its definition says") {
  Evaluation scope;
  for (const Case& c : cases) {
    INFO(c.text());
    const Array x = normal(Stream(), c.x), W = normal(Stream().at_epoch(1), c.W);
    const Array y = reference_conv2d(x, W, c.how()), b = normal(Stream().at_epoch(2), {c.W[0]});
    CHECK(difference(conv2d(constant(x), constant(W), c.how()).value(), y) < 1e-12);
    const Var y_and_b = constant(y) + reshape(constant(b), {c.W[0], 1, 1});
    const Var found = conv2d(constant(x), constant(W), constant(b), c.how());
    CHECK(difference(found.value(), y_and_b.value()) < 1e-12);
  }
}

// <y, conv2d(x, W)> = <conv2d_input(y, W), x> = <conv2d_weight(y, x), W> for all x, W and y defines the other
// two.
TEST_CASE("convolution: conv2d_input and conv2d_weight are the adjoints of conv2d in its two arguments") {
  Evaluation scope;
  for (const Case& c : cases) {
    INFO(c.text());
    const Var x = constant(normal(Stream(), c.x)), W = constant(normal(Stream().at_epoch(1), c.W));
    const Var y = conv2d(x, W, c.how()), u = constant(normal(Stream().at_epoch(2), y.shape()));
    const double truth = inner_product(u.value(), y.value()),
                 scale = 1e-12 * std::sqrt(double(y.value().size() * c.W.size()));
    CHECK(inner_product(conv2d_input(u, W, c.x, c.how()).value(), x.value()) ==
          Approx(truth).epsilon(1e-12).margin(scale));
    CHECK(inner_product(conv2d_weight(u, x, c.W, c.how()).value(), W.value()) ==
          Approx(truth).epsilon(1e-12).margin(scale));
  }
}

TEST_CASE(
    "convolution: a pixel that is 1 gives its window the kernel, turned round by conv2d and as it is by "
    "conv_transpose2d") {
  Evaluation scope;
  Array pixel = zeros({1, 1, 3, 3});
  pixel(0, 0, 1, 1) = 1;
  const Var x = constant(pixel), W = constant(array({1, 1, 2, 2}, {1, 2, 3, 4}));
  CHECK(values_of(conv2d(x, W).value()) == std::vector<Real>{4, 3, 2, 1});
  CHECK(values_of(conv_transpose2d(x, W).value()) ==
        std::vector<Real>{0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0});
}

// y[n, o, i s + k − p, j s + l − p] += W[c,o,k,l] x[n,c,i,j]
TEST_CASE("convolution: conv_transpose2d by loops, its sizes as PyTorch's") {
  Evaluation scope;
  const std::size_t N = 2, C = 4, O = 6, H = 3, W = 4, KH = 4, KW = 3, G = 2;
  for (const auto& [s, p, extra] :
       {std::tuple<std::size_t, std::size_t, std::size_t>{1, 0, 0}, {2, 1, 0}, {2, 1, 1}, {3, 2, 2}}) {
    const Array x = normal(Stream(), {N, C, H, W}), w = normal(Stream().at_epoch(1), {C, O / G, KH, KW});
    const std::size_t OH = (H - 1) * s - 2 * p + KH + extra, OW = (W - 1) * s - 2 * p + KW + extra;
    Array expected = zeros({N, O, OH, OW});
    for (std::size_t n = 0; n < N; ++n)
      for (std::size_t c = 0; c < C; ++c)
        for (std::size_t o = 0; o < O / G; ++o)
          for (std::size_t i = 0; i < H; ++i)
            for (std::size_t j = 0; j < W; ++j)
              for (std::size_t k = 0; k < KH; ++k)
                for (std::size_t l = 0; l < KW; ++l) {
                  const std::size_t h = i * s + k - p, v = j * s + l - p;  // beyond every size if negative
                  if (h < OH && v < OW)
                    expected(n, c / (C / G) * (O / G) + o, h, v) += w(c, o, k, l) * x(n, c, i, j);
                }
    CHECK(difference(conv_transpose2d(constant(x), constant(w), {s, p, G}, extra).value(), expected) < 1e-12);
  }
}

// The derivative of <y, conv2d(x, W)> in x along u and in W along v is <y, conv2d(u, v)>, and that in y is
// conv2d(u, v).
TEST_CASE("convolution: three derivatives of the trilinear form give the form back") {
  Step step;
  const Case c = {{2, 4, 5, 6}, {6, 2, 3, 2}, 2, 1, 2};
  const Array u = normal(Stream().at_epoch(3), c.x), v = normal(Stream().at_epoch(4), c.W);
  const Var x = variable(normal(Stream(), c.x)), W = variable(normal(Stream().at_epoch(1), c.W));
  const Var y = variable(normal(Stream().at_epoch(2), conv2d(x, W, c.how()).shape()));
  const Var form = sum(y * conv2d(x, W, c.how()));
  const Var along_u = sum(grad(form, {x})[0] * constant(u));
  const Var along_v = sum(grad(along_u, {W})[0] * constant(v));
  const Array third = grad(along_v, {y})[0].value();
  CHECK(difference(third, reference_conv2d(u, v, c.how())) < 1e-12);
}

TEST_CASE("convolution: no images give no output, and a gradient of zero for the weights") {
  Step step;
  const Var x = variable(zeros({0, 3, 5, 5})), W = variable(normal(Stream(), {4, 3, 3, 3}));
  const Var y = conv2d(x, W, {1, 1, 1});
  CHECK(y.shape() == Shape{0, 4, 5, 5});
  const Gradients g = backward(sum(y) + Real(0) * sum(W));
  CHECK(g[x].shape() == Shape{0, 3, 5, 5});
  CHECK(same(g[W], zeros({4, 3, 3, 3})));
  CHECK(same(conv2d_weight(y, x, W.shape(), {1, 1, 1}).value(), zeros({4, 3, 3, 3})));
  CHECK(same(conv2d(variable(zeros({2, 0, 3, 3})), variable(zeros({1, 0, 2, 2}))).value(),
             zeros({2, 1, 2, 2})));
}

TEST_CASE("convolution: the bits depend neither on the threads nor on the other images of the batch") {
  Evaluation scope;
  const std::size_t before = threads();
  const Convolution how = {1, 0, 2};
  for (const std::size_t K : {3u, 1u}) {
    const Var x = constant(normal(Stream(), {19, 32, 14, 14})),
              W = constant(normal(Stream().at_epoch(1), {24, 16, K, K}));
    const Var u = constant(normal(Stream().at_epoch(2), {19, 24, 15 - K, 15 - K}));
    std::vector<Array> results;
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      results.push_back(conv2d(x, W, how).value());
      results.push_back(conv2d_input(u, W, x.shape(), how).value());
      results.push_back(conv2d_weight(u, x, W.shape(), how).value());
    }
    set_threads(before);
    for (std::size_t i = 3; i < results.size(); ++i) CHECK(same(results[i], results[i % 3]));
    for (const std::ptrdiff_t n : {0, 7, 18}) {
      CHECK(same(conv2d(slice(x, 0, n, n + 1), W, how).value(),
                 slice(constant(results[0]), 0, n, n + 1).value()));
      CHECK(same(conv2d_input(slice(u, 0, n, n + 1), W, {1, 32, 14, 14}, how).value(),
                 slice(constant(results[1]), 0, n, n + 1).value()));
    }
  }
}

TEST_CASE("convolution: what does not fit is refused with the shapes and the reason") {
  Evaluation scope;
  const auto var = [](const Shape& shape) { return constant(zeros(shape)); };
  const auto message = [&](const Shape& x, const Shape& W, const Convolution& how) {
    return message_of<std::invalid_argument>([&] { conv2d(var(x), var(W), how); });
  };
  CHECK(says(message({2, 3, 8, 8}, {4, 2, 3, 3}, {1, 0, 1}),
             {"[conv2d] x [2,3,8,8], W [4,2,3,3], stride 1, padding 0, groups 1: W takes 2 channels, but x "
              "has 3 in a group"}));
  CHECK(says(message({2, 3, 8, 8}, {4, 1, 3, 3}, {1, 0, 2}),
             {"[conv2d]", "the groups do not divide the channels"}));
  CHECK(says(message({2, 4, 8, 8}, {3, 2, 3, 3}, {1, 0, 2}),
             {"[conv2d]", "the groups do not divide the channels"}));
  CHECK(says(message({2, 3, 2, 8}, {4, 3, 5, 3}, {1, 1, 1}),
             {"[conv2d]", "the kernel is larger than the padded image"}));
  CHECK(says(message({2, 3, 8, 2}, {4, 3, 3, 5}, {1, 1, 1}),
             {"[conv2d]", "the kernel is larger than the padded image"}));
  CHECK(says(message({2, 3, 8, 8}, {4, 3, 0, 3}, {1, 0, 1}), {"[conv2d]", "the kernel is empty"}));
  CHECK(says(message_of<std::invalid_argument>([&] {
               conv2d(var({2, 3, 8, 8}), var({4, 3, 3, 3}), var({3}));
             }),
             {"[conv2d] b is [3] but W is [4,3,3,3]"}));
  CHECK(
      says(message({2, 3, 8, 8}, {4, 3, 3, 3}, {0, 0, 1}), {"[conv2d]", "stride and groups are at least 1"}));
  CHECK(
      says(message({2, 3, 8, 8}, {4, 3, 3, 3}, {1, 0, 0}), {"[conv2d]", "stride and groups are at least 1"}));
  CHECK(
      says(message({3, 8, 8}, {4, 3, 3, 3}, {1, 0, 1}), {"[conv2d] x [3,8,8]", "both must have four axes"}));

  const Convolution how = {1, 1, 1};
  CHECK(says(message_of<std::invalid_argument>([&] {
               conv2d_input(var({2, 4, 7, 7}), var({4, 3, 3, 3}), {2, 3, 8, 8}, how);
             }),
             {"[conv2d_input] y is [2,4,7,7], but x [2,3,8,8] and W [4,3,3,3] give [2,4,8,8]"}));
  CHECK(says(message_of<std::invalid_argument>([&] {
               conv2d_weight(var({3, 4, 8, 8}), var({2, 3, 8, 8}), {4, 3, 3, 3}, how);
             }),
             {"[conv2d_weight] y is [3,4,8,8], but x [2,3,8,8] and W [4,3,3,3] give [2,4,8,8]"}));

  const auto transposed = [&](const Shape& x, const Shape& W, const Convolution& how, std::size_t extra) {
    return message_of<std::invalid_argument>([&] { conv_transpose2d(var(x), var(W), how, extra); });
  };
  CHECK(says(transposed({2, 3, 4, 4}, {4, 3, 3, 3}, {2, 1, 1}, 0),
             {"[conv_transpose2d] x [2,3,4,4], W [4,3,3,3]", "4 channels"}));
  CHECK(says(transposed({2, 4, 4, 4}, {4, 3, 3, 3}, {2, 1, 1}, 2),
             {"[conv_transpose2d]", "output_padding 2", "less than"}));
  CHECK(says(transposed({1, 4, 2, 2}, {4, 1, 2, 2}, {1, 0, 3}, 0), {"[conv_transpose2d]", "groups 3"}));
  CHECK(
      says(transposed({2, 4, 1, 1}, {4, 3, 2, 2}, {1, 1, 1}, 0), {"[conv_transpose2d]", "nothing is left"}));
}
