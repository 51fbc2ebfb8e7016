// Defaults, limits and contradictions of options.
#include "tools/config/resolve.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "autograd/array.h"
#include "tools/config/choices.h"
#include "tools/config/config_file.h"
#include "tools/config/duration.h"
#include "tools/config/objective.h"
#include "tools/config/resolve_model.h"
#include "tools/data/dataset.h"
#include "tools/errors.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

using nlohmann::json;

namespace {

Failure usage(const std::string& message) { return {exit_usage, message}; }

std::size_t processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::size_t(CPU_COUNT(&set)) : 1;
}

bool is_utf8(const std::string& text) {
  try {
    return !json(text).dump().empty();
  } catch (const json::exception&) {
    return false;
  }
}

// ---- groups of options ------------------------------------------------------------------------------------

// The kind's default where no value is given, and no value where the kind has no such setting.
void fill_in(std::optional<double>& value, const std::optional<double>& own) {
  if (!own || !value) value = own;
}

void resolve_optimizer(Config& c) {
  // Fill in the settings that the optimizer and the schedule have.
  nn::OptimizerSettings& o = c.optimizer_settings;
  const nn::OptimizerSettings& own = nn::optimizer_named(c.optimizer).defaults;
  fill_in(o.momentum, own.momentum);
  fill_in(o.beta1, own.beta1);
  fill_in(o.beta2, own.beta2);
  fill_in(o.epsilon, own.epsilon);
  fill_in(o.weight_decay, own.weight_decay);
  const nn::Schedule& schedule = nn::schedule_named(c.schedule);
  fill_in(c.schedule_settings.decay, schedule.defaults.decay);
  fill_in(c.schedule_settings.every, schedule.defaults.every);

  // Check the ranges, also after rounding to Real, which may make 1 of 0.99999999, 0 of 1e-60, ∞ of 1e39.
  const auto fraction = [](const std::optional<double>& v) {
    return !v || (*v >= 0 && autograd::Real(*v) < 1);
  };
  const auto positive = [](const std::optional<double>& v) {
    return !v || (autograd::Real(*v) > 0 && std::isfinite(autograd::Real(*v)));
  };
  const auto not_negative = [&](const std::optional<double>& v) { return v == 0.0 || positive(v); };
  require("learning-rate", positive(c.learning_rate), "above 0 and finite, in single precision too");
  require("momentum", fraction(o.momentum), "at least 0 and below 1");
  require("beta1", fraction(o.beta1), "at least 0 and below 1");
  require("beta2", fraction(o.beta2), "at least 0 and below 1");
  require("epsilon", positive(o.epsilon), "above 0 and finite, in single precision too");
  require("weight-decay", not_negative(o.weight_decay), "0, or above 0 and finite, in single precision too");
  require("decay", positive(c.schedule_settings.decay), "above 0 and finite, in single precision too");
  require("decay-every", positive(c.schedule_settings.every), "above 0 and finite, in single precision too");
  require("clip-norm", not_negative(c.clip_norm), "0, or above 0 and finite, in single precision too");
  require("clip-value", not_negative(c.clip_value), "0, or above 0 and finite, in single precision too");
  require("ema", fraction(c.ema), "at least 0 and below 1");
  require("skip-outliers", c.skip_outliers == 0 || (c.skip_outliers > 1 && std::isfinite(c.skip_outliers)),
          "above 1, or 0");
}

constexpr std::uint64_t most_epochs = 0xffffffff;

// The path of a file or a directory; if there is none, as it is.
std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error).lexically_normal();
  return std::filesystem::exists(path, error) ? absolute.string() : path;
}

}  // namespace

