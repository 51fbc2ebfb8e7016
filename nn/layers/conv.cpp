// The convolutional layers: checks, the operation, and the bias.
#include "nn/layers/conv.h"

#include <stdexcept>

#include "nn/layers/check.h"

namespace nn {

namespace {

// [O]  ->  [O,1,1], to be added to [B,O,H,W]
Var by_channel(const Parameter& bias) { return reshape(bias, {bias.shape()[0], 1, 1}); }

void check_images(const char* layer, const Shape& x, std::size_t channels, const Shape& W) {
  check_channels(layer, x, channels, W);
  if (x.size() != 4)
    throw std::invalid_argument("[" + std::string(layer) + "] x is " + to_string(x) + ", not [B,C,H,W]");
}

}  // namespace

// ---- Conv2d -----------------------------------------------------------------------------------------------

Conv2d::Conv2d(Array w, Convolution how) : WeightAndBias(std::move(w)), how(how) {
  check_weight("conv2d", weight.shape(), 4, "[out,in,K,L]");
  bias.update() = zeros({weight.shape()[0]});
}

Conv2d::Conv2d(std::size_t in, std::size_t out, std::size_t kernel, const Stream& stream, Convolution how,
               Initialization initial_weight)
    : Conv2d(initial_weight({out, in / how.groups, kernel, kernel}, stream), how) {}

Var Conv2d::operator()(Var x) const {
  check_images("conv2d", x.shape(), weight.shape()[1] * how.groups, weight.shape());
  return conv2d(x, weight, bias, how);
}

// ---- ConvTranspose2d --------------------------------------------------------------------------------------

ConvTranspose2d::ConvTranspose2d(Array w, Convolution how, std::size_t output_padding)
    : WeightAndBias(std::move(w)), how(how), output_padding(output_padding) {
  check_weight("conv_transpose2d", weight.shape(), 4, "[in,out,K,L]");
  bias.update() = zeros({weight.shape()[1] * how.groups});
}

Var ConvTranspose2d::operator()(Var x) const {
  check_images("conv_transpose2d", x.shape(), weight.shape()[0], weight.shape());
  return conv_transpose2d(x, weight, how, output_padding) + by_channel(bias);
}

// ---- MaskedConv2d -----------------------------------------------------------------------------------------

MaskedConv2d::MaskedConv2d(Array w, Type type) : WeightAndBias(std::move(w)) {
  check_weight("masked_conv2d", weight.shape(), 4, "[out,in,K,K]");
  const std::size_t K = weight.shape()[2];
  if (K != weight.shape()[3] || K % 2 == 0)
    throw std::invalid_argument("[masked_conv2d] W is " + to_string(weight.shape()) +
                                ", not [out,in,K,K] with K odd");
  bias.update() = zeros({weight.shape()[0]});

  // Keep the taps that come before the kernel's centre, row by row; in type B the centre, too.
  taps = K * K / 2 + (type == Type::B ? 1 : 0);
}

Var MaskedConv2d::operator()(Var x) const {
  check_images("masked_conv2d", x.shape(), weight.shape()[1], weight.shape());
  const Convolution same_size = {1, weight.shape()[2] / 2, 1, taps};
  return conv2d(x, weight, bias, same_size);
}

}  // namespace nn
