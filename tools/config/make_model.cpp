// From options to an architecture.
#include "tools/config/make_model.h"

#include <stdexcept>

#include "tools/config/choices.h"
#include "tools/errors.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

std::size_t condition_size(const Config& c, std::size_t pixels) {
  switch (condition_named(c.condition)) {
    case ConditionKind::nothing:
      return 0;
    case ConditionKind::label:
      return c.classes;
    case ConditionKind::upper_half:
      break;
  }
  return pixels;
}

std::unique_ptr<vae::Model> make_model(const Config& c, std::size_t pixels) {
  vae::Architecture a;
  a.classes = c.classes;
  a.pixels = pixels, a.condition = condition_size(c, pixels);
  a.hidden.assign(c.hidden.begin(), c.hidden.end());
  a.networks = networks_named(c.architecture);
  a.channels.assign(c.channels.begin(), c.channels.end());
  a.share_weights = chosen("weights", c.weights, weights_names()) == 1;
  a.recompute_blocks = chosen("recompute", c.recompute, recompute_names()) == 1;
  a.latent.assign(c.latent.begin(), c.latent.end());
  a.activation = &nn::activation_named(c.activation);
  a.likelihood = likelihood_named(c.likelihood);
  a.sigma = sigma_named(c.sigma);
  a.fixed_sigma = fixed_sigma(c.sigma).value_or(1);
  a.decoder = decoder_named(c.decoder);
  a.pixelcnn_layers = c.pixelcnn_layers, a.pixelcnn_channels = c.pixelcnn_channels;
  a.prior = &vae::prior_named(c.prior);
  a.prior_size = c.prior_size, a.prior_hidden = c.prior_hidden;
  a.posterior = &vae::posterior_named(c.posterior);
  a.posterior_size = c.posterior_size, a.posterior_hidden = c.posterior_hidden;
  autograd::Stream stream;
  stream.seed = c.seed;
  try {
    return vae::model_named(c.model).make(a, stream);
  } catch (const std::invalid_argument& impossible) {  // such as channels for other sides than there are
    throw Failure(exit_usage, impossible.what());
  }
}

}  // namespace tools
