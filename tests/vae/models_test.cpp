// The table of models: every entry is found by its name, and makes a model that can be trained.
#include "vae/models.h"

#include <set>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "vae/elbo.h"

using namespace vae;

TEST_CASE("models: each is found by its name, and an unknown name is refused with all of them") {
  std::set<std::string> names;
  for (const ModelEntry& entry : models()) {
    CHECK(&model_named(entry.name) == &entry);
    names.insert(entry.name);
  }
  CHECK(names.size() == models().size());
  CHECK(says(message_of<std::invalid_argument>([] { model_named("gan"); }),
             {"'gan'", "vae", "autoregressive", "classes"}));
}

TEST_CASE("models: each has a bound with a gradient, with one level and with several if it may have them") {
  for (const ModelEntry& entry : models())
    for (const NetworkKind networks : {NetworkKind::dense, NetworkKind::convolutional})
      for (const std::size_t levels : {1u, 3u}) {
        Architecture a;
        a.pixels = 36, a.hidden = {3}, a.channels = {4}, a.latent.assign(levels, 2), a.networks = networks;
        a.classes = 3;
        INFO(entry.name << ", levels " << levels << ", networks " << int(networks));
        if (levels > entry.most_levels) {
          CHECK_THROWS_AS(entry.make(a, Stream()), std::invalid_argument);
          continue;
        }
        const std::unique_ptr<Model> model = entry.make(a, Stream());
        Step step;
        const Bound bound = elbo(*model, constant(full({2, 36}, 1)), 2, KLForm::analytic, Stream());
        CHECK(bound.elbo.shape() == Shape{2});
        CHECK(bound.kl_per_level.size() == model->levels());
        const Gradients g = backward(-mean(bound.elbo));
        for (const auto& [name, parameter] : model->parameters()) {
          INFO(name);
          CHECK(all_finite(g[*parameter]));
        }
      }
}
