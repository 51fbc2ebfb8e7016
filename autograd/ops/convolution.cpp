// Convolutions on the tape. Of L(x, W, y), which is linear in all three (../kernels/convolution.h), each is
// the derivative in one argument, so that its rules are the other two.
#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/sums.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

ConvSizes sizes_of(const char* op, const Shape& x, const Shape& W, const Convolution& how) {
  // Check that they fit.
  const auto fail = [&](const std::string& reason) {
    throw std::invalid_argument(std::string("[") + op + "] x " + to_string(x) + ", W " + to_string(W) +
                                ", stride " + std::to_string(how.stride) + ", padding " +
                                std::to_string(how.padding) + ", groups " + std::to_string(how.groups) +
                                ": " + reason);
  };
  if (x.size() != 4 || W.size() != 4) fail("both must have four axes");
  if (how.stride == 0 || how.groups == 0) fail("stride and groups are at least 1");
  if (x[1] % how.groups || W[0] % how.groups) fail("the groups do not divide the channels");
  if (x[1] / how.groups != W[1])
    fail("W takes " + std::to_string(W[1]) + " channels, but x has " + std::to_string(x[1] / how.groups) +
         " in a group");
  if (W[2] == 0 || W[3] == 0) fail("the kernel is empty");
  if (how.padding > 1 << 30) fail("so much padding is beyond memory");
  const std::size_t height = x[2] + 2 * how.padding, width = x[3] + 2 * how.padding;
  if (W[2] > height || W[3] > width) fail("the kernel is larger than the padded image");

  // Count how often the kernel fits.
  ConvSizes s;
  s.N = x[0], s.groups = how.groups;
  s.C = W[1], s.H = x[2], s.W = x[3];
  s.O = W[0] / how.groups, s.OH = (height - W[2]) / how.stride + 1, s.OW = (width - W[3]) / how.stride + 1;
  s.KH = W[2], s.KW = W[3];
  s.stride = how.stride, s.padding = how.padding, s.taps = how.taps;
  return s;
}

Shape shape_of_y(const ConvSizes& s) { return {s.N, s.groups * s.O, s.OH, s.OW}; }

void check_y(const char* op, const Shape& y, const ConvSizes& s, const Shape& x, const Shape& W) {
  if (y != shape_of_y(s))
    throw std::invalid_argument(std::string("[") + op + "] y is " + to_string(y) + ", but x " + to_string(x) +
                                " and W " + to_string(W) + " give " + to_string(shape_of_y(s)));
}

auto conv2d(const Array& x, const Array& W, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d", x.shape(), W.shape(), how);
  return ArrayWork(shape_of_y(sizes), [&x, &W, sizes](Array& y, bool add) {
    compute_conv2d(sizes, x.data(), W.data(), nullptr, y.data(), add);
  });
}

auto conv2d(const Array& x, const Array& W, const Array& b, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d", x.shape(), W.shape(), how);
  if (b.shape() != Shape{W.shape(0)})
    throw std::invalid_argument("[conv2d] b is " + to_string(b.shape()) + " but W is " +
                                to_string(W.shape()));
  return ArrayWork(shape_of_y(sizes), [&x, &W, &b, sizes](Array& y, bool add) {
    compute_conv2d(sizes, x.data(), W.data(), b.data(), y.data(), add);
  });
}

// Σ over images and pixels.  y: [N,O,OH,OW]  ->  [O]
auto channel_sums(const Array& y) {
  const Blocks blocks = blocks_between("conv2d", {1, y.shape(1), 1, 1}, y.shape());
  return ArrayWork({y.shape(1)}, [&y, blocks](Array& sums, bool add) { sum_blocks(blocks, y, sums, add); });
}
Var channel_sums(Var y) { return sum(y, {0, 2, 3}); }

auto conv2d_input(const Array& y, const Array& W, const Shape& shape, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d_input", shape, W.shape(), how);
  check_y("conv2d_input", y.shape(), sizes, shape, W.shape());
  return ArrayWork(shape, [&y, &W, sizes](Array& x, bool add) {
    compute_conv2d_input(sizes, y.data(), W.data(), x.data(), add);
  });
}

