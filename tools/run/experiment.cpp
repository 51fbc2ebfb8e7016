// Making an experiment, and the streams of its images and noise.
#include "tools/run/experiment.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "autograd/inspect/trace.h"
#include "tools/config/choices.h"
#include "tools/config/make_model.h"
#include "tools/errors.h"
#include "tools/run/memory.h"
#include "tools/text.h"
#include "vae/inference/target.h"
#include "vae/missing.h"
#include "vae/models.h"

namespace tools {

using autograd::Array;
using autograd::Purpose;
using autograd::Stream;

namespace {

// The held-out sets are binarized by this seed in every run.
constexpr std::uint64_t held_out_seed = 13126114;

// The values of the training images decide what black and white are, where neither is given and the values
// are not grey, or less than a tenth of the way from black to white.
Config with_range(Config c, const Dataset& data) {
  const std::vector<float>& values = data.train.floats;
  if ((c.black || c.white) && values.empty())
    throw Failure(exit_usage, "--black and --white are for data of floats, and " + c.data +
                                  " holds bytes, of which 255 is white");
  if (c.black || c.white || values.empty() || binarization_named(c.binarize) != Binarization::none) return c;
  float least = HUGE_VALF, greatest = -HUGE_VALF;  // of those that are not missing
  for (const float v : values)
    if (!std::isnan(v)) least = std::min(least, v), greatest = std::max(greatest, v);
  if ((least >= 0 && greatest <= 1 && greatest - least > 0.1f) || least > greatest) return c;
  c.black = least, c.white = double(greatest) > double(least) ? greatest : least + 1;
  return c;
}

GreyScale scale_of(const Config& c) {
  const GreyScale scale = {c.black.value_or(0), c.white.value_or(1)};
  if (!(scale.white > scale.black)) throw Failure(exit_usage, "--white must be above --black");
  return scale;
}

// The data in the model's units.
Dataset scaled(Dataset data, const Config& c) {
  const GreyScale scale = scale_of(c);
  if (c.black || c.white)
    for (Images* images : {&data.train, &data.validation, &data.test})
      for (float& value : images->floats) value = scale(value);
  return data;
}

// Labels are counted where the run begins.
Config with_classes(Config c, const Dataset& data) {
  const bool has_class = vae::model_named(c.model).has_class;
  if ((c.condition == "label" || has_class) && c.classes == 0) c.classes = classes_of(data.train);
  if (has_class && c.classes < 2)
    throw Failure(exit_usage,
                  "--model classes needs --classes, because " + c.data + " has no labels to count");
  if (c.labelled > 0 && data.train.labels.empty())
    throw Failure(exit_usage, "--labelled: the images of " + c.data + " have no labels");
  if (c.labelled > 0 && c.classes < classes_of(data.train))
    throw Failure(exit_usage, "--classes " + std::to_string(c.classes) + " is fewer than the labels of " +
                                  c.data + ", " + std::to_string(classes_of(data.train)));
  return c;
}

bool has_missing(const Dataset& data, double hidden) {
  return hidden > 0 || missing_share(data.train) > 0 || missing_share(data.validation) > 0 ||
         missing_share(data.test) > 0;
}

// The options by which the memory of a step is found, which asks whether pixels are missing, and not how
// many.
Config with_missing(Config c, bool missing) {
  c.missing = missing ? 0.5 : 0;
  return c;
}

// Convolutions are made for squares, levels are those of bytes, and pixels that are missing are independent.
Dataset fitting(Dataset data, const Config& c, double hidden) {
  const Images& images = data.test;
  const Conditioning of(condition_named(c.condition), images.height, images.width, c.classes);
  const bool halves = condition_named(c.condition) == ConditionKind::upper_half;
  const std::string size = (halves ? "the lower halves are " : "these are ") + std::to_string(of.height()) +
                           " x " + std::to_string(of.width());
  if (networks_named(c.architecture) == vae::NetworkKind::convolutional &&
      (of.height() != of.width() || of.width() % 2))
    throw Failure(exit_usage, "--architecture conv needs square images of an even side, and " + size);
  if (decoder_named(c.decoder) == vae::DecoderKind::pixelcnn && of.height() != of.width())
    throw Failure(exit_usage, "--decoder pixelcnn needs square images, and " + size);
  const vae::LikelihoodKind kind = likelihood_named(c.likelihood);
  const bool of_levels =
      kind == vae::LikelihoodKind::logistic_mixture || kind == vae::LikelihoodKind::categorical;
  if (of_levels && !images.floats.empty())
    throw Failure(exit_usage, "--likelihood " + c.likelihood +
                                  " is of the 256 levels of bytes, and these images are floats; --likelihood "
                                  "gaussian models floats");
  const bool missing = has_missing(data, hidden);
  if (missing && halves)
    throw Failure(exit_usage, "--condition upper-half is of whole images, and pixels are missing");
  if (missing && decoder_named(c.decoder) == vae::DecoderKind::pixelcnn)
    throw Failure(
        exit_usage,
        "--decoder pixelcnn has no p(x|z) of images with pixels missing: each depends on those before it");
  return data;
}

}  // namespace

// What is to be binarized must be grey in all three parts: a run must not meet a wrong value hours after its
// start.
std::optional<GreyScale> grey_scale(const Config& c) {
  const GreyScale scale = scale_of(c);
  return binarization_named(c.binarize) == Binarization::none ? std::nullopt : std::optional(scale);
}

Dataset load_data(const Config& c) {
  Dataset data =
      load_dataset(c.data, {c.data_dir, c.limit_train, c.limit_validation, c.split_seed, grey_scale(c)});
  if (c.condition == "label" || c.labelled > 0) data.digest += "-" + digest_of_labels(data);
  return data;
}

Experiment::Experiment(const Config& c) : Experiment(c, load_data(c), c.missing, true) {}
Experiment::Experiment(const Config& c, Dataset given, std::optional<double> share)
    : Experiment(c, std::move(given), share.value_or(c.missing), false) {}

Experiment::Experiment(const Config& c, Dataset given, double share, bool begins)
    : config(begins ? with_classes(with_range(c, given), given) : c),
      hidden(share),
      binarization(binarization_named(c.binarize)),
      data(fitting(scaled(std::move(given), config), config, hidden)),
      conditioning(condition_named(config.condition), data.test.height, data.test.width, config.classes),
      training_bytes(check_memory(with_missing(config, has_missing(data, hidden)), conditioning.pixels(),
                                  double(data.size_in_bytes()))),
      model(make_model(config, conditioning.pixels())) {
  if (has_missing(data, hidden)) {
    of_whole_images = std::move(model);
    model = std::make_unique<vae::Observed>(*of_whole_images);
  }
  if (data.train.count > 0)
    model->start_at(batch(Split::train, index_range(0, std::min<std::size_t>(data.train.count, 10000))));
  weight_update = std::make_unique<WeightUpdate>(config, model->parameters(), steps_per_epoch());
}

Array Experiment::in_units_of_data(const Array& x) const {
  return binarization == Binarization::none ? Array(scale_of(config).black + unit() * x) : x;
}

double Experiment::unit() const {
  const GreyScale scale = scale_of(config);
  return binarization == Binarization::none ? scale.white - scale.black : 1;
}

std::vector<double> Experiment::log_scales(const Array& x) const {
  const double log_unit = std::log(unit()), D = double(x.shape(1));
  std::vector<double> of_image(x.shape(0), D * log_unit);
  if (!of_whole_images || log_unit == 0) return of_image;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isnan(x.data()[i])) of_image[i / x.shape(1)] -= log_unit;
  return of_image;
}