Config resolved(Config c) {
  // Check the options that choose among names, from which defaults of others follow.
  if (c.binarize.empty()) c.binarize = c.likelihood == "bernoulli" ? "dynamic" : "none";
  for (const Option& option : options(c))
    if (option.choices) chosen(option.name, to_text(option), *option.choices);
  if (c.likelihood == "bernoulli" && c.binarize == "none")
    throw usage(
        "--binarize none leaves grey pixels, and a Bernoulli of grey pixels is no likelihood: its bound "
        "compares with nothing; --likelihood gaussian models grey values, and --binarize dynamic makes "
        "pixels of 0 and 1 of them");

  resolve_optimizer(c);
  resolve_model(c);
  if (c.bound == "renyi" && !c.renyi_alpha) c.renyi_alpha = 0.5;
  check_objective(c);

  // Check the other numbers.
  require("batch-size", c.batch_size > 0, "above 0");
  require("samples", c.samples > 0, "above 0");
  require("corrupt", c.corrupt >= 0 && autograd::Real(c.corrupt) < 1, "at least 0 and below 1");
  require("missing", c.missing >= 0 && autograd::Real(c.missing) < 1, "at least 0 and below 1");
  require("epochs", c.epochs > 0, "above 0");
  if (c.batch_size > 1000000 || c.samples > 1000000)
    throw usage("--batch-size and --samples are at most 1000000");
  if (c.epochs > most_epochs) throw usage("--epochs is at most 4294967295");
  if (!c.time.empty()) duration("time", c.time), c.epochs = most_epochs;
  if (c.seed >> 56) throw usage("--seed must be below 2^56");
  if (c.split_seed >> 56) throw usage("--split-seed must be below 2^56");
  const auto finite = [](const std::optional<double>& v) { return !v || std::isfinite(*v); };
  require("black", finite(c.black), "finite");
  require("white", finite(c.white) && !(c.black && c.white && *c.white <= *c.black), "above --black");
  if (c.threads == 0) c.threads = std::clamp<std::size_t>(processors(), 1, 8);
  if (c.threads > 1024) throw usage("--threads is at most 1024");

  // Check the paths. Those of data stay right when a command on the run is given in another directory.
  if (c.data.empty()) throw usage("--data needs the name or the path of a data set");
  c.out = out_directory(c);
  const Names& names = dataset_names();
  if (std::find(names.begin(), names.end(), c.data) == names.end()) c.data = absolute_path(c.data);
  c.data_dir = absolute_path(c.data_dir);
  for (const auto& [name, path] :
       {std::pair("data", c.data), std::pair("data-dir", c.data_dir), std::pair("out", c.out)})
    if (!is_utf8(path))
      throw usage(std::string("--") + name + ": the path is not UTF-8, and config.json could not hold it");
  return c;
}

Config read_config_of_run(const std::string& file) {
  try {
    return resolved(read_config(file));
  } catch (const Failure& failure) {
    if (failure.code() != exit_usage) throw;
    throw Failure(exit_bad_data, file + ": " + failure.what());
  }
}

Config resolved_over(const Config& given, const Config& file, const std::string& name) {
  try {
    return resolved(given);
  } catch (const Failure& failure) {
    try {
      resolved(file);
    } catch (const Failure& of_file) {
      if (std::string(of_file.what()) == failure.what())
        throw Failure(exit_bad_data, name + ": " + failure.what());
    }
    throw;
  }
}

std::string out_directory(const Config& c) {
  if (!c.out.empty()) return c.out;
  std::error_code no_directory;  // the current one may have been removed
  const std::filesystem::path data = std::filesystem::absolute(c.data, no_directory).lexically_normal();
  return "runs/" + (data.has_filename() ? data.stem() : data.parent_path().filename()).string() + "-" +
         c.model;
}

// ---- options typed over others ----------------------------------------------------------------------------

void drop_settings_of_file(Config& given, const Config& file, const std::set<std::string>& typed) {
  const auto drop = [&](const std::set<std::string>& settings) {
    for (const Option& option : options(given))
      if (settings.count(option.name) && !typed.count(option.name))
        *std::get<std::optional<double>*>(option.value) = std::nullopt;
  };
  if (given.optimizer != file.optimizer) drop({"momentum", "beta1", "beta2", "epsilon", "weight-decay"});
  if (given.schedule != file.schedule) drop({"decay", "decay-every"});
  if (given.bound != file.bound) drop({"renyi-alpha"});
  if (given.prior != file.prior && !typed.count("prior-size")) given.prior_size = 0;
  if (given.posterior != file.posterior && !typed.count("posterior-size")) given.posterior_size = 0;
  if ((given.data != file.data || given.model != file.model) && !typed.count("classes")) given.classes = 0;
  if (given.model != file.model && !typed.count("labelled")) given.labelled = 0;
  if (given.likelihood != file.likelihood && !typed.count("sigma")) given.sigma = "learned";
  if (given.decoder != file.decoder) {
    if (!typed.count("pixelcnn-layers")) given.pixelcnn_layers = Config().pixelcnn_layers;
    if (!typed.count("pixelcnn-channels")) given.pixelcnn_channels = Config().pixelcnn_channels;
  }
  if (typed.count("epochs") && !typed.count("time")) given.time.clear();
}

