// The causal convolution as one matrix product for all times.
#include "nn/layers/causal.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

CausalConv1d::CausalConv1d(Array w, std::size_t dilation) : WeightAndBias(std::move(w)), dilation(dilation) {
  check_weight("causal_conv1d", weight.shape(), 3, "[out,in,K]");
  if (dilation == 0 || weight.shape()[2] == 0)
    throw std::invalid_argument("[causal_conv1d] W is " + to_string(weight.shape()) + " and the dilation " +
                                std::to_string(dilation) + ": neither K nor the dilation may be 0");
  bias.update() = zeros({weight.shape()[0]});
}

Var CausalConv1d::operator()(Var x) const {
  const std::size_t O = weight.shape()[0], C = weight.shape()[1], K = weight.shape()[2];
  check_channels("causal_conv1d", x.shape(), C, weight.shape());
  if (x.shape().size() != 3)
    throw std::invalid_argument("[causal_conv1d] x is " + to_string(x.shape()) + ", not [B,C,T]");
  const std::size_t B = x.shape()[0], T = x.shape()[2];

  // Collect the K values of x that each y_t depends on: tap k is x, moved by its delay.
  const Var padded = pad(x, 2, (K - 1) * dilation, 0);
  std::vector<Var> taps;
  for (std::size_t k = 0; k < K; ++k) {
    const std::ptrdiff_t first = std::ptrdiff_t(k * dilation);
    taps.push_back(slice(padded, 2, first, first + std::ptrdiff_t(T)));
  }

  // Write them as rows, one for each time, in the order of W's columns, and multiply.
  const Var rows = permute(stack(taps, 2), {0, 3, 1, 2});  // [B,T,C,K]
  const Var y = affine(reshape(rows, {B * T, C * K}), reshape(weight, {O, C * K}), bias);
  return permute(reshape(y, {B, T, O}), {0, 2, 1});
}

}  // namespace nn