Stream Experiment::stream() const {
  Stream s;
  s.seed = config.seed;
  return s;
}

std::uint64_t Experiment::steps_per_epoch() const {
  return (data.train.count + config.batch_size - 1) / config.batch_size;
}

Stream Experiment::noise_of(Split split, std::uint64_t epoch) const {
  if (split == Split::train)
    return stream().at_epoch(binarization == Binarization::dynamic ? std::uint32_t(epoch) : 0);
  Stream noise = Stream().at_level(std::uint32_t(split));
  noise.seed = held_out_seed;
  return noise;
}

Array Experiment::whole(Split split, const ImageIndices& images, std::uint64_t epoch) const {
  return binarize(data[split], images, binarization, noise_of(split, epoch));
}

Array Experiment::batch(Split split, const ImageIndices& images, std::uint64_t epoch) const {
  Array x = before_missing(split, images, epoch);
  if (hidden > 0) hide(hidden, for_images(noise_of(split, 0), images), x);
  return x;
}

Array Experiment::before_missing(Split split, const ImageIndices& images, std::uint64_t epoch) const {
  return conditioning.modelled(whole(split, images, epoch));
}

std::optional<Array> Experiment::condition(Split split, const ImageIndices& images,
                                           std::uint64_t epoch) const {
  if (conditioning.size() == 0) return std::nullopt;
  const bool of_label = condition_named(config.condition) == ConditionKind::label;  // which no pixel tells
  return conditioning.condition(data[split], images, of_label ? Array() : whole(split, images, epoch));
}

std::optional<Array> Experiment::known_classes(const ImageIndices& images) const {
  if (config.labelled == 0) return std::nullopt;
  Array known = autograd::zeros({images.size(), config.classes});
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i] < config.labelled) known(i, data.train.labels.at(images[i])) = 1;
  return known;
}

vae::Given Experiment::given(Split split, const ImageIndices& images, std::uint64_t epoch) const {
  return {*model, condition(split, images, epoch)};
}

Stream Experiment::evaluation_noise(Split split, const ImageIndices& images) const {
  return for_images(stream().at(Purpose::evaluation).at_epoch(std::uint32_t(split)), images);
}

std::vector<std::size_t> Experiment::latent_sizes() const {
  return vae::latent_sizes(vae::given_zeros(*model, conditioning.size()));
}

std::size_t Experiment::rows_of_pass() const {
  return rows_within(most_bytes_of_pass, vae::given_zeros(*model, conditioning.size()),
                     conditioning.pixels());
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

ImageIndices index_range(std::size_t first, std::size_t last) {
  ImageIndices indices(last - first);
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

Stream for_images(const Stream& stream, const ImageIndices& images) {
  return stream.for_data({images.begin(), images.end()});
}

}  // namespace tools
