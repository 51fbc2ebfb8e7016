// The options that choose among things with names: the names of each, in the order of their enum or table,
// and the enum that a name stands for.
#pragma once

#include "tools/data/binarize.h"
#include "tools/data/condition.h"
#include "tools/data/dataset.h"
#include "tools/option.h"
#include "vae/elbo.h"
#include "vae/networks.h"

namespace tools {

// What training ascends (../../vae/bounds/), and how its gradient is estimated (../../vae/gradients/).
enum class BoundKind { elbo, iwae, renyi };
enum class GradientKind { pathwise, stl, dreg, gdreg, score, vimco };

const Names& model_names();         // of vae::models()
const Names& architecture_names();  // of vae::NetworkKind
const Names& weights_names();       // of vae::Architecture::share_weights
const Names& recompute_names();     // of vae::Architecture::recompute_blocks
const Names& activation_names();    // of nn::activations()
const Names& likelihood_names();    // of vae::LikelihoodKind
const Names& sigma_names();         // of vae::SigmaKind, without fixed
const Names& decoder_names();       // of vae::DecoderKind
const Names& prior_names();         // of vae::priors()
const Names& posterior_names();     // of vae::posteriors()
const Names& condition_names();     // of ConditionKind
const Names& kl_names();            // of vae::KLForm
const Names& bound_names();         // of BoundKind
const Names& gradient_names();      // of GradientKind
const Names& optimizer_names();     // of nn::optimizers()
const Names& schedule_names();      // of nn::schedules()
const Names& binarization_names();  // of Binarization
const Names& split_names();         // of Split

// Failure(exit_usage) lists the names.
vae::NetworkKind networks_named(const std::string& name);
vae::LikelihoodKind likelihood_named(const std::string& name);
std::optional<double> fixed_sigma(const std::string& name);  // of a number, from 0.0001 to 10000
vae::SigmaKind sigma_named(const std::string& name);
vae::DecoderKind decoder_named(const std::string& name);
ConditionKind condition_named(const std::string& name);
vae::KLForm kl_form_named(const std::string& name);
BoundKind bound_named(const std::string& name);
GradientKind gradient_named(const std::string& name);
Binarization binarization_named(const std::string& name);
Split split_named(const std::string& name);

const std::string& name_of(Split split);

}  // namespace tools
