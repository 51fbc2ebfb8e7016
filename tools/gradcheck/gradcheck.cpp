// The list of what is checked: the operations from their table (ops_table.h), densities and KLs
// from theirs
// (densities_table.h), and here layers and bounds, each a function of a few parameters, at fixed places
// and on common random numbers.
#include "tools/gradcheck/gradcheck.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "autograd/custom.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tools/errors.h"
#include "tools/gradcheck/densities_table.h"
#include "tools/gradcheck/layers_table.h"
#include "tools/gradcheck/ops_table.h"
#include "tools/text.h"
#include "vae/autoregressive.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

struct Check {
  std::string name, kind;
  std::function<GradientCheck()> run;
};

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
      if (e.rsample) member("rsample", [=](const Vars& arguments) { return e.rsample(arguments, Stream()); });
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

// The bound of a small model as a function of all its weights, on common random numbers.
void add_bounds(std::vector<Check>& all) {
  for (const char* likelihood : {"bernoulli", "gaussian"})
    for (const char* form : {"analytic", "monte-carlo"})
      for (const std::vector<std::size_t>& latent :
           {std::vector<std::size_t>{2}, std::vector<std::size_t>{2, 1, 1}}) {
        vae::Architecture a;
        a.pixels = 3, a.hidden = {4}, a.latent = latent;
        a.likelihood = std::string(likelihood) == "gaussian" ? vae::LikelihoodKind::gaussian
                                                             : vae::LikelihoodKind::bernoulli;
        const vae::KLForm kl =
            std::string(form) == "analytic" ? vae::KLForm::analytic : vae::KLForm::monte_carlo;
        const bool plain = latent.size() == 1;
        const auto run = [=] {
          const std::unique_ptr<vae::Model> model =
              plain ? std::unique_ptr<vae::Model>(new vae::VAE(a, Stream()))
                    : std::make_unique<vae::AutoregressiveVAE>(a, Stream());
          const Array x = array({2, 3}, {1, 0, 1, 0, 0, 1});
          std::vector<Parameter*> at;
          for (const auto& [name, parameter] : model->parameters()) at.push_back(parameter);
          return check_gradient([&] { return vae::elbo(*model, constant(x), 2, kl, Stream()).elbo; }, at);
        };
        all.push_back(
            {std::string("elbo ") + (plain ? "VAE " : "AutoregressiveVAE ") + likelihood + " " + form,
             "bound", run});
      }
}

// Those with one of these names or kinds; all if there are no names.
std::vector<Check> checks(const std::vector<std::string>& names) {
  std::vector<Check> all, chosen;
  add_ops(all);
  add_layers(all);
  add_densities(all);
  add_bounds(all);
  if (names.empty()) return all;
  const auto is = [](const Check& check, const std::string& name) {
    return check.name == name || check.kind == name;
  };
  for (const std::string& name : names)
    if (std::none_of(all.begin(), all.end(), [&](const Check& check) { return is(check, name); }))
      throw Failure(exit_usage, "there is no gradient check named '" + name + "'; --list shows them");
  for (const Check& check : all)
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is(check, name); }))
      chosen.push_back(check);
  return chosen;
}

}  // namespace

std::vector<std::string> gradcheck_list(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (const Check& check : checks(names)) {
    const std::string line = text("%-13s %s", check.kind.c_str(), check.name.c_str());
    if (!std::count(list.begin(), list.end(), line)) list.push_back(line);
  }
  return list;
}

std::vector<GradientRow> gradcheck(const std::vector<std::string>& names) {
  std::vector<GradientRow> rows;
  for (const Check& check : checks(names)) {
    auto row =
        std::find_if(rows.begin(), rows.end(), [&](const GradientRow& r) { return r.name == check.name; });
    if (row == rows.end()) {
      rows.emplace_back();
      row = rows.end() - 1;
      row->name = check.name, row->kind = check.kind;
    }
    const GradientCheck found = check.run(), before = {row->order1, row->order2, ""};
    ++row->cases;
    if (found.excess() > before.excess()) row->worst = found.worst;
    row->order1 = std::max(row->order1, found.order1);
    row->order2 = std::max(row->order2, found.order2);
  }
  return rows;
}

std::string as_text(const std::vector<GradientRow>& rows) {
  std::string out =
      "kind          name                                                       cases   order 1   order 2\n";
  std::size_t failed = 0;
  for (const GradientRow& row : rows) {
    out += text("%-13s %-58s %5zu   %.1e   %.1e%s\n", row.kind.c_str(), row.name.c_str(), row.cases,
                row.order1, row.order2, row.ok() ? "" : "   FAILS");
    if (row.ok()) continue;
    ++failed;
    out += "              " + row.worst + "\n";
  }
  return out + text(
                   "%zu checked, %zu failed; errors are |analytic - numeric| / max(1, |numeric|), ok below "
                   "1e-6 and 1e-4\n",
                   rows.size(), failed);
}

std::string as_json(const std::vector<GradientRow>& rows) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const GradientRow& row : rows)
    out.push_back({{"name", row.name},
                   {"kind", row.kind},
                   {"cases", row.cases},
                   {"order1", row.order1},
                   {"order2", row.order2},
                   {"ok", row.ok()}});
  return out.dump();
}

}  // namespace tools
