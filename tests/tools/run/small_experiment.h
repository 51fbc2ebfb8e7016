// What the tests of runs share: an experiment on 60 images of 12 grey pixels, in a directory of its own.
#pragma once

#include "autograd/random.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/resolve.h"
#include "tools/data/npy.h"
#include "tools/run/experiment.h"

struct SmallData : TemporaryDirectory {
  SmallData() { tools::write_npy(file(), autograd::uniform(autograd::Stream().at_epoch(5), {60, 12})); }
  std::string file() const { return (path / "images.npy").string(); }

  // The options of a run on these images: 42 for training, 8 for validation, 10 for testing.
  tools::Config config(std::map<std::string, std::string> options = {}) const {
    options.insert(
        {{"data", file()}, {"hidden", "6"}, {"latent", "3"}, {"batch-size", "8"}, {"threads", "1"}});
    return tools::resolved(config_of(options));
  }
};

// The weights of a model, one after the other.
inline std::vector<float> weights_of(const tools::Experiment& e) {
  std::vector<float> all;
  for (const auto& [name, parameter] : e.model->parameters())
    all.insert(all.end(), parameter->value().data(), parameter->value().data() + parameter->value().size());
  return all;
}
