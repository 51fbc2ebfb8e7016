#include "tools/run/config.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/errors.h"
#include "vae/autoregressive.h"
#include "vae/vae.h"

namespace tools {

using nlohmann::json;

namespace {

Failure usage(const std::string& message) { return {exit_usage, message}; }

}  // namespace

std::vector<Option> options(Config& c) {
  return {
      {"model", &c.model, "vae, or autoregressive: p(z) = p(z0) prod p(z_t|z_<t)"},
      {"levels", &c.levels,
       "levels of latents of the autoregressive model (0: as many as --latent has sizes)"},
      {"latent", &c.latent, "latents Z, or one size per level: 20,10,5"},
      {"hidden", &c.hidden, "units of the hidden layers: 500, or 200,200 for two"},
      {"activation", &c.activation, "tanh, relu, sigmoid or softplus"},
      {"likelihood", &c.likelihood, "p(x|z): bernoulli, or gaussian with one learned sigma"},
      {"data", &c.data, "shapes (built in), fashion-mnist, mnist, a directory of IDX files, or an .npy file",
       On::path},
      {"data-dir", &c.data_dir, "where the IDX files of mnist or fashion-mnist are", On::path},
      {"binarize", &c.binarize,
       "dynamic (anew at every presentation), static, threshold or none; empty: dynamic under a Bernoulli, "
       "none under a Gaussian"},
      {"limit-train", &c.limit_train, "train on the first N images only (0: all)"},
      {"samples", &c.samples, "samples of z per image in the bound"},
      {"kl", &c.kl, "analytic or monte-carlo"},
      {"optimizer", &c.optimizer, "sgd, nesterov, rmsprop, rmsprop-centred, adagrad, adam, adamw or adamax"},
      {"learning-rate", &c.learning_rate, "step size of the optimizer, at the start of its schedule"},
      {"momentum", &c.optimizer_settings.momentum,
       "of sgd, rmsprop, rmsprop-centred (if not given, 0) or nesterov (0.9)"},
      {"beta1", &c.optimizer_settings.beta1, "memory of the mean gradient, of adam, adamw or adamax (0.9)"},
      {"beta2", &c.optimizer_settings.beta2,
       "memory of its square, of adam, adamw or adamax (0.999) or rmsprop (0.99)"},
      {"epsilon", &c.optimizer_settings.epsilon,
       "added to the root that a step is divided by (1e-8; of adagrad 1e-10)"},
      {"weight-decay", &c.optimizer_settings.weight_decay,
       "share of the weights, and of the biases, in the gradient (0); of adamw, beside it (0.01)"},
      {"schedule", &c.schedule,
       "of the learning rate: constant; step or exponential (by --decay); linear or cosine (to 0 at the end "
       "of --epochs, which "
       "may not change then); burda (Burda et al. 2016: from 0.001, in 3280 epochs)"},
      {"decay", &c.schedule_settings.decay, "factor of the learning rate in --decay-every epochs (0.1)"},
      {"decay-every", &c.schedule_settings.every,
       "epochs (30), at once under step, steadily under exponential"},
      {"warmup", &c.warmup, "steps in which the learning rate rises to that of the schedule"},
      {"clip-norm", &c.clip_norm, "most norm of the gradient, above which it is scaled down (0: off)"},
      {"clip-value", &c.clip_value, "most size of every number of the gradient, after --clip-norm (0: off)"},
      {"skip-outliers", &c.skip_outliers,
       "skip steps whose gradient has so many times the median norm of the last 100 (0: off)"},
      {"ema", &c.ema,
       "evaluate and draw with an exponential moving average of the weights, such as 0.999 (0: off)"},
      {"batch-size", &c.batch_size, "images per step"},
      {"epochs", &c.epochs, "passes over the training set, in all", On::resume_may_change},
      {"seed", &c.seed, "of weights, order and noise"},
      {"threads", &c.threads, "threads (0: chosen)"},
      {"out", &c.out, "run directory; empty: runs/DATA-MODEL", On::path},
  };
}

namespace {

std::size_t processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::size_t(CPU_COUNT(&set)) : 1;
}

void require(const char* name, bool holds, const char* what) {
  if (!holds) throw usage(std::string("--") + name + " must be " + what);
}

void check_sizes(const char* name, const std::vector<std::uint64_t>& sizes) {
  if (sizes.empty()) throw usage(std::string("--") + name + " needs at least one size");
  for (const std::uint64_t size : sizes)
    if (size < 1 || size > 100000) throw usage(std::string("--") + name + ": sizes are between 1 and 100000");
}

bool is_utf8(const std::string& text) {
  try {
    return !json(text).dump().empty();
  } catch (const json::exception&) {
    return false;
  }
}

// The optimizer's or schedule's own value where none is given; none where it has no such thing.
void fill_in(std::optional<double>& value, const std::optional<double>& own) {
  if (!own || !value) value = own;
}

void resolve_descent(Config& c) {
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

  const auto fraction = [](const std::optional<double>& v) {
    return !v || (*v >= 0 && autograd::Real(*v) < 1);
  };
  const auto positive = [](const std::optional<double>& v) {
    return !v || (autograd::Real(*v) > 0 && std::isfinite(*v));
  };
  const auto not_negative = [](const std::optional<double>& v) {
    return !v || (*v >= 0 && std::isfinite(*v));
  };
  require("learning-rate", positive(c.learning_rate), "above 0");
  require("momentum", fraction(o.momentum), "at least 0 and below 1");
  require("beta1", fraction(o.beta1), "at least 0 and below 1");
  require("beta2", fraction(o.beta2), "at least 0 and below 1");
  require("epsilon", positive(o.epsilon), "above 0, in single precision too");
  require("weight-decay", not_negative(o.weight_decay), "at least 0");
  require("decay", positive(c.schedule_settings.decay), "above 0");
  require("decay-every", positive(c.schedule_settings.every), "above 0");
  require("clip-norm", not_negative(c.clip_norm), "at least 0");
  require("clip-value", not_negative(c.clip_value), "at least 0");
  require("ema", fraction(c.ema), "at least 0 and below 1");
  require("skip-outliers", c.skip_outliers == 0 || (c.skip_outliers > 1 && std::isfinite(c.skip_outliers)),
          "above 1, or 0");
}

}  // namespace

