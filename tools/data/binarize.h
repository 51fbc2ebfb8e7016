// A model's input: the grey values of images, or pixels of 0 and 1 made from them.
//
//     dynamic     a pixel is 1 with probability its grey value, drawn anew in every epoch (Salakhutdinov &
//                 Murray 2008)
//     static      likewise, but drawn once: every epoch has the same pixels
//     threshold   a pixel is 1 if its grey value is at least 1/2
//     none        the values as they are, for likelihoods of real numbers
//
// A Bernoulli likelihood of grey values is not a likelihood, so it needs one of the first three. Bounds of
// different binarizations are not comparable. Missing pixels, NaN, stay so (../../vae/missing.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "autograd/random.h"
#include "tools/data/images.h"

namespace tools {

// `fixed` is "static" for users: in C++ that is a keyword.
enum class Binarization { dynamic, fixed, threshold, none };

// Whether a random word makes a pixel 1: word / 2³² < byte / 255, and word / 2³² < grey. Black is never 1,
// white always.
bool is_one(std::uint32_t word, std::uint8_t byte);
bool is_one(std::uint32_t word, float grey);

// These images as a model's input, [n, pixels]; except under `none`, values must be within 0 and 1. The noise
// of an image is keyed by its index and the stream, not by its batch. `dynamic` and `fixed` are the same
// here: the caller lets the stream's epoch run, or holds it.
autograd::Array binarize(const Images& images, const ImageIndices& indices, Binarization mode,
                         const autograd::Stream& stream);

// Lets pixels of a model's input be missing, each with this probability, for each image by the stream.
void hide(double share, const autograd::Stream& stream, autograd::Array& x);

}  // namespace tools
