// The built-in data set: squares, ellipses and hearts of random place, size and angle, in the manner of
// dSprites (Matthey, Higgins, Hassabis & Lerchner 2017, "dSprites: disentanglement testing sprites dataset").
// With it a first run needs no download, and latents can be compared with the factors that were drawn. And
// frames of such shapes that move.
//
// The five factors of an image are independent and uniform: the kind, the centre x and y, the radius of the
// smallest disc around the shape, and the angle.
#pragma once

#include <cstddef>

#include "autograd/random.h"
#include "tools/data/images.h"

namespace tools {

enum ShapeKind { square = 0, ellipse = 1, heart = 2 };  // the label of an image

// `count` grey images of 28 × 28 pixels, white on black; image i depends on the stream and i alone.
Images draw_shapes(std::size_t count, const autograd::Stream& stream);

// Two frames of a moving shape under each other, 56 × 28 pixels: in the second it is five pixels to the
// right, above, to the left or below, one as often as another, so that the first frame does not tell the
// second (condition.h). Shapes are smaller than those above, and stay within the frames; the factors are
// those of the first frame.
Images draw_moving_shapes(std::size_t count, const autograd::Stream& stream);

}  // namespace tools
