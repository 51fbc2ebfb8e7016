// Convolutions on the tape. With L(x, W, y), linear in all three, from convolution.h, each of these is the
// derivative of L by one of them, so its rules are the other two.
#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// y = ∂L/∂y        x̄ += conv2d_input(ȳ, W),  W̄ += conv2d_weight(ȳ, x)
Var conv2d(Var x, Var W, Convolution how) {
  return record(
      "conv2d", {x, W},  //
      [=](const auto& x, const auto& W) { return conv2d(x, W, how); },
      [=](const auto& g, const auto& x, const auto& W) { return conv2d_input(g, W, x.shape(), how); },
      [=](const auto& g, const auto& x, const auto& W) { return conv2d_weight(g, x, W.shape(), how); });
}

// x = ∂L/∂x        ȳ += conv2d(x̄, W),  W̄ += conv2d_weight(y, x̄)
Var conv2d_input(Var y, Var W, const Shape& shape, Convolution how) {
  return record(
      "conv2d_input", {y, W},  //
      [&](const auto& y, const auto& W) { return conv2d_input(y, W, shape, how); },
      [=](const auto& g, const auto&, const auto& W) { return conv2d(g, W, how); },
      [=](const auto& g, const auto& y, const auto& W) { return conv2d_weight(y, g, W.shape(), how); });
}

// W = ∂L/∂W        ȳ += conv2d(x, W̄),  x̄ += conv2d_input(y, W̄)
Var conv2d_weight(Var y, Var x, const Shape& shape, Convolution how) {
  return record(
      "conv2d_weight", {y, x},  //
      [&](const auto& y, const auto& x) { return conv2d_weight(y, x, shape, how); },
      [=](const auto& g, const auto&, const auto& x) { return conv2d(x, g, how); },
      [=](const auto& g, const auto& y, const auto& x) { return conv2d_input(y, g, x.shape(), how); });
}

Var conv_transpose2d(Var x, Var W, Convolution how, std::size_t output_padding) {
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