Config resolved(Config c) {
  const auto names_of = [](const auto& kinds) {
    std::vector<std::string> names;
    for (const auto& kind : kinds) names.push_back(kind.name);
    return names;
  };
  const auto one_of = [](const char* name, const std::string& value, const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
    if (!std::count(names.begin(), names.end(), value))
      throw usage(std::string("--") + name + " '" + value + "' is not one of " + list);
  };
  one_of("model", c.model, {"vae", "autoregressive"});
  one_of("likelihood", c.likelihood, {"bernoulli", "gaussian"});
  one_of("activation", c.activation, names_of(nn::activations()));
  one_of("kl", c.kl, {"analytic", "monte-carlo"});
  one_of("optimizer", c.optimizer, names_of(nn::optimizers()));
  one_of("schedule", c.schedule, names_of(nn::schedules()));
  resolve_descent(c);

  check_sizes("latent", c.latent);
  check_sizes("hidden", c.hidden);
  if (c.model == "vae") {
    if (c.latent.size() > 1) throw usage("--latent with several sizes needs --model autoregressive");
    if (c.levels > 1) throw usage("--levels needs --model autoregressive");
  }
  if (c.levels == 0) c.levels = c.latent.size();
  if (c.levels > 200) throw usage("--levels: at most 200");
  if (c.latent.size() == 1) c.latent.resize(c.levels, c.latent.front());
  if (c.latent.size() != c.levels)
    throw usage("--latent has " + std::to_string(c.latent.size()) + " sizes for " + std::to_string(c.levels) +
                " levels");

  if (c.binarize.empty()) c.binarize = c.likelihood == "bernoulli" ? "dynamic" : "none";
  one_of("binarize", c.binarize, {"dynamic", "static", "threshold", "none"});
  if (c.likelihood == "bernoulli" && c.binarize == "none")
    throw usage(
        "--binarize none leaves grey pixels, and a Bernoulli of grey pixels is no likelihood: its bound "
        "compares with nothing; "
        "binarize them, or take --likelihood gaussian");

  require("batch-size", c.batch_size > 0, "above 0");
  require("samples", c.samples > 0, "above 0");
  require("epochs", c.epochs > 0, "above 0");
  if (c.batch_size > 1000000 || c.samples > 1000000)
    throw usage("--batch-size and --samples are at most 1000000");
  if (c.epochs > 0xffffffff) throw usage("--epochs is at most 4294967295");
  if (c.seed >> 56) throw usage("--seed must be below 2^56");
  if (c.threads == 0) c.threads = std::clamp<std::size_t>(processors(), 1, 8);
  if (c.threads > 1024) throw usage("--threads is at most 1024");
  c.out = out_directory(c);
  for (const auto& [name, path] :
       {std::pair("data", c.data), std::pair("data-dir", c.data_dir), std::pair("out", c.out)})
    if (!is_utf8(path))
      throw usage(std::string("--") + name + ": the path is not UTF-8, and config.json could not hold it");
  return c;
}

