// Saving and loading the parameters of a model.
#include "tools/files/parameters.h"

#include "nn/layers/mlp.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/errors.h"

using namespace autograd;

namespace {

nn::NamedParameters parameters_of(nn::MLP& mlp) {
  nn::NamedParameters all;
  mlp.visit("mlp", [&](const std::string& name, Parameter& p) { all.emplace_back(name, &p); });
  return all;
}

nn::MLP small_mlp(std::size_t hidden, std::uint32_t epoch) {
  return {{3, hidden, 2}, nn::activations().front(), Stream().at_epoch(epoch)};
}

}  // namespace

TEST_CASE("parameters: what is saved is loaded, bit for bit") {
  const TemporaryDirectory here;
  nn::MLP saved = small_mlp(4, 0), loaded = small_mlp(4, 1);
  tools::save_parameters(here / "w.safetensors", parameters_of(saved));
  REQUIRE_FALSE(same(loaded.layers[1].weight.value(), saved.layers[1].weight.value()));
  tools::load_parameters(here / "w.safetensors", parameters_of(loaded));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(same(loaded.layers[i].weight.value(), saved.layers[i].weight.value()));
    CHECK(same(loaded.layers[i].bias.value(), saved.layers[i].bias.value()));
  }
}

TEST_CASE("parameters: another model's file is refused by name, and nothing changes") {
  const TemporaryDirectory here;
  nn::MLP mlp = small_mlp(4, 0), wider = small_mlp(5, 1);
  const nn::NamedParameters all = parameters_of(mlp), some(all.begin(), all.end() - 1);
  const Array before = mlp.layers[0].weight.value();
  const auto message = [&](const nn::NamedParameters& saved, const nn::NamedParameters& loaded) {
    tools::save_parameters(here / "w", saved);
    return message_of<tools::Failure>([&] { tools::load_parameters(here / "w", loaded); });
  };
  CHECK(says(message(parameters_of(wider), all),
             {"/w: tensor 'mlp.0.weight' has shape [5,3], expected [4,3]"}));
  CHECK(says(message(some, all), {"/w: tensor 'mlp.2.bias' is missing"}));
  CHECK(says(message(all, some), {"/w: tensor 'mlp.2.bias' is not part of this model"}));
  CHECK(same(mlp.layers[0].weight.value(), before));
  CHECK(says(message_of<tools::Failure>([&] { tools::load_parameters(here / "absent", all); }), {"absent"}));
}

TEST_CASE("parameters: another model's file is refused before its numbers are read") {
  const TemporaryDirectory here;
  nn::MLP mlp = small_mlp(4, 0), wider = small_mlp(5, 1);
  tools::save_parameters(here / "w", parameters_of(wider));
  std::string damaged = content(here / "w");
  damaged.back() = char(damaged.back() ^ 1);  // which the digest would tell
  put(here / "w", damaged);
  CHECK(says(message_of<tools::Failure>([&] { tools::load_parameters(here / "w", parameters_of(mlp)); }),
             {"has shape [5,3], expected [4,3]"}));
}
