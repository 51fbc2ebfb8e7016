// The options of a training run, under one list: the command line, config.json and the comparison on
// `--resume` all walk it, so an option is added in one place. What an option is, is in option.h.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "nn/optimizers/by_name.h"
#include "nn/optimizers/schedule.h"
#include "tools/run/option.h"
#include "vae/elbo.h"
#include "vae/model.h"

namespace tools {

struct Config {
  std::string model = "vae";
  std::uint64_t levels = 0;  // 0: as many as --latent has sizes
  std::vector<std::uint64_t> latent = {20};
  std::vector<std::uint64_t> hidden = {500};
  std::string activation = "tanh";
  std::string likelihood = "bernoulli";
  std::string data = "shapes";
  std::string data_dir;
  std::string binarize;  // empty: dynamic under a Bernoulli, none under a Gaussian
  std::uint64_t limit_train = 0;
  std::uint64_t samples = 1;
  std::string kl = "analytic";
  std::string optimizer = "adam";
  double learning_rate = 1e-3;
  nn::OptimizerSettings optimizer_settings;  // empty: the optimizer's own, or it has no such thing
  std::string schedule = "constant";
  nn::ScheduleSettings schedule_settings;  // likewise
  std::uint64_t warmup = 0;                // steps
  double clip_norm = 0, clip_value = 0;    // these and below, 0: off
  double ema = 0;
  double skip_outliers = 0;
  std::uint64_t batch_size = 100;
  std::uint64_t epochs = 20;
  std::uint64_t seed = 1;
  std::uint64_t threads = 0;  // 0: chosen
  std::string out;            // empty: runs/DATA-MODEL
};

std::vector<Option> options(Config& config);

// Fills in what was left open and checks every value. Throws Failure(exit_usage) with one line.
Config resolved(Config config);

// --out, or runs/DATA-MODEL.
std::string out_directory(const Config& config);

// Failure(exit_usage) if a step on images of so many pixels needs more memory than the machine has: said
// before it is allocated.
void check_memory(const Config& config, std::size_t pixels);

nlohmann::json to_json(const Config& config);

// The same without paths, and without how long to train unless the schedule goes by it: what decides the bits
// of a checkpoint.
nlohmann::json essence(const Config& config);

// Only options that exist, of their type: Failure(exit_bad_data) naming `file` and the option otherwise.
void read_json(Config& config, const nlohmann::json& json, const std::string& file);
Config read_config(const std::string& file);

// The effective options of a run, as its config.json has them: a value that means nothing is bad data there.
Config stored_config(const std::string& file);

// Failure(exit_usage) if an option that was typed has no meaning in this run, such as --momentum under adam.
void check_used(const Config& resolved, const Config& given, const std::set<std::string>& named);

// Of another optimizer or schedule than `file` has, the settings that were not typed are its own again.
void forget_settings(Config& given, const Config& file, const std::set<std::string>& named);

// The run `stored`, continued with the options `given` of which `named` were typed. Failure(exit_usage) if
// one contradicts.
Config continued(const Config& stored, const Config& given, const std::set<std::string>& named);

vae::Architecture architecture(const Config& config, std::size_t pixels);
std::unique_ptr<vae::Model> make_model(const Config& config, std::size_t pixels);

}  // namespace tools