auto conv2d_weight(const Array& y, const Array& x, const Shape& shape, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d_weight", x.shape(), shape, how);
  check_y("conv2d_weight", y.shape(), sizes, x.shape(), shape);
  return ArrayWork(shape, [&y, &x, sizes](Array& W, bool add) {
    compute_conv2d_weight(sizes, y.data(), x.data(), W.data(), add);
  });
}

}  // namespace

// ---- on the tape ------------------------------------------------------------------------------------------

// y = ∂L/∂y        x̄ += conv2d_input(ȳ, W),  W̄ += conv2d_weight(ȳ, x)
Var conv2d(Var x, Var W, Convolution how) {
  return record(
      "conv2d", {x, W}, [=](const auto& x, const auto& W) { return conv2d(x, W, how); },
      [=](const auto& g, const auto& x, const auto& W) { return conv2d_input(g, W, x.shape(), how); },
      [=](const auto& g, const auto& x, const auto& W) { return conv2d_weight(g, x, W.shape(), how); });
}

// y = ∂L/∂y + b        also b̄ += Σ_{n,i,j} ȳ
Var conv2d(Var x, Var W, Var b, Convolution how) {
  return record(
      "conv2d", {x, W, b}, [=](const auto& x, const auto& W, const auto& b) { return conv2d(x, W, b, how); },
      [=](const auto& g, const auto& x, const auto& W, const auto&) {
        return conv2d_input(g, W, x.shape(), how);
      },
      [=](const auto& g, const auto& x, const auto& W, const auto&) {
        return conv2d_weight(g, x, W.shape(), how);
      },
      [](const auto& g) { return channel_sums(g); });
}

// x = ∂L/∂x        ȳ += conv2d(x̄, W),  W̄ += conv2d_weight(y, x̄)
Var conv2d_input(Var y, Var W, const Shape& shape, Convolution how) {
  return record(
      "conv2d_input", {y, W}, [&](const auto& y, const auto& W) { return conv2d_input(y, W, shape, how); },
      [=](const auto& g, const auto&, const auto& W) { return conv2d(g, W, how); },
      [=](const auto& g, const auto& y, const auto& W) { return conv2d_weight(y, g, W.shape(), how); });
}

// W = ∂L/∂W        ȳ += conv2d(x, W̄),  x̄ += conv2d_input(y, W̄)
Var conv2d_weight(Var y, Var x, const Shape& shape, Convolution how) {
  return record(
      "conv2d_weight", {y, x}, [&](const auto& y, const auto& x) { return conv2d_weight(y, x, shape, how); },
      [=](const auto& g, const auto&, const auto& x) { return conv2d(x, g, how); },
      [=](const auto& g, const auto& y, const auto& x) { return conv2d_input(y, g, x.shape(), how); });
}

Var conv_transpose2d(Var x, Var W, Convolution how, std::size_t output_padding) {
  // Check that they fit.
  const Shape &from = x.shape(), &kernel = W.shape();
  const auto fail = [&](const std::string& reason) {
    throw std::invalid_argument(
        "[conv_transpose2d] x " + to_string(from) + ", W " + to_string(kernel) + ", stride " +
        std::to_string(how.stride) + ", padding " + std::to_string(how.padding) + ", output_padding " +
        std::to_string(output_padding) + ", groups " + std::to_string(how.groups) + ": " + reason);
  };
  if (from.size() != 4 || kernel.size() != 4) fail("both must have four axes");
  if (from[1] != kernel[0]) fail("W takes " + std::to_string(kernel[0]) + " channels");
  if (how.groups == 0 || from[1] % how.groups != 0) fail("the groups do not divide the channels");
  if (how.stride == 0) fail("the stride must not be 0");
  if (output_padding >= how.stride) fail("output_padding must be less than the stride");

  // Compute the size of the result: of the images that conv2d would take to x.
  Shape to = {from[0], kernel[1] * how.groups, 0, 0};
  for (const std::size_t axis : {2u, 3u}) {
    const std::size_t padded =
        (std::max<std::size_t>(1, from[axis]) - 1) * how.stride + kernel[axis] + output_padding;
    if (from[axis] == 0 || padded <= 2 * how.padding) fail("nothing is left of the image");
    to[axis] = padded - 2 * how.padding;
  }
  return conv2d_input(x, W, to, how);
}

}  // namespace autograd