std::string out_directory(const Config& c) {
  if (!c.out.empty()) return c.out;
  const std::filesystem::path data = std::filesystem::absolute(c.data).lexically_normal();
  return "runs/" + (data.has_filename() ? data.stem() : data.parent_path().filename()).string() + "-" +
         c.model;
}

// Weights, their gradients, what the optimizer keeps of them, and the average; and what a step keeps of every
// image and level.
void check_memory(const Config& c, std::size_t pixels) {
  double weights = 0, above = 0, units = 0;
  const auto network = [&](double in, double out) {
    for (const std::uint64_t h : c.hidden) weights += in * double(h), units += double(h), in = double(h);
    weights += in * out;
  };
  for (const std::uint64_t z : c.latent) {
    network(double(pixels) + above, 2 * double(z));
    if (above > 0) network(above, 2 * double(z));
    above += double(z);
  }
  network(above, double(pixels));
  const double activations = double(c.batch_size) * double(c.samples) * (4 * units + 8 * double(pixels));
  const double copies = 2 + double(nn::optimizer_named(c.optimizer).arrays) + (c.ema > 0);
  const double needed = sizeof(autograd::Real) * (copies * weights + activations);
  const double present = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE));
  if (needed > 0.8 * present)
    throw usage("this model and batch need about " + std::to_string(std::uint64_t(needed / 1e9)) +
                " GB, and the machine has " + std::to_string(std::uint64_t(present / 1e9)) +
                " GB: make --hidden, --batch-size or --samples smaller");
}

nlohmann::json to_json(const Config& config) {
  Config c = config;
  json out = json::object();
  for (const Option& option : options(c)) out[option.name] = to_json(option);
  return out;
}

nlohmann::json essence(const Config& config) {
  Config c = config;
  json out = to_json(c);
  for (const Option& option : options(c))
    if (option.on != On::always) out.erase(option.name);
  if (nn::schedule_named(c.schedule).has_horizon) out["epochs"] = c.epochs;
  return out;
}

void read_json(Config& config, const json& in, const std::string& file) {
  if (!in.is_object()) throw Failure(exit_bad_data, file + ": not a JSON object of options");
  const std::vector<Option> known = options(config);
  for (const auto& [name, value] : in.items()) {
    const auto same = [&name = name](const Option& option) { return name == option.name; };
    const auto option = std::find_if(known.begin(), known.end(), same);
    if (option == known.end()) throw Failure(exit_bad_data, file + ": there is no option '" + name + "'");
    try {
      read_json(*option, value);
    } catch (const std::exception&) {
      throw Failure(exit_bad_data, file + ": option '" + name + "' cannot be " + value.dump());
    }
  }
}

