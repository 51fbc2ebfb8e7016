// How weights begin. All of shape [out, in, …]: a matrix, or the kernels of a convolution, whose fans are
// in·k·k and out·k·k.
//
// Glorot, LeCun and He choose the variance so that signals keep theirs from layer to layer; an orthogonal
// matrix keeps their length exactly. The last weight of a residual branch starts smaller, or at zero, where
// the block is the identity. The numbers come from the stream's purpose `initialization`, whatever it was
// for; a layer counts its weights by the stream's level, so layers that shall begin differently get streams
// of different epochs.
#pragma once

#include "autograd/random.h"

namespace nn {

using namespace autograd;

// std::invalid_argument, from all of them, for fewer than two axes.
using Initialization = Array (*)(const Shape& weight, const Stream& stream);

Array glorot_uniform(const Shape& weight,
                     const Stream& stream);  // U(±√(6/(in+out))), Glorot & Bengio 2010, eq. 16
Array lecun_uniform(const Shape& weight,
                    const Stream& stream);  // U(±√(3/in)), variance 1/in, LeCun et al. 1998, eq. 16
Array he_normal(const Shape& weight, const Stream& stream);  // N(0, 2/in), He et al. 2015, eq. 10

// W Wᵀ = I, or WᵀW = I if W, flattened to [out, in·…], has more rows than columns; uniform among such
// matrices. Saxe et al. 2014 (arXiv 1312.6120).
Array orthogonal(const Shape& weight, const Stream& stream);

Array zero(const Shape& weight,
           const Stream& stream);  // W = 0, whatever the stream: for a last weight, not for two in a row

// W / √N for the last weight of each of N residual branches: the sum of N independent branches then has the
// variance of one. Radford et al. 2019 (GPT-2), section 2.3; Child 2020 (arXiv 2011.10650).
Array residual_scaled(Array weight, std::size_t branches);

// Counts weights instead of making them. While one lives, the functions above return weights without
// elements, [out,0,…], and add up what they would have had: a model made meanwhile has all its layers and
// takes no memory, but cannot be applied. One at a time, on one thread.
class WeightCount {
 public:
  WeightCount();
  ~WeightCount();
  WeightCount(const WeightCount&) = delete;
  WeightCount& operator=(const WeightCount&) = delete;

  std::size_t count() const { return count_; }

 private:
  std::size_t count_ = 0;
};

}  // namespace nn
