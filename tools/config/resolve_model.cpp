// The model's options: sizes, families of its densities, and what conditions it.
#include "tools/config/resolve_model.h"

#include <algorithm>

#include "tools/config/choices.h"
#include "tools/errors.h"
#include "tools/text.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

void require(const char* name, bool holds, const char* what) {
  if (!holds) throw Failure(exit_usage, std::string("--") + name + " must be " + what);
}

namespace {

Failure refused(const std::string& message) { return {exit_usage, message}; }

// Noise and initial weights are keyed by the layer in one byte.
constexpr std::size_t most_layers = 200;

// One size for all levels, or as many sizes as levels, and no more levels than the model can have.
void resolve_sizes(Config& c) {
  for (const auto& [name, sizes] : {std::pair("latent", c.latent), std::pair("hidden", c.hidden)}) {
    if (sizes.empty()) throw refused(std::string("--") + name + " needs at least one size");
    if (sizes.size() > most_layers) throw refused(std::string("--") + name + " has at most 200 sizes");
    for (const std::uint64_t size : sizes)
      if (size < 1 || size > 100000)
        throw refused(std::string("--") + name + ": sizes are between 1 and 100000");
  }
  require("channels", !c.channels.empty() && c.channels.size() <= most_layers, "a list of 1 to 200 sizes");
  for (const std::uint64_t C : c.channels) require("channels", C >= 2 && C <= 10000, "between 2 and 10000");
  const std::size_t most = vae::model_named(c.model).most_levels;
  for (const auto& [name, levels] :
       {std::pair("latent", c.latent.size()), std::pair("levels", std::size_t(c.levels))})
    if (levels > most)
      throw refused(std::string("--") + name + " makes " + std::to_string(levels) + " levels, and --model " +
                    c.model + " has at most " + std::to_string(most));
  if (c.levels == 0) c.levels = c.latent.size();
  if (c.latent.size() == 1) c.latent.resize(c.levels, c.latent.front());
  if (c.latent.size() != c.levels)
    throw refused("--latent has " + std::to_string(c.latent.size()) + " sizes for " +
                  std::to_string(c.levels) + " levels");
}

void resolve_prior(Config& c) {
  const vae::PriorKind& prior = vae::prior_named(c.prior);
  const std::string under_prior = " under --prior " + c.prior;
  if (prior.size == 0 && c.prior_size > 0) throw refused("--prior-size means nothing" + under_prior);
  if (c.prior_size == 0) c.prior_size = prior.size;
  require("prior-size", c.prior_size <= 10000, "at most 10000");
  require("prior-hidden", c.prior_hidden >= 1 && c.prior_hidden <= 100000, "between 1 and 100000");
  if (!prior.closed_form && c.kl == "analytic")
    throw refused("--kl analytic has no closed form" + under_prior +
                  "; --kl mixed samples the KL where there is none");
  if (prior.of_posterior && (c.gradient == "stl" || c.gradient == "dreg" || c.gradient == "gdreg"))
    throw refused("--gradient " + c.gradient + " holds the encoder constant, and of that p(z0) is made" +
                  under_prior);
  if (!prior.closed_form && c.gradient == "gdreg")
    throw refused("--gradient gdreg needs a normal p(z0), which it is not" + under_prior);
}

void resolve_posterior(Config& c) {
  const vae::PosteriorKind& posterior = vae::posterior_named(c.posterior);
  const std::string under_posterior = " under --posterior " + c.posterior;
  if (posterior.size == 0 && c.posterior_size > 0)
    throw refused("--posterior-size means nothing" + under_posterior);
  if (c.posterior_size == 0) c.posterior_size = posterior.size;
  require("posterior-size", c.posterior_size <= 1000, "at most 1000");
  require("posterior-hidden", c.posterior_hidden >= 1 && c.posterior_hidden <= 100000,
          "between 1 and 100000");
  if (!posterior.closed_form && (c.kl == "analytic" || c.kl == "entropy"))
    throw refused("--kl " + c.kl + " has no closed form" + under_posterior +
                  "; --kl mixed samples the KL where there is none");
  const bool is_diagonal = &posterior == &vae::diagonal_posterior();
  if (!is_diagonal && networks_named(c.architecture) != vae::NetworkKind::dense)
    throw refused("--posterior " + c.posterior + " is of perceptrons; under --architecture " +
                  c.architecture + " q is diagonal");
  if (!is_diagonal && vae::prior_named(c.prior).of_posterior)
    throw refused("--prior " + c.prior + " is made of diagonal posteriors, which they are not" +
                  under_posterior);
}

void resolve_condition(Config& c) {
  const bool sums = vae::model_named(c.model).has_class;
  if (c.condition != "label" && !sums) c.classes = 0;
  if (sums && c.condition != "nothing")
    throw refused("--condition " + c.condition +
                  " means nothing under --model classes, which has a class of its own");
  if (c.labelled > 0 && !sums) throw refused("--labelled means nothing under --model " + c.model);
  require("classes", c.classes <= 256, "at most 256");
  if ((c.condition != "nothing" || sums) && vae::prior_named(c.prior).of_posterior)
    throw refused("--prior " + c.prior + " is made of learned images, and what they are given is not known");
}

void resolve_sigma(Config& c) {
  if (sigma_named(c.sigma) != vae::SigmaKind::learned && c.likelihood != "gaussian")
    throw refused("--sigma means nothing under --likelihood " + c.likelihood);
  if (sigma_named(c.sigma) == vae::SigmaKind::pixels && c.decoder == "pixelcnn")
    throw refused("--sigma pixels is of --decoder independent");
  if (const std::optional<double> fixed = fixed_sigma(c.sigma)) c.sigma = text("%.15g", *fixed);
}

void resolve_decoder(const Config& c) {
  require("pixelcnn-layers", c.pixelcnn_layers <= most_layers, "at most 200");
  require("pixelcnn-channels", c.pixelcnn_channels >= 1 && c.pixelcnn_channels <= 10000,
          "between 1 and 10000");
}

}  // namespace

void resolve_model(Config& c) {
  resolve_sizes(c), resolve_sigma(c), resolve_decoder(c);
  resolve_prior(c), resolve_posterior(c), resolve_condition(c);
}

}  // namespace tools