Config read_config(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw Failure(exit_no_input, file + ": there is no such configuration file");
  if (std::filesystem::file_size(file, error) > 1000000)
    throw Failure(exit_bad_data, file + ": too large for a configuration");
  std::ifstream in(file);
  if (!in) throw Failure(exit_no_input, file + ": cannot be read");
  const json parsed = json::parse(in, nullptr, false);
  if (parsed.is_discarded()) throw Failure(exit_bad_data, file + ": not valid JSON");
  Config config;
  read_json(config, parsed, file);
  return config;
}

Config stored_config(const std::string& file) {
  try {
    return resolved(read_config(file));
  } catch (const Failure& failure) {
    if (failure.code() != exit_usage) throw;
    throw Failure(exit_bad_data, file + ": " + failure.what());
  }
}

void check_used(const Config& resolved, const Config& given, const std::set<std::string>& named) {
  if (named.count("levels") && resolved.model == "vae") throw usage("--levels needs --model autoregressive");
  Config used = resolved, wanted = given;
  const std::vector<Option> after = options(used), before = options(wanted);
  for (std::size_t i = 0; i < after.size(); ++i)
    if (to_json(after[i]).is_null() && !to_json(before[i]).is_null())
      throw usage(std::string("--") + after[i].name + " means nothing under --optimizer " + used.optimizer +
                  " and --schedule " + used.schedule);
}

void forget_settings(Config& given, const Config& file, const std::set<std::string>& named) {
  const auto forget = [&](std::initializer_list<const char*> settings) {
    for (const Option& option : options(given))
      if (std::count(settings.begin(), settings.end(), std::string(option.name)) && !named.count(option.name))
        *std::get<std::optional<double>*>(option.value) = std::nullopt;
  };
  if (given.optimizer != file.optimizer) forget({"momentum", "beta1", "beta2", "epsilon", "weight-decay"});
  if (given.schedule != file.schedule) forget({"decay", "decay-every"});
}

Config continued(const Config& stored, const Config& given, const std::set<std::string>& named) {
  // Take over what was typed, fill in what that leaves open, and compare.
  const json typed = to_json(given);
  json changed = json::object();
  for (const std::string& name : named) changed[name] = typed.at(name);
  Config merged = stored;
  read_json(merged, changed, "the command line");
  merged = resolved(merged);

  Config old = stored;
  const std::vector<Option> before = options(old), after = options(merged);
  for (std::size_t i = 0; i < after.size(); ++i)
    if (after[i].on == On::always && to_text(before[i]) != to_text(after[i]))
      throw usage(std::string("--") + after[i].name + " " + to_text(after[i]) +
                  " contradicts the run, which has " + to_text(before[i]) +
                  "; only --epochs may change when resuming");
  if (merged.epochs != stored.epochs && nn::schedule_named(stored.schedule).has_horizon)
    throw usage("--epochs " + std::to_string(merged.epochs) + " contradicts the run, which has " +
                std::to_string(stored.epochs) + ", and its " + stored.schedule +
                " schedule went by that from the start");
  return merged;
}

vae::Architecture architecture(const Config& config, std::size_t pixels) {
  vae::Architecture a;
  a.pixels = pixels;
  a.hidden.assign(config.hidden.begin(), config.hidden.end());
  a.latent.assign(config.latent.begin(), config.latent.end());
  a.activation = &nn::activation_named(config.activation);
  a.likelihood = vae::likelihood_named(config.likelihood);
  return a;
}

std::unique_ptr<vae::Model> make_model(const Config& config, std::size_t pixels) {
  autograd::Stream stream;
  stream.seed = config.seed;
  const vae::Architecture a = architecture(config, pixels);
  if (config.model == "vae") return std::make_unique<vae::VAE>(a, stream);
  return std::make_unique<vae::AutoregressiveVAE>(a, stream);
}

}  // namespace tools
