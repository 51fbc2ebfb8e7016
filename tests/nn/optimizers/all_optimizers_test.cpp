// Every optimizer of the table (by_name.h): 20 steps are PyTorch's (tests/golden/optimizers.py says on which
// loss), it ends at the optimum of a parabola, and it resumes from its state.
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "autograd/ops.h"
#include "nn/optimizers/by_name.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace nn;

namespace {

constexpr int steps = 20;

// A case of the table of PyTorch's numbers: an optimizer, its options, and θ after each step.
struct Golden {
  std::string name;
  std::map<std::string, double> options;
  double theta[steps][3];
};

const std::vector<Golden>& golden() {
  static const std::vector<Golden> all = [] {
    std::vector<Golden> cases;
    std::ifstream file(ELBO_SOURCE_DIR "/tests/golden/optimizers.txt");
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (word != "case") continue;
      Golden& g = cases.emplace_back();
      words >> g.name;
      while (words >> word)
        g.options[word.substr(0, word.find('='))] = std::stod(word.substr(word.find('=') + 1));
      for (auto& row : g.theta)
        for (double& number : row) file >> number;
      if (!file) throw std::runtime_error("the table ends within " + line);
    }
    return cases;
  }();
  return all;
}

std::string text(const Golden& g) {
  std::ostringstream out;
  out << g.name;
  for (const auto& [key, value] : g.options) out << ' ' << key << '=' << value;
  return out.str();
}

OptimizerSettings settings(const std::map<std::string, double>& options) {
  const auto of = [&](const char* key) {
    return options.count(key) ? std::optional<double>(options.at(key)) : std::nullopt;
  };
  return {of("momentum"), of("beta1"), of("beta2"), of("epsilon"), of("weight_decay")};
}

// ½ Σ c (θ − o)²
Var parabola(const Var& theta, const std::vector<Real>& c, const std::vector<Real>& o) {
  const Shape shape = {c.size()};
  return 0.5 * sum(constant(array(shape, c)) * square(theta - constant(array(shape, o))));
}

void descend(Optimizer& optimizer, const std::function<Var()>& loss) {
  Step step;
  optimizer.step(backward(loss()));
}

}  // namespace

TEST_CASE("optimizers: twenty steps are PyTorch's", "[optimizers]") {
  for (const Golden& g : golden()) {
    INFO(text(g));
    Parameter a(array({2}, {1, -1})), b(array({1}, {7}));
    const NamedParameters parameters = {{"a", &a}, {"b", &b}};
    const auto optimizer =
        optimizer_named(g.name).make(parameters, g.options.at("alpha"), settings(g.options));
    for (int t = 0; t < steps; ++t) {
      Step step;
      const Gradients gradients = backward(parabola(a, {1, 10}, {0, 1}) + parabola(b, {0.1}, {2}) +
                                           sum(sin(3 * Var(a))) + sum(sin(3 * Var(b))));
      Clip clip;
      if (g.options.count("clip_norm"))
        clip.scale = scale_to_norm(gradient_norm(parameters, gradients), g.options.at("clip_norm"));
      if (g.options.count("clip_value")) clip.limit = g.options.at("clip_value");
      optimizer->step(gradients, clip);
      if (g.options.count("decay")) optimizer->alpha *= g.options.at("decay");
      INFO("step " << t + 1);
      const Real theta[] = {a.value()(0), a.value()(1), b.value()(0)};
      for (int i = 0; i < 3; ++i) CHECK(std::abs(theta[i] - g.theta[t][i]) < 1e-10 * std::abs(g.theta[t][i]));
    }
  }
}

// With its defaults, with all other settings, with a changing α, and clipped.
TEST_CASE("optimizers: every one has cases in PyTorch's table", "[optimizers]") {
  REQUIRE(optimizers().size() >= 8);
  for (const OptimizerKind& kind : optimizers()) {
    int defaults = 0, others = 0, changing = 0, clipped = 0;
    for (const Golden& g : golden()) {
      if (g.name != kind.name) continue;
      bool all = true, none = true;
      const OptimizerSettings s = settings(g.options);
      for (const auto& [of_case, of_kind] : {std::pair(s.momentum, kind.defaults.momentum),
                                             {s.beta1, kind.defaults.beta1},
                                             {s.beta2, kind.defaults.beta2},
                                             {s.epsilon, kind.defaults.epsilon},
                                             {s.weight_decay, kind.defaults.weight_decay}}) {
        CHECK(of_case.has_value() == of_kind.has_value());
        if (of_kind) (of_case == of_kind ? none : all) = false;
      }
      defaults += all, others += none;
      changing += g.options.count("decay") > 0;
      clipped += g.options.count("clip_norm") + g.options.count("clip_value") > 0;
    }
    INFO("tests/golden/optimizers.py lacks " << kind.name);
    CHECK(defaults > 0);
    CHECK(others > 0);
    CHECK(changing > 0);
    CHECK(clipped > 0);
  }
}

