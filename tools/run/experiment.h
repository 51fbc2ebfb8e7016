// What a configuration stands for: the data, the model, and how its weights are updated. Every command on a
// run begins by making one.
#pragma once

#include <memory>

#include "tools/config/config.h"
#include "tools/data/binarize.h"
#include "tools/data/condition.h"
#include "tools/data/dataset.h"
#include "tools/run/weight_update.h"
#include "vae/conditional.h"
#include "vae/elbo.h"

namespace tools {

struct Experiment {
  // Loads and checks the data, and makes the model, which begins at their mean. Under a likelihood of real
  // numbers it chooses black and white if the values are not grey. Failure 2, 65 or 66.
  explicit Experiment(const Config& config);

  // The same of an earlier run, whose black and white are known, with these data. Without training images it
  // can evaluate, and draw. `hidden`: the share of the pixels to hide, if another than in training.
  Experiment(const Config& config, Dataset data, std::optional<double> hidden = std::nullopt);

  Experiment(const Experiment&) = delete;  // `weight_update` refers to `config`
  Experiment& operator=(const Experiment&) = delete;

  autograd::Stream stream() const;  // of the run's seed
  std::uint64_t steps_per_epoch() const;

  // Images as the model's input, [n, D], or under --condition upper-half their lower halves. Training images
  // are binarized by the run's seed, under `dynamic` anew in every epoch from 1 on; outside of training, as
  // in epoch 0. Held-out images are always binarized alike, by one seed for all runs. Missing pixels are NaN,
  // in every epoch the same.
  autograd::Array batch(Split split, const ImageIndices& images, std::uint64_t epoch = 0) const;

  // The same with what --missing hides.
  autograd::Array before_missing(Split split, const ImageIndices& images, std::uint64_t epoch = 0) const;

  // What conditions the model of these images, [n, C]; none without --condition.
  std::optional<autograd::Array> condition(Split split, const ImageIndices& images,
                                           std::uint64_t epoch = 0) const;

  // The classes of training images that --model classes is told, one-hot, [n, K], in rows of 0 for others;
  // none without --labelled.
  std::optional<autograd::Array> known_classes(const ImageIndices& images) const;

  // The model of these images: p(x, z), or p(x, z|c) with the c of each.
  vae::Given given(Split split, const ImageIndices& images, std::uint64_t epoch = 0) const;

  // The noise that infers z for these images wherever they are evaluated.
  autograd::Stream evaluation_noise(Split split, const ImageIndices& images) const;

  std::vector<std::size_t> latent_sizes() const;  // Z_t of each level
  std::size_t rows_of_pass() const;               // of z, that a pass of evaluation may hold

  // Failure(exit_not_finite) if `value` is not finite, with the first weights or, if those are finite, the
  // first value on the tape that are not. `what` names the value.
  void check_finite(const autograd::Var& value, const std::string& what) const;

  // log p of an image in its own units is that of the model's input less this: log(white − black) for each
  // pixel that is not missing. 0 where the values are as they were.  x: [n,D]  ->  n numbers
  std::vector<double> log_scales(const autograd::Array& x) const;

  // The model's input in the units of floats, from black to white; zeros and ones, and bytes / 255, stay.
  autograd::Array in_units_of_data(const autograd::Array& x) const;
  double unit() const;  // what 1 is there: white − black, or 1

  const Config config;
  const double hidden;  // the share of the pixels that are, by --missing
  const Binarization binarization;
  const Dataset data;  // of float values, in units of white − black from black on
  const Conditioning conditioning;
  const double training_bytes;                  // of memory, without the data
  std::unique_ptr<vae::Model> of_whole_images;  // where pixels are missing, what `model` is around
  std::unique_ptr<vae::Model> model;            // of observed pixels (vae/missing.h), or of whole images
  std::unique_ptr<WeightUpdate> weight_update;

 private:
  Experiment(const Config& config, Dataset data, double hidden, bool begins);
  autograd::Array whole(Split split, const ImageIndices& images, std::uint64_t epoch) const;
  autograd::Stream noise_of(Split split, std::uint64_t epoch) const;  // that makes pixels of images
};

// The data that the options name, as they are.
Dataset load_data(const Config& config);

// Within what the values of data must be that the options let binarize. Failure 2.
std::optional<GreyScale> grey_scale(const Config& config);

// first, …, last−1
ImageIndices index_range(std::size_t first, std::size_t last);

// The stream for these images: the noise of each is keyed by its index.
autograd::Stream for_images(const autograd::Stream& stream, const ImageIndices& images);

}  // namespace tools
