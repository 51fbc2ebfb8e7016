// The options of a training run, in one list: the command line, config.json and the comparison on `--resume`
// all go through it, so that an option is added in one place.
//
// Next: option.h, what an option is; resolve.h, which fills in and checks the values; config_file.h, their
// file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/optimizers/by_name.h"
#include "nn/optimizers/schedule.h"
#include "tools/option.h"

namespace tools {

struct Config {
  std::string model = "vae";
  std::uint64_t levels = 0;  // 0: as many as --latent has sizes
  std::vector<std::uint64_t> latent = {20};
  std::string architecture = "dense";
  std::vector<std::uint64_t> hidden = {500};
  std::vector<std::uint64_t> channels = {32};
  std::string weights = "own";
  std::string recompute = "nothing";
  std::string activation = "tanh";
  std::string likelihood = "bernoulli";
  std::string sigma = "learned";  // or a number
  std::string decoder = "independent";
  std::uint64_t pixelcnn_layers = 2, pixelcnn_channels = 16;
  std::string prior = "standard";
  std::uint64_t prior_size = 0;  // 0: the prior's own
  std::uint64_t prior_hidden = 100;
  std::string posterior = "diagonal";
  std::uint64_t posterior_size = 0;  // 0: the posterior's own
  std::uint64_t posterior_hidden = 100;
  std::string condition = "nothing";
  std::uint64_t classes = 0;  // of --condition label and --model classes; 0: those of the training images
  std::uint64_t labelled = 0;
  std::string data = "shapes";
  std::string data_dir;
  std::string binarize;           // empty: dynamic under a Bernoulli, else none
  std::uint64_t split_seed = 0;   // 0: the images are split in the order of their file
  std::uint64_t limit_train = 0;  // images; 0: all, here and in the next
  std::uint64_t limit_validation = 0;
  std::optional<double> black, white;  // empty: 0 and 1, or the range of the training images
  std::uint64_t samples = 1;           // of z for each image
  std::string kl = "mixed";
  std::string bound = "elbo", gradient = "pathwise";
  std::uint64_t importance_samples = 1;  // of z for each image, of a bound of weighted samples
  std::optional<double> renyi_alpha;     // empty: 0.5, or it is another bound
  double missing = 0;
  double corrupt = 0;
  double beta = 1;
  std::uint64_t warm_up = 0;  // epochs
  double free_bits = 0;       // nats per level; 0: none
  std::string optimizer = "adam";
  double learning_rate = 1e-3;
  nn::OptimizerSettings optimizer_settings;  // empty: the optimizer's default, or it has no such setting
  std::string schedule = "constant";
  nn::ScheduleSettings schedule_settings;  // likewise
  std::uint64_t warmup = 0;                // steps
  double clip_norm = 0, clip_value = 0;    // 0: off, here and in the next two
  double ema = 0;
  double skip_outliers = 0;
  std::uint64_t batch_size = 100;
  std::uint64_t epochs = 20;
  std::string time;            // empty: as many epochs; else those that this is enough for
  std::uint64_t patience = 0;  // epochs; 0: all
  std::uint64_t seed = 1;
  std::uint64_t threads = 0;  // 0: one per processor, at most 8
  std::string out;            // empty: runs/DATA-MODEL
};

// The options, whose values are the members of `config`.
std::vector<Option> options(Config& config);

}  // namespace tools