// The steps of some do not shrink by themselves, so α does, linearly to 0.
TEST_CASE("optimizers: every one ends at the optimum of a parabola", "[optimizers]") {
  const std::vector<Real> optimum = {0, 1, 2};
  for (const OptimizerKind& kind : optimizers()) {
    INFO(kind.name);
    OptimizerSettings s = kind.defaults;
    s.weight_decay = 0;
    Parameter theta(array({3}, {1, -1, 4}));
    const auto optimizer = kind.make({{"theta", &theta}}, 0, s);
    const int count = 4000;
    for (int t = 0; t < count; ++t) {
      optimizer->alpha = 0.1 * (1 - t / double(count));
      descend(*optimizer, [&] { return parabola(theta, {1, 10, 0.3}, optimum); });
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(theta.value()(i) - optimum[i]) < 1e-3);
  }
}

TEST_CASE("optimizers: every one resumes from its state bit for bit", "[optimizers]") {
  for (const OptimizerKind& kind : optimizers()) {
    INFO(kind.name);
    OptimizerSettings s = kind.defaults;
    if (s.momentum) s.momentum = 0.9;
    Parameter theta(array({3}, {1, -1, 4})), resumed;
    const auto whole = kind.make({{"theta", &theta}}, 0.05, s),
               other = kind.make({{"theta", &resumed}}, 0.05, s);
    const auto down = [](Optimizer& optimizer, const Parameter& theta) {
      descend(optimizer, [&] { return parabola(theta, {1, 10, 0.3}, {0, 1, 2}); });
    };
    for (int t = 0; t < 7; ++t) down(*whole, theta);
    resumed = theta;
    REQUIRE_THROWS_AS(down(*other, resumed), std::invalid_argument);  // made for another shape

    const auto second = kind.make({{"theta", &resumed}}, 0.05, s);
    std::map<std::string, Array> state;
    whole->visit_state([&](const std::string& name, Array& a) { state[name] = a; });
    CHECK(state.size() == kind.arrays);
    second->visit_state([&](const std::string& name, Array& a) { a = state.at(name); });
    second->steps = whole->steps;
    for (int t = 0; t < 5; ++t) down(*whole, theta), down(*second, resumed);
    CHECK(same(theta.value(), resumed.value()));
    CHECK(second->steps == 12);
  }
}

// The loop is vectorized, so other code runs for the end of an array than for its middle.
TEST_CASE("optimizers: every number of an array of any length takes the same step", "[optimizers]") {
  for (const OptimizerKind& kind : optimizers())
    for (const std::size_t n : {0u, 1u, 7u, 8u, 9u, 33u, 1001u}) {
      INFO(kind.name << " " << n);
      Parameter w(full({n}, 2));
      const auto optimizer = kind.make({{"w", &w}}, 0.01, kind.defaults);
      for (int t = 0; t < 3; ++t) descend(*optimizer, [&] { return sum(square(Var(w))); });
      for (const Real v : values_of(w.value())) REQUIRE(v == Approx(w.value()(0)).epsilon(1e-14));
      if (n) CHECK(w.value()(0) < 2);
    }
}

TEST_CASE("optimizers: without weight decay, parameters that the loss does not depend on stay",
          "[optimizers]") {
  for (const OptimizerKind& kind : optimizers()) {
    INFO(kind.name);
    OptimizerSettings s = kind.defaults;
    s.weight_decay = 0;
    Parameter theta(array({1}, {1})), idle(full({2, 3}, 4));
    const auto optimizer = kind.make({{"theta", &theta}, {"idle", &idle}}, 0.1, s);
    for (int t = 0; t < 3; ++t) descend(*optimizer, [&] { return parabola(theta, {1}, {0}); });
    CHECK(same(idle.value(), full({2, 3}, 4)));
  }
}
