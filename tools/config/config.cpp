// The table of the options of a training run.
#include "tools/config/config.h"

#include "tools/config/choices.h"
#include "tools/text.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

namespace {

// "vae has p(z) = N(0, I), one level; …"
std::string priors_of_models() {
  std::string list;
  for (const vae::ModelEntry& model : vae::models())
    list += (list.empty() ? "" : "; ") + std::string(model.name) + " has " + model.help;
  return list;
}

// "standard is N(0, I); …", of vae::priors() or vae::posteriors()
const auto families = [](const auto& kinds) {
  std::string list;
  for (const auto& kind : kinds)
    list += (list.empty() ? "" : "; ") + std::string(kind.name) + " is " + kind.help;
  return list;
};

// "mixture (20), …"
const auto having_size = [](const auto& kinds) {
  std::string list;
  for (const auto& kind : kinds)
    if (kind.size > 0)
      list += (list.empty() ? "" : ", ") + std::string(kind.name) + text(" (%zu)", kind.size);
  return list;
};

// The optimizers or schedules that have a setting, with its default: "sgd (0), nesterov (0.9)".
const auto having = [](const auto& kinds, auto setting) {
  std::string list;
  for (const auto& kind : kinds)
    if (const std::optional<double>& own = kind.defaults.*setting)
      list += (list.empty() ? "" : ", ") + std::string(kind.name) + text(" (%g)", *own);
  return list;
};

}  // namespace

