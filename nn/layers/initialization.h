// Initial weights. All have the shape [out,in,…] of a matrix or of a convolution's kernels; the number of
// inputs that an output sums over (`in` below) then includes the kernel's places.
//
// Glorot, LeCun and He choose the variance so that signals keep theirs from layer to layer; an orthogonal
// matrix keeps their length exactly. The last weight of a residual branch starts smaller, or at zero, where
// the block is the identity.
//
// The numbers come from the stream with its purpose replaced by `initialization`. A layer with several
// weights draws them at different levels of its stream, so two layers need streams of different epochs.
#pragma once

#include "autograd/random.h"

namespace nn {

using namespace autograd;

// std::invalid_argument, from all of them, for fewer than two axes.
using Initialization = Array (*)(const Shape& weight, const Stream& stream);

// U(±√(6/(in+out))).  Glorot & Bengio 2010, eq. 16
Array glorot_uniform(const Shape& weight, const Stream& stream);

// U(±√(3/in)), of variance 1/in.  LeCun et al. 1998, eq. 16
Array lecun_uniform(const Shape& weight, const Stream& stream);

// N(0, 2/in).  He et al. 2015, eq. 10
Array he_normal(const Shape& weight, const Stream& stream);

// Uniform among the matrices [out,in·…] with W Wᵀ = I, or with WᵀW = I if there are more rows than columns.
// Saxe et al. 2014 (arXiv 1312.6120)
Array orthogonal(const Shape& weight, const Stream& stream);

// W = 0, whatever the stream: for a last weight. (Two in a row would have no gradient.)
Array zero(const Shape& weight, const Stream& stream);

// W / √N for the last weight of each of N residual branches: the sum of N independent branches then has the
// variance of one. Radford et al. 2019 (GPT-2), section 2.3; Child 2020 (arXiv 2011.10650)
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
