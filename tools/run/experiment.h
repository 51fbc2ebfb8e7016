// What a configuration stands for: the data as they are presented, the model, how it descends. All commands
// start from here.
#pragma once

#include <memory>

#include "tools/data/binarize.h"
#include "tools/data/dataset.h"
#include "tools/run/config.h"
#include "tools/run/weight_update.h"
#include "vae/elbo.h"

namespace tools {

using autograd::Array;
using autograd::Purpose;
using autograd::Stream;

using Rows = std::vector<std::size_t>;

enum class Split { train, validation, test };

const char* name_of(Split split);
Split split_named(const std::string& name);  // Failure(exit_usage) lists the names

// Sums of a bound over images, in nats.
struct Totals {
  std::uint64_t images = 0;
  double elbo = 0, reconstruction = 0, kl = 0;
  std::vector<double> kl_per_level;

  void add(const vae::Bound& bound);
  Totals means() const;  // per image; images as they are
};

struct Experiment {
  // Loads and checks the data; the model begins at their mean. Failure 2, 65 or 66.
  explicit Experiment(const Config& config);

  const Images& images(Split split) const;
  std::size_t count(Split split, std::size_t limit = 0) const;  // of them, but at most `limit` (0: all)

  // Training images of an epoch (from 1), binarized with the run's seed: anew in every epoch, or as in epoch
  // 0 if static.
  Array presented_in_training(const Rows& rows, std::uint64_t epoch) const;

  // Images as they are evaluated: always the same, the held-out splits for all seeds.   [rows, D]
  Array presented(Split split, const Rows& rows) const;

  // The bound of one sample of z for each of these images, with the KL in closed form, and the noise it
  // takes. ->  [rows], [rows, Z_t]
  vae::Bound bound(Split split, const Rows& rows, const Array& x) const;
  Stream evaluation_noise(Split split, const Rows& rows) const;

  // Failure 3 if `value` is not finite, with the first value on the tape or among the weights that is not.
  // `what` it is, for the message.
  void check_finite(const autograd::Var& value, const std::string& what) const;

  // The mean bound over the first `limit` images of a split (0: all). Failure 3 if it is not finite.
  Totals evaluate(Split split, std::size_t limit = 0) const;

  // CRC-32 of the training images: a run continues on its own data only.
  std::string data_digest() const;

  Stream stream() const;  // of the run's seed
  std::uint64_t steps_per_epoch() const;

  Config config;
  Dataset data;
  std::unique_ptr<vae::Model> model;
  std::unique_ptr<Descent> descent;
};

// first, …, last−1
Rows row_range(std::size_t first, std::size_t last);

// The stream of these data.
Stream for_rows(const Stream& stream, const Rows& rows);

}  // namespace tools