std::vector<Option> options(Config& c) {
  using nn::OptimizerSettings;
  using nn::ScheduleSettings;
  const std::vector<nn::OptimizerKind>& optimizers = nn::optimizers();
  const std::vector<nn::Schedule>& schedules = nn::schedules();
  // clang-format off
  return {
      {"model", &c.model, "model: " + priors_of_models(), &model_names()},
      {"levels", &c.levels, "levels of latents (0: as many as --latent has sizes)"},
      {"latent", &c.latent, "latents Z, or one size per level: 20,10,5; of convolutions the channels of z"},
      {"architecture", &c.architecture, "networks: " + listed(architecture_names()) + "; conv is for square "
       "images: levels are spread from one pixel to half the side, four or more over all of 1, 4, 7, 14",
       &architecture_names()},
      {"hidden", &c.hidden, "units of the hidden layers, also of the classifier of --model classes: 500, or "
       "200,200 for two"},
      {"channels", &c.channels, "channels of --architecture conv: 32, or of each side from the largest "
       "on: 32,48,96,256"},
      {"weights", &c.weights, "of --architecture conv: each level has its " + listed(weights_names()) +
       ", that is one set for all levels of a side", &weights_names()},
      {"recompute", &c.recompute, "of --architecture conv: what the reverse pass computes again instead of "
       "keeping it: " + listed(recompute_names()) + "; with blocks a step takes less memory and more time",
       &recompute_names(), OnResume::may_change},
      {"activation", &c.activation, "activation of the hidden layers: " + listed(activation_names()),
       &activation_names()},
      {"likelihood", &c.likelihood,
       "p(x|z): " + listed(likelihood_names()) + "; the last two are of the 256 levels of bytes",
       &likelihood_names()},
      {"sigma", &c.sigma, "of --likelihood gaussian: " + listed(sigma_names()) + ", or a number; one is "
       "learned, or one for each pixel, or each step sets the one that is best for it, or it is that "
       "number, in units of white - black"},
      {"decoder", &c.decoder, "p(x|z): " + listed(decoder_names()) + "; of independent pixels, or of "
       "pixels that also see those before them nearby, which is an autoregressive model of its own",
       &decoder_names()},
      {"pixelcnn-layers", &c.pixelcnn_layers, "masked convolutions of --decoder pixelcnn after the first; "
       "a pixel sees three rows above it and three columns to either side, and one more of both for each"},
      {"pixelcnn-channels", &c.pixelcnn_channels, "channels of all convolutions of --decoder pixelcnn; to "
       "draw an image takes time in proportion to their square, and to that of the layers"},
      {"prior", &c.prior, "p(z0): " + families(vae::priors()), &prior_names()},
      {"posterior", &c.posterior, "q(z|x) of each level: " + families(vae::posteriors()),
       &posterior_names()},
      {"posterior-size", &c.posterior_size, "of --posterior " + having_size(vae::posteriors()) +
       ": components, or steps of the flow (0: these)"},
      {"posterior-hidden", &c.posterior_hidden, "hidden units of the networks of --posterior flow"},
      {"condition", &c.condition, "what every network is given beside x and z: " + listed(condition_names()) +
       "; of halves the model is of the lower one", &condition_names()},
      {"classes", &c.classes, "of --condition label and --model classes (0: as many as the training images "
       "have labels)"},
      {"labelled", &c.labelled, "training images, the first ones, whose label --model classes is told (0: "
       "none)"},
      {"prior-size", &c.prior_size, "of --prior " + having_size(vae::priors()) + ": components, images, "
       "steps of the flow, or components for each latent (0: these)"},
      {"prior-hidden", &c.prior_hidden, "hidden units of the networks of --prior flow, made and gru"},
      {"data", &c.data,
       "shapes or moving-shapes (built in), fashion-mnist, mnist, an .npy file, or a directory of IDX files "
       "or PNG images",
       nullptr, OnResume::may_change},
      {"data-dir", &c.data_dir, "directory of the IDX files of mnist or fashion-mnist", nullptr,
       OnResume::may_change},
      {"binarize", &c.binarize, "pixels of 0 and 1: " + listed(binarization_names()) +
       "; a grey pixel becomes 1 with probability its grey value, and dynamic draws that anew in every "
       "epoch; empty: dynamic under a Bernoulli, else none",
       &binarization_names()},
      {"black", &c.black, "the value of black in data of floats"},
      {"white", &c.white, "the value of white; without the two, 0 and 1, or under a Gaussian, if there are "
       "values outside or all are close together, the least and the greatest of the training images"},
      {"split-seed", &c.split_seed, "shuffle the images by this seed before they are split (0: the last are "
       "for testing, in the order of the file)"},
      {"limit-train", &c.limit_train, "train on the first N images only (0: all)"},
      {"limit-validation", &c.limit_validation, "validate on the first N images only (0: all)"},
      {"samples", &c.samples, "samples of z per image in the bound"},
      {"kl", &c.kl,
       "form of the KL in the bound, of training by --gradient pathwise: " +
           listed(kl_names()) + "; mixed is analytic at the levels that have a closed form, and monte-carlo "
           "at others",
       &kl_names()},
      {"bound", &c.bound, "what is ascended: " + listed(bound_names()) + "; elbo in --samples, the others in "
       "--importance-samples samples of z (what is reported as the bound is the ELBO of the same samples)",
       &bound_names()},
      {"gradient", &c.gradient,
       "how its gradient is estimated: " + listed(gradient_names()) +
           "; stl (sticking the landing) and score (the score function, from 2 samples on with the others as "
           "its baseline) are for elbo, dreg (doubly reparameterized) for iwae and renyi, gdreg (and so for "
           "the prior's parameters, too) for all, vimco for iwae",
       &gradient_names()},
      {"importance-samples", &c.importance_samples, "samples of z per image in --bound iwae or renyi"},
      {"renyi-alpha", &c.renyi_alpha, "alpha of --bound renyi: 0 is iwae, 1 the ELBO, less than 0 the "
       "estimate of an upper bound, itself none (0.5 if none is given)"},
      {"missing", &c.missing, "share of the pixels that are missing, the same ones at every presentation, in "
       "all images: they are integrated out, and `elbo fill` draws them; of floats, NaN is missing, too"},
      {"corrupt", &c.corrupt, "share of the pixels that q does not see in training, other ones each time (0: "
       "none): a denoising VAE, or with --posterior point and --beta 0 a denoising autoencoder"},
      {"beta", &c.beta, "factor of the KL; below 1 the objective is no bound"},
      {"warm-up", &c.warm_up, "epochs in which that factor rises from 0 to --beta, step by step"},
      {"free-bits", &c.free_bits, "nats of each level's KL, on average over the batch, below which it is not "
       "made smaller (0: none)"},
      {"optimizer", &c.optimizer, "optimizer: " + listed(optimizer_names()), &optimizer_names()},
      {"learning-rate", &c.learning_rate, "step size of the optimizer, at the start of its schedule"},
      {"momentum", &c.optimizer_settings.momentum,
       "momentum of " + having(optimizers, &OptimizerSettings::momentum)},
      {"beta1", &c.optimizer_settings.beta1,
       "decay of the mean gradient, of " + having(optimizers, &OptimizerSettings::beta1)},
      {"beta2", &c.optimizer_settings.beta2,
       "decay of the mean squared gradient, of " + having(optimizers, &OptimizerSettings::beta2)},
      {"epsilon", &c.optimizer_settings.epsilon,
       "added to the root in the denominator, of " + having(optimizers, &OptimizerSettings::epsilon)},
      {"weight-decay", &c.optimizer_settings.weight_decay,
       "decay of weights and biases, of " + having(optimizers, &OptimizerSettings::weight_decay) +
       "; adamw decays them directly, the others through the gradient"},
      {"schedule", &c.schedule, "schedule of the learning rate: " + listed(schedule_names()) +
       "; linear and cosine reach 0 at the end of --epochs, which then may not change; burda (Burda et al. "
       "2016) falls to a tenth over 3280 epochs", &schedule_names()},
      {"decay", &c.schedule_settings.decay, "factor of the learning rate in --decay-every epochs, of " +
       having(schedules, &ScheduleSettings::decay)},
      {"decay-every", &c.schedule_settings.every,
       "epochs, of " + having(schedules, &ScheduleSettings::every)},
      {"warmup", &c.warmup, "steps in which the learning rate rises to that of the schedule"},
      {"clip-norm", &c.clip_norm, "rescale the gradient if its norm exceeds this (0: off)"},
      {"clip-value", &c.clip_value,
       "clip each component of the gradient to +- this, after --clip-norm (0: off)"},
      {"skip-outliers", &c.skip_outliers,
       "skip a step whose gradient norm exceeds this many times the median of the last 100 (0: off)"},
      {"ema", &c.ema,
       "evaluate and draw with an exponential moving average of the weights, such as 0.999 (0: off)"},
      {"batch-size", &c.batch_size, "images per step"},
      {"epochs", &c.epochs, "passes over the training set, in all", nullptr, OnResume::may_change},
      {"time", &c.time, "train for so long instead, in whole epochs, resumed or not: 90s, 30m, 3h; schedules "
       "end then (the first epoch, which shows how long an epoch takes, goes at their full rate)", nullptr,
       OnResume::may_change},
      {"patience", &c.patience, "stop after N epochs without a better validation bound, and report the best "
       "(0: never)", nullptr, OnResume::may_change},
      {"seed", &c.seed, "seed of weights, order and noise"},
      {"threads", &c.threads, "threads (0: one per processor, at most 8); they change no bit of a result",
       nullptr, OnResume::may_change},
      {"out", &c.out, "run directory; empty: runs/DATA-MODEL", nullptr, OnResume::may_change},
  };
  // clang-format on
}

}  // namespace tools
