// The checks of each kind, made from the tables.
#include "tools/gradcheck/checks.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>

#include "autograd/custom.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tools/gradcheck/densities_table.h"
#include "tools/gradcheck/layers_table.h"
#include "tools/gradcheck/ops_table.h"
#include "vae/conditional.h"
#include "vae/elbo.h"
#include "vae/models.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace tools {

using namespace autograd;

namespace {

void add_ops(std::vector<Check>& all) {
  for (const OpEntry& op : all_ops())
    all.push_back({op.name(), "op", [op] { return check_gradient(op.f, op.at); }});

  const auto cube = [](Var x) {
    const auto value = [](const Array& x) {
      Array y = x;
      for (Real& v : y) v = v * v * v;
      return y;
    };
    return custom("cube", {x}, value, [](Var g, Var x) { return g * 3 * square(x); });
  };
  const Array at = nn::table_numbers({2, 3}, 0);
  all.push_back({"custom", "op", [=] {
                   return check_gradient([=](const std::vector<Var>& x) { return cube(x[0]); }, {at});
                 }});
}

// Each layer as a function of its inputs and parameters.
void add_layers(std::vector<Check>& all) {
  for (const nn::LayerEntry& layer : nn::all_layers())
    all.push_back({layer.name, "layer", [layer] {
                     std::deque<Parameter> inputs;
                     for (const Shape& shape : layer.inputs)
                       inputs.emplace_back(nn::table_numbers(shape, std::uint32_t(100 + inputs.size())));
                     std::vector<Parameter*> at;
                     for (Parameter& x : inputs) at.push_back(&x);
                     layer.visit([&](const std::string&, Parameter& parameter) { at.push_back(&parameter); });
                     return check_gradient([&] { return layer.apply({inputs.begin(), inputs.end()}); }, at);
                   }});
}

// Every member of every density, and every KL, by all parameters and by the value.
void add_densities(std::vector<Check>& all) {
  using nn::Vars;
  const auto add = [&](const std::string& kind, const std::string& name, const std::vector<Shape>& shapes,
                       const Function& f) {
    std::vector<Array> at;
    for (const Shape& shape : shapes)
      at.push_back(nn::table_numbers(shape, std::uint32_t(at.size()), -1.5, 1.5));
    all.push_back({name, kind, [=] { return check_gradient(f, at); }});
  };
  const auto but_last = [](const Vars& v) { return Vars(v.begin(), v.end() - 1); };

  const std::vector<nn::DensityEntry> densities = nn::all_densities();
  for (const nn::DensityEntry& e : densities)
    for (const Shape& x : e.at) {
      const std::vector<Shape> shapes = e.shapes(x);
      std::vector<Shape> shapes_and_x = shapes;
      shapes_and_x.push_back(x);
      // f of the arguments and of a value inside the support
      const auto with_value = [=](const std::function<Var(const Vars&, Var)>& f) {
        return [=](const Vars& v) {
          const Vars arguments = e.arguments(but_last(v));
          return f(arguments, e.value(arguments, v.back()));
        };
      };
      const auto member = [&](const char* name, const std::function<Var(const Vars&)>& f) {
        if (f)
          add("distribution", e.name + "." + name, shapes, [=](const Vars& v) { return f(e.arguments(v)); });
      };
      add("distribution", e.name + ".log_prob", shapes_and_x, with_value(e.log_prob));
      member("entropy", e.entropy);
      member("mean", e.mean);
      member("variance", e.variance);
      if (e.rsample && !e.jumps)
        member("rsample", [=](const Vars& arguments) { return e.rsample(arguments, Stream()); });
      if (e.cdf && e.cdf_by_x) add("distribution", e.name + ".cdf", shapes_and_x, with_value(e.cdf));
      if (e.cdf && !e.cdf_by_x)
        add("distribution", e.name + ".cdf", shapes, [=](const Vars& v) {
          const Var numbers = constant(nn::table_numbers(x, std::uint32_t(v.size())));
          const Vars arguments = e.arguments(v);
          return e.cdf(arguments, e.value(arguments, numbers));
        });
    }

  const auto density = [&](const std::string& name) -> const nn::DensityEntry& {
    return *std::find_if(densities.begin(), densities.end(),
                         [&](const nn::DensityEntry& e) { return e.name == name; });
  };
  for (const nn::KlEntry& pair : nn::all_kls())
    for (const Shape& x : density(pair.q).at) {
      const std::vector<Shape>& p_at = density(pair.p).at;
      if (std::find(p_at.begin(), p_at.end(), x) == p_at.end()) continue;
      std::vector<Shape> shapes = density(pair.q).shapes(x);
      const std::ptrdiff_t of_q = std::ptrdiff_t(shapes.size());
      for (const Shape& shape : density(pair.p).shapes(x)) shapes.push_back(shape);
      const auto q_arguments = density(pair.q).arguments, p_arguments = density(pair.p).arguments;
      add("kl", "kl(" + pair.q + ", " + pair.p + ")", shapes, [=](const Vars& v) {
        return pair.kl(q_arguments({v.begin(), v.begin() + of_q}), p_arguments({v.begin() + of_q, v.end()}));
      });
    }
}

// ---- models -----------------------------------------------------------------------------------------------

// How large a model is checked, on how much, and by how many directions (0: every entry).
struct ModelSize {
  const char *kind, *prefix;
  vae::NetworkKind networks;
  std::size_t pixels, hidden;       // units or channels
  std::vector<std::size_t> latent;  // of the first levels; a model with one level takes the first
  std::size_t data, samples, directions;
};

// Outputs of so many numbers for each pixel that their weights are checked by directions, and in small models
// only.
bool of_levels(vae::LikelihoodKind kind) {
  return kind == vae::LikelihoodKind::logistic_mixture || kind == vae::LikelihoodKind::categorical;
}

// Weights are checked one by one, or, where there are thousands in the smallest model, by so many directions.
std::size_t directions_for(const ModelSize& size, const vae::Architecture& a) {
  const bool many = of_levels(a.likelihood) || a.decoder == vae::DecoderKind::pixelcnn ||
                    (size.networks == vae::NetworkKind::convolutional && a.prior != &vae::standard_prior());
  return size.directions == 0 && many ? 4 : size.directions;
}

// The bound of a model as a function of all its weights. They are moved from where they begin, where some are
// 0 and the slopes of others with them.
Check bound_of(const ModelSize& size, const vae::ModelEntry& entry, vae::Architecture a, vae::KLForm form,
               const std::string& name) {
  a.pixels = size.pixels, a.hidden = {size.hidden}, a.channels = {size.hidden}, a.prior_hidden = size.hidden;
  a.networks = size.networks;
  a.latent = size.latent;
  a.latent.resize(std::min(a.latent.size(), entry.most_levels));
  a.classes = 2;
  const auto run = [=] {
    const std::unique_ptr<vae::Model> model = entry.make(a, Stream());
    Array x = uniform(Stream().at(Purpose::checking), {size.data, size.pixels});
    for (Real& pixel : x) pixel = std::round(255 * pixel) / 255;
    std::vector<Parameter*> at;
    for (const auto& [name, parameter] : model->parameters()) {
      at.push_back(parameter);
      if (name != "prior.0.images")  // which are bounded
        parameter->update() +=
            Real(0.05) *
            normal(Stream().at(Purpose::checking).at_epoch(std::uint32_t(at.size())), parameter->shape());
    }
    std::optional<Array> c;
    if (a.condition > 0) c = normal(Stream().at(Purpose::checking).second(), {size.data, a.condition});
    const vae::Given given(*model, c);
    const auto bound = [&] { return vae::elbo(given, constant(x), size.samples, form, Stream()).elbo; };
    return check_gradient(bound, at, 1e-3, directions_for(size, a));
  };
  return {size.prefix + name, size.kind, run};
}

// Every model under every likelihood and form of the KL, with every decoder, prior and posterior, and
// conditional. Below a class there is one of these models, conditional: of it a few.
void add_models(std::vector<Check>& all, const ModelSize& size) {
  const std::pair<vae::LikelihoodKind, const char*> likelihoods[] = {
      {vae::LikelihoodKind::bernoulli, " bernoulli"},
      {vae::LikelihoodKind::gaussian, " gaussian"},
      {vae::LikelihoodKind::continuous_bernoulli, " continuous-bernoulli"},
      {vae::LikelihoodKind::logistic_mixture, " logistic-mixture"},
      {vae::LikelihoodKind::categorical, " categorical"}};
  for (const vae::ModelEntry& entry : vae::models()) {
    const std::string name = entry.name;
    for (const auto& [kind, likelihood_name] : likelihoods) {
      vae::Architecture a;
      a.likelihood = kind;
      if ((of_levels(kind) && size.directions > 0) || (entry.has_class && kind != likelihoods[0].first))
        continue;
      all.push_back(bound_of(size, entry, a, vae::KLForm::analytic, name + likelihood_name + " analytic"));
      all.push_back(
          bound_of(size, entry, a, vae::KLForm::monte_carlo, name + likelihood_name + " monte-carlo"));
      a.decoder = vae::DecoderKind::pixelcnn;
      all.push_back(bound_of(size, entry, a, vae::KLForm::analytic, name + likelihood_name + " pixelcnn"));
    }
    for (const vae::PriorKind& prior : vae::priors()) {
      if (entry.has_class && !prior.closed_form) continue;
      vae::Architecture a;
      a.prior = &prior;
      if (prior.size > 0) a.prior_size = 2;
      all.push_back(bound_of(size, entry, a, vae::KLForm::mixed, name + " prior " + prior.name));
    }
    // Where draws jump from component to component there is no difference quotient: posterior_test.cpp.
    for (const vae::PosteriorKind& posterior : vae::posteriors()) {
      vae::Architecture a;
      a.posterior = &posterior, a.posterior_hidden = size.hidden;
      if (posterior.smooth && size.networks == vae::NetworkKind::dense)
        all.push_back(bound_of(size, entry, a, vae::KLForm::mixed, name + " posterior " + posterior.name));
    }
    if (entry.has_class) continue;
    vae::Architecture a;
    a.condition = 2, a.prior = &vae::prior_named("normal");
    all.push_back(bound_of(size, entry, a, vae::KLForm::analytic, name + " conditional"));
  }
}

}  // namespace

std::vector<Check> all_checks() {
  std::vector<Check> all;
  add_ops(all);
  add_layers(all);
  add_densities(all);
  using vae::NetworkKind;
  add_models(all, {"bound", "elbo ", NetworkKind::dense, 4, 4, {2, 1, 1}, 2, 2, 0});
  add_models(all, {"bound", "elbo conv ", NetworkKind::convolutional, 16, 2, {2, 1, 1}, 2, 2, 0});
  // As large as `elbo train` makes them by default: some 400,000 weights for one level.
  add_models(all, {"model", "", NetworkKind::dense, 784, 500, {20, 10, 5}, 4, 1, 4});
  add_models(all, {"model", "conv ", NetworkKind::convolutional, 784, 32, {20, 10, 5}, 4, 1, 4});
  return all;
}

}  // namespace tools
