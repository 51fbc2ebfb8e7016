// Making an experiment, and the streams of its images and noise.
#include "tools/run/experiment.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "autograd/inspect/trace.h"
#include "tools/errors.h"
#include "tools/run/choices.h"
#include "tools/run/make_model.h"
#include "tools/run/memory.h"
#include "tools/text.h"

namespace tools {

using autograd::Array;
using autograd::Purpose;
using autograd::Stream;

namespace {

// The held-out sets are binarized by this seed in every run.
constexpr std::uint64_t held_out_seed = 13126114;

// The data, whose values must suit the binarization in all three parts: a run must not meet a wrong one hours
// after its start.
Dataset checked_data(const Config& c) {
  Dataset data = load_dataset(c.data, c.data_dir, c.limit_train);
  if (binarization_named(c.binarize) != Binarization::none)
    for (const Split split : {Split::train, Split::validation, Split::test}) check_grey(data[split], c.data);
  return data;
}

}  // namespace

Experiment::Experiment(const Config& c)
    : config(c),
      binarization(binarization_named(c.binarize)),
      kl_form(kl_form_named(c.kl)),
      data(checked_data(c)),
      training_bytes(check_memory(c, data.train.pixels())),
      model(make_model(c, data.train.pixels())) {
  model->start_at(batch(Split::train, index_range(0, std::min<std::size_t>(data.train.count, 10000))));
  weight_update = std::make_unique<WeightUpdate>(config, model->parameters(), steps_per_epoch());
}

Stream Experiment::stream() const {
  Stream s;
  s.seed = config.seed;
  return s;
}

std::uint64_t Experiment::steps_per_epoch() const {
  return (data.train.count + config.batch_size - 1) / config.batch_size;
}

Array Experiment::batch(Split split, const ImageIndices& images, std::uint64_t epoch) const {
  Stream noise = stream().at_epoch(binarization == Binarization::dynamic ? std::uint32_t(epoch) : 0);
  if (split != Split::train) {
    noise = Stream().at_level(std::uint32_t(split));
    noise.seed = held_out_seed;
  }
  return binarize(data[split], images, binarization, noise);
}

Stream Experiment::evaluation_noise(Split split, const ImageIndices& images) const {
  return for_images(stream().at(Purpose::evaluation).at_epoch(std::uint32_t(split)), images);
}

void Experiment::check_finite(const autograd::Var& value, const std::string& what) const {
  if (autograd::all_finite(value.value())) return;
  std::string first = autograd::first_non_finite(autograd::Tape::current());
  for (const auto& [name, parameter] : model->parameters())
    if (!autograd::all_finite(parameter->value())) {
      first = "the weights " + name + " " + autograd::to_string(parameter->shape());
      break;
    }
  throw Failure(exit_not_finite, what + " is not finite; the first value that is not: " + first);
}

std::string Experiment::data_digest() const {
  // One of the two holds the pixels. (zlib would begin the sum anew at an empty part.)
  const Images& images = data.train;
  const uLong crc = images.floats.empty() ? crc32_z(0, images.bytes.data(), images.bytes.size())
                                          : crc32_z(0, reinterpret_cast<const Bytef*>(images.floats.data()),
                                                    images.floats.size() * sizeof(float));
  return text("%08lx", crc);
}

ImageIndices index_range(std::size_t first, std::size_t last) {
  ImageIndices indices(last - first);
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

Stream for_images(const Stream& stream, const ImageIndices& images) {
  return stream.for_data({images.begin(), images.end()});
}

}  // namespace tools
