// Finding the checkpoint and the images.
#include "tools/run/open_run.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "autograd/threads.h"
#include "tools/config/resolve.h"
#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/run/address_space.h"
#include "tools/run/checkpoint.h"

namespace tools {

namespace {

std::filesystem::path checkpoint(const RunDirectory& run, const std::string& name) {
  if (name == "previous") return run.previous();
  if (name == "best") return run.best();
  std::error_code error;
  if (!std::filesystem::exists(name, error))
    throw Failure(exit_no_input, "--checkpoint " + name + ": neither last, previous, best nor a file" +
                                     did_you_mean(name, {"last", "previous", "best"}));
  return name;
}

std::string description(const std::string& file, const Progress& p, const Config& c) {
  std::string text =
      printable(file, 1000) + ", " +
      (p.batch ? "in epoch " + std::to_string(p.epoch + 1) : "after epoch " + std::to_string(p.epoch)) +
      (c.time.empty() ? " of " + std::to_string(c.epochs) : " of a run of " + c.time);
  if (p.best_epoch > 0 && (p.best_epoch != p.epoch || p.batch))
    text += " (the best validation bound was after epoch " + std::to_string(p.best_epoch) +
            ": --checkpoint best)";
  return text;
}

// Other images than the run's, all of which are then evaluated; none if only their size matters.
Dataset other_data(const std::filesystem::path& checkpoint, const Config& config, const std::string& images) {
  const auto [height, width] = image_size(checkpoint);
  Dataset data;
  data.name = images;
  if (!images.empty()) data.test = load_images(images, grey_scale(config));
  if (images.empty()) data.test.height = height, data.test.width = width;
  if (height > 0 && (data.test.height != height || data.test.width != width))
    throw Failure(exit_bad_data, images + ": its images are of " + std::to_string(data.test.height) + "x" +
                                     std::to_string(data.test.width) + " pixels, and those of the run of " +
                                     std::to_string(height) + "x" + std::to_string(width));
  return data;
}

// The run's own images, which may have moved since.
Dataset own_data(const Config& config, const std::string& run) {
  try {
    return load_data(config);
  } catch (const Failure& failure) {
    if (failure.code() != exit_no_input) throw;
    throw Failure(exit_no_input, failure.what() + ("; `elbo train --resume " + run) +
                                     " --data FILE` tells the run where its data are now");
  }
}

}  // namespace

OpenRun open_run(const RunOptions& options, Needs needs) {
  const RunDirectory run(options.directory);
  run.require();
  if (options.threads > 1024) throw Failure(exit_usage, "--threads is at most 1024");
  const Config config = read_config_of_run(run.config().string());
  autograd::set_threads(options.threads ? options.threads : config.threads);
  check_address_space();

  // Make the model when the checkpoint is known to be of one like it, and of these data.
  std::unique_ptr<Experiment> experiment;
  Progress progress;
  const auto load = [&](const std::filesystem::path& file) {
    check_checkpoint(file, config);
    if (!experiment) {
      const bool others =
          !options.data.empty() ||
          (needs == Needs::image_size && config.condition == "nothing" && image_size(file).first > 0);
      Dataset data = others ? other_data(file, config, options.data) : own_data(config, run.name());
      check_checkpoint(file, config, data.digest);
      const double hidden = options.missing.value_or(options.data.empty() ? config.missing : 0);
      experiment = std::make_unique<Experiment>(config, std::move(data), hidden);
    }
    progress = load_checkpoint(file, *experiment);
  };
  std::filesystem::path file;
  std::string warning;
  if (options.checkpoint == "last")
    file = with_newest_checkpoint(run, load, warning);
  else
    load(file = checkpoint(run, options.checkpoint));
  if (!warning.empty()) std::fprintf(stderr, "elbo: warning: %s\n", warning.c_str());
  if (nn::WeightAverage* average = experiment->weight_update->average()) average->exchange();
  return {std::move(experiment), description(file.string(), progress, config)};
}

}  // namespace tools
