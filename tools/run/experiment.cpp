#include "tools/run/experiment.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "autograd/inspect/trace.h"
#include "tools/errors.h"
#include "tools/text.h"

namespace tools {

namespace {

// The held-out sets are binarized once for everybody.
constexpr std::uint64_t held_out_seed = 13126114;

// Enough images for products at full speed, few enough for little memory.
constexpr std::size_t evaluation_batch = 500;

double sum(const autograd::Var& v) {
  return std::accumulate(v.value().data(), v.value().data() + v.value().size(), 0.0);
}

}  // namespace

const char* name_of(Split split) {
  switch (split) {
    case Split::train:
      return "train";
    case Split::validation:
      return "validation";
    case Split::test:
      return "test";
  }
  return "";
}

Split split_named(const std::string& name) {
  for (const Split split : {Split::train, Split::validation, Split::test})
    if (name == name_of(split)) return split;
  throw Failure(exit_usage, "--split '" + name + "' is not one of train, validation, test");
}

void Totals::add(const vae::Bound& bound) {
  images += bound.elbo.rows();
  elbo += sum(bound.elbo);
  reconstruction += sum(bound.reconstruction);
  kl += sum(bound.kl);
  kl_per_level.resize(bound.kl_per_level.size(), 0.0);
  for (std::size_t t = 0; t < kl_per_level.size(); ++t) kl_per_level[t] += sum(bound.kl_per_level[t]);
}

Totals Totals::means() const {
  Totals m = *this;
  const double n = double(images);
  m.elbo /= n, m.reconstruction /= n, m.kl /= n;
  for (double& k : m.kl_per_level) k /= n;
  return m;
}

Rows row_range(std::size_t first, std::size_t last) {
  Rows rows(last - first);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

Stream for_rows(const Stream& stream, const Rows& rows) {
  return stream.for_data({rows.begin(), rows.end()});
}

Experiment::Experiment(const Config& c) : config(c), data(load_dataset(c.data, c.data_dir, c.limit_train)) {
  if (config.binarize !=
      "none")  // all images, before a run begins that would meet the wrong one in its third hour
    for (const Images* images : {&data.train, &data.validation, &data.test}) check_grey(*images, config.data);
  check_memory(config, data.train.pixels());
  model = make_model(config, data.train.pixels());
  model->start_at(presented_in_training(row_range(0, std::min<std::size_t>(data.train.count, 10000)), 0));
  descent = std::make_unique<Descent>(config, *model, steps_per_epoch());
}

const Images& Experiment::images(Split split) const {
  return split == Split::train ? data.train : split == Split::validation ? data.validation : data.test;
}

std::size_t Experiment::count(Split split, std::size_t limit) const {
  return limit ? std::min(limit, images(split).count) : images(split).count;
}

Stream Experiment::stream() const {
  Stream s;
  s.seed = config.seed;
  return s;
}

std::uint64_t Experiment::steps_per_epoch() const {
  return (data.train.count + config.batch_size - 1) / config.batch_size;
}

Array Experiment::presented_in_training(const Rows& rows, std::uint64_t epoch) const {
  const Binarization mode = binarization_named(config.binarize);
  const std::uint32_t draw = mode == Binarization::dynamic ? std::uint32_t(epoch) : 0;
  return tools::presented(data.train, rows, mode, stream().at(Purpose::binarization).at_epoch(draw));
}

Array Experiment::presented(Split split, const Rows& rows) const {
  if (split == Split::train) return presented_in_training(rows, 0);
  Stream noise;
  noise.seed = held_out_seed;
  const Binarization mode = binarization_named(config.binarize);
  return tools::presented(images(split), rows, mode,
                          noise.at(Purpose::binarization).at_level(std::uint32_t(split)));
}

Stream Experiment::evaluation_noise(Split split, const Rows& rows) const {
  return for_rows(stream().at(Purpose::evaluation).at_epoch(std::uint32_t(split)), rows);
}

vae::Bound Experiment::bound(Split split, const Rows& rows, const Array& x) const {
  return vae::elbo(*model, autograd::constant(x), 1, vae::KLForm::analytic, evaluation_noise(split, rows));
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

Totals Experiment::evaluate(Split split, std::size_t limit) const {
  const std::size_t n = count(split, limit);
  Totals totals;
  for (std::size_t first = 0; first < n; first += evaluation_batch) {
    autograd::Evaluation scope;
    const Rows rows = row_range(first, std::min(n, first + evaluation_batch));
    const vae::Bound b = bound(split, rows, presented(split, rows));
    check_finite(b.elbo, std::string("the bound on the ") + name_of(split) + " images");
    totals.add(b);
  }
  return totals.means();
}

std::string Experiment::data_digest() const {
  const Images& images = data.train;
  // Exactly one of the two holds the pixels; of no bytes at all, zlib would start the sum anew.
  const uLong crc = images.floats.empty() ? crc32_z(0, images.bytes.data(), images.bytes.size())
                                          : crc32_z(0, reinterpret_cast<const Bytef*>(images.floats.data()),
                                                    images.floats.size() * sizeof(float));
  return text("%08lx", crc);
}

}  // namespace tools
