// The models, made anew for each case.
#include "tools/court/trials.h"

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "vae/evidence/annealed.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/quadrature.h"
#include "vae/networks.h"
#include "vae/vae.h"

namespace tools {

namespace {

using namespace vae;

Trial linear(const std::vector<std::size_t>& latent) {
  const auto model = std::make_shared<LinearGaussian>(LinearGaussianSizes{3, latent}, Stream().at_epoch(20));
  return {model, array({1, 3}, {0.4, -0.8, 1.1}), [model](Var x) { return model->expected_bound(x); }};
}

Trial discrete(const DiscreteSizes& sizes) {
  const auto model = std::make_shared<Discrete>(sizes, Stream().at_epoch(20));
  // No state is so rare under q that the draws miss it, for a z-test needs many of each.
  model->visit_posterior([](const std::string&, Parameter& p) { p.update() *= Real(0.4); });
  return {model, data_of(*model, 1, 3), [model](Var x) { return model->expected_bound(x); }};
}

Trial nonlinear() {
  struct Curved : ByQuadrature {
    explicit Curved(std::shared_ptr<VAE> vae) : ByQuadrature(*vae, 128), vae(vae) {}
    std::shared_ptr<VAE> vae;  // which it reads
  };
  Architecture a;
  a.pixels = 6, a.latent = {1}, a.hidden = {8};
  const auto vae = std::make_shared<VAE>(a, Stream());
  vae->visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(2); });  // well curved
  const auto model = std::make_shared<Curved>(vae);
  return {model, data_of(*model, 1, 3), {}};
}

}  // namespace

double Trial::log_px() const {
  Evaluation scope;
  return model->log_px(constant(x)).item();
}

Array data_of(const Model& model, std::size_t n, std::uint32_t which) {
  return simulate(model, n, Stream().at_epoch(which)).x;
}

Array copies(const Array& x, std::size_t rows) {
  Evaluation scope;
  return repeat(constant(x), rows).value();
}

const std::vector<TrialEntry>& trials() {
  static const std::vector<TrialEntry> all = {
      {"linear, 1 level", [] { return linear({2}); }},
      {"linear, 3 levels",
       [] {
         return linear({2, 1, 2});
       }},
      {"3 bits",
       [] {
         return discrete({4, {3}, LatentKind::bits});
       },
       true},
      {"classes, 2 levels",
       [] {
         return discrete({4, {3, 2}, LatentKind::one_hot});
       },
       true},
      {"nonlinear", nonlinear},
  };
  return all;
}

std::vector<double> gradient_in_phi(Model& model, Var value) {
  const Gradients g = backward(sum(value));
  std::vector<double> all;
  model.visit_posterior(
      [&](const std::string&, Parameter& p) { all.insert(all.end(), g[p].begin(), g[p].end()); });
  return all;
}

std::vector<double> gradient_in_prior(Model& model, Var value) {
  const Gradients g = backward(sum(value));
  std::vector<double> all;
  model.visit_generator([&](const std::string& name, Parameter& p) {
    if (name.find("prior") == 0) all.insert(all.end(), g[p].begin(), g[p].end());
  });
  return all;
}

}  // namespace tools