void check_applicable(const Config& resolved, const Config& given, const std::set<std::string>& typed) {
  if (typed.count("levels") && vae::model_named(resolved.model).most_levels == 1)
    throw usage("--levels means nothing under --model " + resolved.model + ", which has one level");

  const bool is_dense = networks_named(resolved.architecture) == vae::NetworkKind::dense;
  for (const char* name : {"hidden", "channels", "weights", "recompute"})
    if (typed.count(name) && (std::string(name) == "hidden") != is_dense &&
        !(std::string(name) == "hidden" && vae::model_named(resolved.model).has_class))  // with a classifier
      throw usage("--" + std::string(name) + " means nothing under --architecture " + resolved.architecture);

  for (const char* name : {"pixelcnn-layers", "pixelcnn-channels"})
    if (typed.count(name) && resolved.decoder != "pixelcnn")
      throw usage("--" + std::string(name) + " means nothing under --decoder " + resolved.decoder);

  if (typed.count("classes") && resolved.condition != "label" && !vae::model_named(resolved.model).has_class)
    throw usage("--classes means nothing under --condition " + resolved.condition + " and --model " +
                resolved.model);

  if (typed.count("prior-hidden") && !vae::prior_named(resolved.prior).has_network)
    throw usage("--prior-hidden means nothing under --prior " + resolved.prior + ", which has no network");

  if (typed.count("posterior-hidden") && !vae::posterior_named(resolved.posterior).has_network)
    throw usage("--posterior-hidden means nothing under --posterior " + resolved.posterior +
                ", which has no network");

  if (typed.count("epochs") && !resolved.time.empty())
    throw usage("--epochs and --time both say when training ends: take one of them");

  // A setting that was given, and that resolving has dropped, is one that the kind does not have.
  Config after = resolved, before = given;
  const std::vector<Option> kept = options(after), wanted = options(before);
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (to_json(kept[i]).is_null() && !to_json(wanted[i]).is_null())
      throw usage("--" + kept[i].name + " means nothing under --optimizer " + after.optimizer +
                  " and --schedule " + after.schedule);
}

Config resumed(const Config& stored, const Config& given, const std::set<std::string>& typed) {
  // Take over what was typed, and fill in what that leaves open.
  const json all = to_json(given);
  json changed = json::object();
  for (const std::string& name : typed) changed[name] = all.at(name);
  Config merged = stored;
  read_json(merged, changed, "the command line");
  merged = resolved(merged);

  // Compare with the run.
  Config old = stored;
  const std::vector<Option> before = options(old), after = options(merged);
  for (std::size_t i = 0; i < after.size(); ++i)
    if (after[i].on_resume == OnResume::must_match && to_text(before[i]) != to_text(after[i]))
      throw usage("--" + after[i].name + " " + to_text(after[i]) + " contradicts the run, which has " +
                  to_text(before[i]) +
                  "; only --epochs, --time, --patience and --threads may change when resuming");
  if (merged.time.empty() != stored.time.empty())
    throw usage(stored.time.empty() ? "--time contradicts the run, which goes by --epochs"
                                    : "--epochs contradicts the run, which goes by --time");
  if (merged.time != stored.time && nn::schedule_named(stored.schedule).has_horizon)
    throw usage("--time " + merged.time + " contradicts the run, which has " + stored.time + ", and its " +
                stored.schedule + " schedule went by that from the start");
  if (merged.epochs != stored.epochs && nn::schedule_named(stored.schedule).has_horizon)
    throw usage("--epochs " + std::to_string(merged.epochs) + " contradicts the run, which has " +
                std::to_string(stored.epochs) + ", and its " + stored.schedule +
                " schedule went by that from the start");
  return merged;
}

}  // namespace tools
