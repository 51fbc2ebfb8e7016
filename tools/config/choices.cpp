// The names, each list once.
#include "tools/config/choices.h"

#include <cstdlib>

#include "nn/layers/mlp.h"
#include "nn/optimizers/by_name.h"
#include "nn/optimizers/schedule.h"
#include "tools/errors.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

namespace {

const auto names_of = [](const auto& table) {
  Names names;
  for (const auto& entry : table) names.push_back(entry.name);
  return names;
};

}  // namespace

// ---- tables -----------------------------------------------------------------------------------------------

const Names& model_names() {
  static const Names names = names_of(vae::models());
  return names;
}

const Names& posterior_names() {
  static const Names names = names_of(vae::posteriors());
  return names;
}

const Names& condition_names() {
  static const Names names = {"nothing", "label", "upper-half"};
  return names;
}

const Names& prior_names() {
  static const Names names = names_of(vae::priors());
  return names;
}

const Names& activation_names() {
  static const Names names = names_of(nn::activations());
  return names;
}

const Names& optimizer_names() {
  static const Names names = names_of(nn::optimizers());
  return names;
}

const Names& schedule_names() {
  static const Names names = names_of(nn::schedules());
  return names;
}

// ---- enums, in their order --------------------------------------------------------------------------------

const Names& architecture_names() {
  static const Names names = {"dense", "conv"};
  return names;
}

const Names& weights_names() {
  static const Names names = {"own", "shared"};
  return names;
}

const Names& recompute_names() {
  static const Names names = {"nothing", "blocks"};
  return names;
}

const Names& likelihood_names() {
  static const Names names = {"bernoulli", "gaussian", "continuous-bernoulli", "logistic-mixture",
                              "categorical"};
  return names;
}

const Names& sigma_names() {
  static const Names names = {"learned", "pixels", "optimal"};
  return names;
}

const Names& decoder_names() {
  static const Names names = {"independent", "pixelcnn"};
  return names;
}

const Names& kl_names() {
  static const Names names = {"analytic", "monte-carlo", "entropy", "mixed"};
  return names;
}

const Names& bound_names() {
  static const Names names = {"elbo", "iwae", "renyi"};
  return names;
}

const Names& gradient_names() {
  static const Names names = {"pathwise", "stl", "dreg", "gdreg", "score", "vimco"};
  return names;
}

const Names& binarization_names() {
  static const Names names = {"dynamic", "static", "threshold", "none"};
  return names;
}

const Names& split_names() {
  static const Names names = {"train", "validation", "test"};
  return names;
}

vae::NetworkKind networks_named(const std::string& name) {
  return vae::NetworkKind(chosen("architecture", name, architecture_names()));
}

vae::LikelihoodKind likelihood_named(const std::string& name) {
  return vae::LikelihoodKind(chosen("likelihood", name, likelihood_names()));
}

std::optional<double> fixed_sigma(const std::string& name) {
  char* end = nullptr;
  const double number = std::strtod(name.c_str(), &end);
  if (name.empty() || *end != 0) return std::nullopt;
  if (!(number >= 1e-4 && number <= 1e4))
    throw Failure(exit_usage, "--sigma is a number from 0.0001 to 10000");
  return number;
}

vae::SigmaKind sigma_named(const std::string& name) {
  if (fixed_sigma(name)) return vae::SigmaKind::fixed;
  return vae::SigmaKind(chosen("sigma", name, sigma_names()));
}

vae::DecoderKind decoder_named(const std::string& name) {
  return vae::DecoderKind(chosen("decoder", name, decoder_names()));
}

ConditionKind condition_named(const std::string& name) {
  return ConditionKind(chosen("condition", name, condition_names()));
}

vae::KLForm kl_form_named(const std::string& name) { return vae::KLForm(chosen("kl", name, kl_names())); }

BoundKind bound_named(const std::string& name) { return BoundKind(chosen("bound", name, bound_names())); }

GradientKind gradient_named(const std::string& name) {
  return GradientKind(chosen("gradient", name, gradient_names()));
}

Binarization binarization_named(const std::string& name) {
  return Binarization(chosen("binarize", name, binarization_names()));
}

Split split_named(const std::string& name) { return Split(chosen("split", name, split_names())); }

const std::string& name_of(Split split) { return split_names()[std::size_t(split)]; }

}  // namespace tools
