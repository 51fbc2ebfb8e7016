// What the tests of options share: configurations from options as they are typed.
#pragma once

#include <map>
#include <string>

#include "tools/config/config.h"

// A value other than the default for every option, as it is typed.
inline const std::map<std::string, std::string> typed = {
    {"model", "autoregressive"},
    {"levels", "2"},
    {"latent", "7,5"},
    {"architecture", "conv"},
    {"hidden", "30,20"},
    {"channels", "16,24"},
    {"weights", "shared"},
    {"recompute", "blocks"},
    {"activation", "relu"},
    {"likelihood", "gaussian"},
    {"sigma", "optimal"},
    {"decoder", "pixelcnn"},
    {"pixelcnn-layers", "3"},
    {"pixelcnn-channels", "5"},
    {"prior", "mixture"},
    {"prior-size", "6"},
    {"prior-hidden", "12"},
    {"posterior", "flow"},
    {"posterior-size", "3"},
    {"posterior-hidden", "12"},
    {"condition", "label"},
    {"classes", "12"},
    {"labelled", "30"},
    {"data", "fashion-mnist"},
    {"data-dir", "dir"},
    {"binarize", "none"},
    {"black", "-1.5"},
    {"white", "2.5"},
    {"split-seed", "6"},
    {"limit-train", "500"},
    {"limit-validation", "50"},
    {"samples", "3"},
    {"kl", "monte-carlo"},
    {"bound", "renyi"},
    {"gradient", "dreg"},
    {"importance-samples", "4"},
    {"renyi-alpha", "0.25"},
    {"missing", "0.25"},
    {"corrupt", "0.25"},
    {"beta", "2.5"},
    {"warm-up", "7"},
    {"free-bits", "0.75"},
    {"optimizer", "sgd"},
    {"learning-rate", "0.25"},
    {"momentum", "0.5"},
    {"beta1", "0.25"},
    {"beta2", "0.75"},
    {"epsilon", "0.125"},
    {"weight-decay", "0.5"},
    {"schedule", "step"},
    {"decay", "0.5"},
    {"decay-every", "2.5"},
    {"warmup", "10"},
    {"clip-norm", "3.5"},
    {"clip-value", "4.5"},
    {"skip-outliers", "5.5"},
    {"ema", "0.5"},
    {"batch-size", "17"},
    {"epochs", "4"},
    {"time", "2m"},
    {"patience", "2"},
    {"seed", "9"},
    {"threads", "1"},
    {"out", "elsewhere"},
};

// The same without those that contradict each other: what --bound renyi has no use for, nor convolutions, and
// --time.
inline const std::map<std::string, std::string> typed_for_run = [] {
  std::map<std::string, std::string> values = typed;
  for (const char* of_others : {"samples", "beta", "warm-up", "free-bits", "time", "posterior",
                                "posterior-size", "posterior-hidden", "labelled"})
    values.erase(of_others);
  return values;
}();

inline tools::Config config_of(const std::map<std::string, std::string>& values) {
  tools::Config config;
  for (const tools::Option& option : tools::options(config))
    if (values.count(option.name)) read_text(option, values.at(option.name));
  return config;
}
