// The table of models, by which the command line, checkpoints, the gradient check and the tests find them. A
// model of your own is one line of models.cpp.
#pragma once

#include <memory>

#include "vae/model.h"
#include "vae/networks.h"

namespace vae {

struct ModelEntry {
  const char* name;         // on the command line and in config.json
  const char* help;         // its factorisation, in a few words
  std::size_t most_levels;  // the most latent sizes that its Architecture may have
  bool has_class;           // whether there is a y beside z, of Architecture::classes
  std::unique_ptr<Model> (*make)(const Architecture& architecture, const Stream& stream);
};

const std::vector<ModelEntry>& models();

// std::invalid_argument lists the names.
const ModelEntry& model_named(const std::string& name);

}  // namespace vae
