// Pictures of what a model has learned.
#pragma once

#include "tools/files/png.h"
#include "tools/run/experiment.h"

namespace tools {

struct SampleOptions {
  std::uint64_t count = 0, seed = 1;  // 0: 64 images, or 8 of each class
  bool draw = false;                  // x ~ p(x|z), not its mean
  std::uint64_t levels_fixed = 0;     // levels of z that the images of a row share, the first ones
  double temperature = 1;             // of p(z_t|z_<t)
};

// Images from the model: z ~ p(z), then the mean of p(x|z), or with `draw` x ~ p(x|z). 8 in a row, fewer of
// very wide ones. Given labels, or with a class of the model's own and no level fixed, each row is of one.
// Given upper halves, a row begins with a test image, shows completions of its upper half, and ends with the
// mean over 100 of them (8 under --decoder pixelcnn), as a regressor that minimises the squared error would
// have it. Failure(exit_usage) if fewer levels exist than are to be fixed.
GreyImage sample_sheet(const Experiment& experiment, const SampleOptions& options);

struct TraverseOptions {
  std::uint64_t level = 0, count = 8;  // latents of this level, those that tell most of the image
  std::uint64_t image = 0;             // the test image whose code the others keep
};

// What single latents do: in each row one latent of a level goes from −3 to 3 deviations of p(z_t|z_<t) while
// the others of that level, and the levels above, stay at a draw of q(z|x) for one test image; the levels
// below are at the mean of their prior. The rows are the latents whose posterior mean varies most between
// images. A level with two latents is drawn as a map instead: z_t over a square of that size, 15 × 15 images.
// Of a class (--model classes, level 0) each comes in its turn. Failure(exit_usage) for a level, or an image,
// that there is not.
GreyImage traverse_sheet(const Experiment& experiment, const TraverseOptions& options);

// From one test image to the next: in each of `count` rows, images 2i and 2i + 1 at the ends, and between
// them eight images on the straight line from a draw of q(z|x) of one to that of the other, at all levels.
// Failure(exit_usage) if there are fewer images.
GreyImage interpolation_sheet(const Experiment& experiment, std::size_t count);

// Test images: as they are, under each as the model's input if that is another, and under that the mean of
// p(x|z) at one z ~ q(z|x).
GreyImage reconstruction_sheet(const Experiment& experiment, std::size_t count);

}  // namespace tools
