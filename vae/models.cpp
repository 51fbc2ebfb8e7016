// The models by name.
#include "vae/models.h"

#include <stdexcept>

#include "nn/named.h"
#include "vae/autoregressive.h"
#include "vae/classes.h"
#include "vae/top_down.h"
#include "vae/vae.h"

namespace vae {

namespace {

std::unique_ptr<Model> make_autoregressive(const Architecture& a, const Stream& stream) {
  if (a.networks == NetworkKind::convolutional) return std::make_unique<TopDownVAE>(a, stream);
  return std::make_unique<AutoregressiveVAE>(a, stream);
}

std::unique_ptr<Model> make_vae(const Architecture& a, const Stream& stream) {
  if (a.networks == NetworkKind::convolutional && a.latent.size() == 1) return make_autoregressive(a, stream);
  return std::make_unique<VAE>(a, stream);
}

// y, and a model of the other kinds given it.
std::unique_ptr<Model> make_classes(const Architecture& a, const Stream& stream) {
  if (a.classes < 2) throw std::invalid_argument("[classes] at least two classes are needed");
  Architecture given_y = a;
  given_y.condition = a.classes;
  return std::make_unique<ClassVAE>(
      a, a.latent.size() > 1 ? make_autoregressive(given_y, stream) : make_vae(given_y, stream), stream);
}

}  // namespace

const std::vector<ModelEntry>& models() {
  static const std::vector<ModelEntry> table = {
      {"vae", "p(z), one level", 1, false, make_vae},
      {"autoregressive", "p(z) = p(z0) p(z1|z0) p(z2|z0,z1) ..., any number of levels", 200, false,
       make_autoregressive},
      {"classes", "p(y) p(z), y one of --classes, summed over; p(z) as above", 200, true, make_classes},
  };
  return table;
}

const ModelEntry& model_named(const std::string& name) {
  std::vector<std::string> names;
  for (const ModelEntry& model : models()) names.push_back(model.name);
  return models()[nn::index_named("model", name, names)];
}

}  // namespace vae
