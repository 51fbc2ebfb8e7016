// Every density of the table (tools/gradcheck/densities_table.h): it integrates to one and agrees with its
// own moments, entropy and cdf, with values from its definition in 60 digits, and with its samples, whose
// gradients agree with those of the moments. A density of nn/ that is not in the table fails by name. What is
// particular to one density is in the test of its name. Statistical checks fail true samples with probability
// 1e-6 each; seeds are fixed.
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>

#include "autograd/inspect/trace.h"
#include "nn/distributions/event.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/distributions/quadrature.h"
#include "tests/sources.h"

using namespace nn;
using namespace quadrature;

namespace {

Vars datum_of(const DensityEntry& e, std::uint32_t which) { return arguments_of(e, 1, which); }

bool finite(const Gradients& g, const Vars& xs) {
  for (const Var& x : xs)
    if (!all_finite(g[x])) return false;
  return true;
}

}  // namespace

TEST_CASE("densities: every struct of nn/ with a log_prob is in the table, once, and no other") {
  std::multiset<std::string> listed;
  for (const DensityEntry& e : all_densities()) listed.insert(e.name);
  std::set<std::string> declared;
  for (const std::string& code : nn_headers())
    for (const Match& log_prob : matches(code, "Var log_probs?\\(Var \\w+\\) const override;"))
      declared.insert(struct_around(code, log_prob.position));
  CHECK(declared.size() >= 12);
  for (const std::string& name : declared) {
    INFO(name << " has a log_prob but no entry in tools/gradcheck/densities_table.cpp");
    CHECK(listed.count(name) == 1);
  }
  for (const std::string& name : listed) {
    INFO(name << " has an entry in tools/gradcheck/densities_table.cpp but is not a struct with log_prob");
    CHECK(declared.count(name) == 1);
  }
}

TEST_CASE("densities: each integrates or sums to one, and its mean, variance and entropy are the integrals") {
  for (const DensityEntry& e : all_densities())
    for (std::uint32_t which = 0; which < 4; ++which) {
      Evaluation scope;
      INFO(e.name << " " << which);
      const Vars arguments = datum_of(e, which);
      const Nodes at = nodes_of(e, arguments);
      REQUIRE(!at.weight.empty());
      const std::vector<Real> log_p = log_probs(e, arguments, at.x);
      const std::size_t width = element_count(e.event);
      const auto expected = [&](const auto& f) {
        double sum = 0;
        for (std::size_t i = 0; i < log_p.size(); ++i)
          if (log_p[i] > -700) sum += at.weight[i] * std::exp(log_p[i]) * f(i);
        return sum;
      };
      CHECK(std::abs(expected([](std::size_t) { return 1; }) - 1) < 1e-9);
      if (e.entropy) {
        const double entropy = expected([&](std::size_t i) { return -log_p[i]; });
        CHECK(std::abs(e.entropy(arguments).item() - entropy) < 1e-8);
      }
      CHECK(bool(e.mean) == bool(e.variance));
      if (!e.mean) continue;
      for (std::size_t j = 0; j < width; ++j) {
        const double mean = expected([&](std::size_t i) { return at.x[i * width + j]; });
        const double variance =
            expected([&](std::size_t i) { return std::pow(at.x[i * width + j] - mean, 2); });
        CHECK(e.mean(arguments).value().data()[j] == Approx(mean).epsilon(1e-8).margin(1e-9));
        CHECK(e.variance(arguments).value().data()[j] == Approx(variance).epsilon(1e-8).margin(1e-12));
      }
    }
}

TEST_CASE("densities: the cdf is the integral or the sum below, 0 before the support and 1 after it") {
  for (const DensityEntry& e : all_densities()) {
    if (!e.cdf) continue;
    Evaluation scope;
    CHECK(e.cdf(datum_of(e, 0), events(e, {1e4})).item() == Approx(1).epsilon(1e-15));
    for (std::uint32_t which = 0; which < 3; ++which) {
      Evaluation scope;
      const Vars arguments = datum_of(e, which);
      for (const Real at : {-100.0, -1.3, -0.4, 0.0, 0.3, 0.8, 1.0, 2.6, 12.0}) {
        INFO(e.name << " " << which << " at " << at);
        const Nodes all = nodes_of(e, arguments, {at});
        const std::vector<Real> log_p = log_probs(e, arguments, all.x);
        double below = 0;
        for (std::size_t i = 0; i < log_p.size(); ++i)
          if (all.x[i] <= at) below += all.weight[i] * std::exp(log_p[i]);
        CHECK(std::abs(e.cdf(arguments, events(e, {at})).item() - below) < 1e-8);
      }
    }
  }
}

TEST_CASE("densities: at least 50 points each agree with the definition, tails included") {
  std::ifstream file(ELBO_SOURCE_DIR "/tests/golden/densities.txt");
  REQUIRE(file);
  const std::vector<DensityEntry> all = all_densities();
  std::map<std::string, std::size_t> points;
  const DensityEntry* e = nullptr;
  std::vector<Real> numbers, x;
  std::string block;
  for (std::string line; std::getline(file, line);) {
    std::stringstream words(line);
    std::string first;
    words >> first;
    std::vector<Real> row;
    for (std::string word; words >> word;) row.push_back(Real(std::strtod(word.c_str(), nullptr)));
    if (first == "x") {
      x = row;
    } else if (first == "log_prob" || first == "cdf") {
      Evaluation scope;
      Vars arguments;
      std::size_t used = 0;
      for (const Shape& shape : e->shapes(shape_of(1, e->event))) {
        const std::size_t count = element_count(shape);
        arguments.push_back(constant(array(shape, {numbers.begin() + used, numbers.begin() + used + count})));
        used += count;
      }
      const Var at = events(*e, x);
      const Vars each = repeated(arguments, at.rows());
      REQUIRE((first == "log_prob" || e->cdf));
      const std::vector<Real> found =
          values_of((first == "cdf" ? e->cdf(each, at) : e->log_prob(each, at)).value());
      REQUIRE(found.size() == row.size());
      const std::size_t width = x.size() / row.size();
      for (std::size_t i = 0; i < row.size(); ++i) {
        INFO(block << ": " << first << " at " << x[i * width] << (width > 1 ? " …" : ""));
        if (std::isinf(row[i])) CHECK(found[i] == row[i]);
        if (!std::isinf(row[i]))
          CHECK(found[i] == Approx(row[i]).epsilon(2e-12).margin(first == "cdf" ? 1e-300 : 1e-13));
      }
      if (first == "log_prob") points[e->name] += row.size();
    } else {
      e = &density_named(all, first);
      block = line, numbers = row;
    }
  }
  for (const DensityEntry& e : all) {
    INFO(e.name << " has " << points[e.name] << " golden points");
    CHECK(points[e.name] >= 50);
  }
}

TEST_CASE(
    "densities: at -100 … 100, value and gradient are finite inside the support; outside log p is -inf") {
  for (const DensityEntry& e : all_densities())
    for (std::uint32_t which = 0; which < 3; ++which) {
      Step step;
      Vars arguments;
      for (const Var& v : datum_of(e, which)) arguments.push_back(variable(v.value()));
      const auto check = [&](const std::vector<Real>& at, bool inside) {
        INFO(e.name << " " << which << " at " << at[0]);
        const Var x = variable(events(e, at).value()), log_p = e.log_prob(arguments, x);
        if (!inside) CHECK(log_p.item() == -infinity);
        if (!inside) return;
        CHECK(std::isfinite(log_p.item()));
        Vars with_x = arguments;
        with_x.push_back(x);
        CHECK(finite(backward(log_p), with_x));
      };
      if (e.event == Shape{1}) {
        const std::vector<double> ends = e.breaks ? e.breaks(numbers_of(arguments)) : std::vector<double>{};
        for (const Real at : {-100.0, -30.0, -1.1, -0.5, 1e-9, 0.3, 0.7, 1.1, 30.0, 100.0})
          if (e.breaks)
            check({at}, ends.front() <= at && at <= ends.back());
          else if (std::abs(at) > 1)
            check({at}, false);
      }
      for (const std::vector<Real>& x : e.outcomes) check(x, true);
      if (e.event == Shape{2})
        for (const Real at : {-100.0, 100.0}) check({at, -0.5}, true), check({at, at}, true);
      if (e.event == Shape{3}) {
        check({0.2, 0.5, 0.3}, true);
        for (const std::vector<Real>& x : {std::vector<Real>{0.2, 0.5, 0.4},
                                           {1, 1, 0},
                                           {-0.1, 0.6, 0.5},
                                           {0, 0, 0},
                                           {100, -99, 0},
                                           {infinity, -infinity, 1}})
          check(x, false);
      }
    }
}

TEST_CASE("densities: parameters that may be any number give finite values and gradients at -100 and 100") {
  for (const DensityEntry& e : all_densities()) {
    if (e.name == "MultivariateNormal") continue;  // its factor needs a positive diagonal
    const std::size_t count = e.shapes(shape_of(1, e.event)).size();
    for (std::size_t k = 0; k < count; ++k)
      for (const Real extreme : {-100.0, 100.0}) {
        Step step;
        INFO(e.name << ", parameter " << k << " at " << extreme);
        Vars arguments;
        for (const Var& v : datum_of(e, 0)) arguments.push_back(variable(v.value()));
        arguments[k] = variable(full(arguments[k].shape(), extreme));
        const Var x = e.value(arguments, constant(normal(Stream(), shape_of(1, e.event)))),
                  log_p = e.log_prob(arguments, x);
        CHECK(std::isfinite(log_p.item()));
        CHECK(finite(backward(log_p), arguments));
      }
  }
}

TEST_CASE("densities: infinite and extreme parameters are refused by name, or nothing is NaN") {
  const auto no_nan = [](const Var& y) {
    for (const Real v : values_of(y.value()))
      if (std::isnan(v)) return false;
    return true;
  };
  std::size_t refused = 0, accepted = 0;
  for (const DensityEntry& e : all_densities())
    for (std::size_t k = 0; k < e.shapes(shape_of(1, e.event)).size(); ++k)
      for (const Real extreme :
           {-infinity, infinity, -1e300, 1e300, -1e18, 1e18, -1399.0, 1399.0, -720.0, 720.0})
        for (const bool everywhere : {true, false}) {
          Step step;
          INFO(e.name << ", parameter " << k << " at " << extreme << (everywhere ? "" : " in the last"));
          Vars arguments;
          for (const Var& v : datum_of(e, 0)) arguments.push_back(variable(v.value()));
          Array numbers = arguments[k].value();
          for (std::size_t i = everywhere ? 0 : numbers.size() - 1; i < numbers.size(); ++i)
            numbers.data()[i] = extreme;
          arguments[k] = variable(numbers);
          try {
            for (const Real at : {-0.5, 0.0, 0.3}) {
              const Var number = constant(full(shape_of(1, e.event), at)), x = e.value(arguments, number),
                        log_p = e.log_prob(arguments, x);
              CHECK(no_nan(log_p));
              if (std::isfinite(log_p.item())) {
                const Gradients g = backward(log_p);
                for (const Var& a : arguments) CHECK(no_nan(constant(g[a])));
              }
              if (e.cdf) CHECK(no_nan(e.cdf(arguments, x)));
            }
            const Array sample = e.sample(arguments, Stream());
            CHECK(no_nan(constant(sample)));
            for (const auto& member : {e.entropy, e.mean, e.variance})
              if (member) CHECK(no_nan(member(arguments)));
            if (e.entropy && std::isfinite(e.entropy(arguments).item())) {
              const Gradients g = backward(e.entropy(arguments));
              for (const Var& a : arguments) CHECK(no_nan(constant(g[a])));
            }
            ++accepted;
          } catch (const std::domain_error& refusal) {
            CHECK(std::string(refusal.what()).front() == '[');
            ++refused;
          }
        }
  CHECK(refused > 50);
  CHECK(accepted > 50);
}

TEST_CASE("densities: log p of NaN is NaN") {
  for (const DensityEntry& e : all_densities()) {
    Evaluation scope;
    INFO(e.name);
    std::vector<Real> x(element_count(e.event), std::numeric_limits<Real>::quiet_NaN());
    CHECK(std::isnan(log_probs(e, datum_of(e, 0), x)[0]));
  }
}

TEST_CASE("densities: at infinity, in all elements or in the last, log p is -inf and F is 0 or 1") {
  for (const DensityEntry& e : all_densities())
    for (const double end : {-infinity, infinity})
      for (const bool everywhere : {true, false}) {
        Evaluation scope;
        INFO(e.name << " at " << end << (everywhere ? "" : " in the last"));
        const Vars arguments = datum_of(e, 0);
        std::vector<Real> x(element_count(e.event), everywhere ? end : 0);
        x.back() = end;
        CHECK(e.log_prob(arguments, events(e, x)).item() == -infinity);
        if (e.cdf) CHECK(e.cdf(arguments, events(e, x)).item() == (end > 0 ? 1 : 0));
      }
}

TEST_CASE("densities: 1e5 samples follow the cdf or the probabilities, and are those of rsample") {
  const std::size_t n = 100000;
  for (const DensityEntry& e : all_densities()) {
    Evaluation scope;
    INFO(e.name);
    const Vars arguments = datum_of(e, 1);
    const Array z = e.sample(repeated(arguments, n), Stream());
    REQUIRE(z.shape() == shape_of(n, e.event));
    if (e.rsample) CHECK(same(z, e.rsample(repeated(arguments, n), Stream()).value()));
    if (e.breaks && !e.cdf) {
      // without a cdf: counts between 20 other samples, against the integrals there
      std::vector<double> found(21, 0.0), expected(21, 0.0);
      std::vector<Real> others = values_of(e.sample(repeated(arguments, 20), Stream().at_epoch(1)));
      std::sort(others.begin(), others.end());
      const auto bin = [&](Real x) {
        return std::upper_bound(others.begin(), others.end(), x) - others.begin();
      };
      for (const Real x : values_of(z)) ++found[bin(x)];
      const Nodes all = nodes_of(e, arguments, {others.begin(), others.end()});
      const std::vector<Real> log_p = log_probs(e, arguments, all.x);
      for (std::size_t i = 0; i < log_p.size(); ++i)
        expected[bin(all.x[i])] += double(n) * all.weight[i] * std::exp(log_p[i]);
      CHECK(counts_agree(found, expected));
    } else if (e.breaks) {
      const std::vector<Real> u = values_of(e.cdf(repeated(arguments, n), constant(z)).value());
      CHECK(kolmogorov_accepts(u, [](double x) { return x; }));
    } else if (!e.outcomes.empty()) {
      const Nodes all = nodes_of(e, arguments);
      const std::vector<Real> log_p = log_probs(e, arguments, all.x);
      const std::size_t width = element_count(e.event);
      std::map<std::vector<Real>, std::size_t> place;
      std::vector<double> found(log_p.size(), 0.0), expected;
      for (std::size_t k = 0; k < log_p.size(); ++k) {
        place[{all.x.begin() + k * width, all.x.begin() + (k + 1) * width}] = k;
        expected.push_back(double(n) * std::exp(log_p[k]));
      }
      for (std::size_t i = 0; i < n; ++i) {
        const auto at = place.find({z.data() + i * width, z.data() + (i + 1) * width});
        REQUIRE(at != place.end());
        ++found[at->second];
      }
      CHECK(counts_agree(found, expected));
    } else if (e.name == "MultivariateNormal" || e.name == "Autoregressive") {
      // L⁻¹(z − μ), or (z₀ − μ₀) / σ₀ and (z₁ − μ₁ − tanh z₀) / σ₁: two independent standard normal numbers
      const std::vector<double> p = numbers_of(arguments);
      std::vector<double> u, v, uv;
      for (std::size_t i = 0; i < n; ++i) {
        const bool is_chain = e.name == "Autoregressive";
        u.push_back((z(i, 0) - p[0]) / (is_chain ? std::exp(p[2] / 2) : p[2]));
        v.push_back(is_chain ? (z(i, 1) - p[1] - std::tanh(z(i, 0))) / std::exp(p[3] / 2)
                             : (z(i, 1) - p[1] - p[4] * u[i]) / p[5]);
        uv.push_back(u[i] * v[i]);
      }
      CHECK(kolmogorov_accepts(u, normal_cdf));
      CHECK(kolmogorov_accepts(v, normal_cdf));
      CHECK(average(uv).agrees_with(0));
    } else {
      // log x₁/x₂ of a relaxed one-hot is logistic, with the mean (l₁ − l₂) / τ and the scale 1 / τ.
      REQUIRE(e.name == "RelaxedOneHot");
      std::vector<double> ratio;
      for (std::size_t i = 0; i < n; ++i) ratio.push_back(std::log(z(i, 0) / z(i, 1)));
      const std::vector<double> l = numbers_of(arguments);
      CHECK(kolmogorov_accepts(ratio, [&](double x) { return 1 / (1 + std::exp(l[0] - l[1] - 0.7 * x)); }));
    }
  }
}

// E z² = variance + mean², or the integral of p(z) z² where these have no closed form. Both sides have the
// same gradient in the parameters.
TEST_CASE("densities: the gradient through 1e5 samples is that of the second moment") {
  const std::size_t n = 100000;
  for (const DensityEntry& e : all_densities()) {
    if (!e.rsample) continue;
    Step step;
    const Vars one = datum_of(e, 2);
    Vars leaves, each;
    for (const Var& v : one) leaves.push_back(variable(v.value()));
    for (const Var& v : repeated(one, n)) each.push_back(variable(v.value()));
    const auto integral = [&] {
      const Nodes at = nodes_of(e, one);
      const Var x = events(e, at.x), weight = constant(array({at.weight.size()}, at.weight));
      return sum(weight * exp(e.log_prob(repeated(leaves, at.weight.size()), x)) * sum(square(x), {1}));
    };
    const Gradients exact = backward(e.mean ? sum(e.variance(leaves) + square(e.mean(leaves))) : integral());
    const Gradients sampled = backward(sum(square(e.rsample(each, Stream()))));
    for (std::size_t k = 0; k < one.size(); ++k) {
      INFO(e.name << ", parameter " << k);
      const std::size_t width = one[k].value().size();
      for (std::size_t j = 0; j < width; ++j) {
        std::vector<double> column;
        for (std::size_t i = 0; i < n; ++i) column.push_back(sampled[each[k]].data()[i * width + j]);
        CHECK(average(column).agrees_with(exact[leaves[k]].data()[j]));
      }
    }
  }
}

// z(θ) with F(z(θ); θ) = u for a fixed u: the total derivatives of F in θ are 0, to second order.
TEST_CASE("densities: a sample moves with the parameters so that it keeps its quantile") {
  for (const DensityEntry& e : all_densities()) {
    if (!e.rsample || !e.cdf) continue;
    Step step;
    INFO(e.name);
    Vars leaves;
    for (const Var& v : arguments_of(e, 50, 3)) leaves.push_back(variable(v.value()));
    const Var u = sum(e.cdf(leaves, e.rsample(leaves, Stream())));
    Var slopes = constant(zeros({}));
    for (const Var& slope : grad(u, leaves)) {
      for (const Real s : values_of(slope.value())) CHECK(std::abs(s) < 1e-11);
      slopes = slopes + sum(slope);
    }
    for (const Var& bend : grad(slopes, leaves))
      for (const Real b : values_of(bend.value())) CHECK(std::abs(b) < 1e-9);
  }
}

TEST_CASE("densities: everything sums over the event, of any number of axes, to [B]") {
  for (const DensityEntry& e : all_densities()) {
    Evaluation scope;
    INFO(e.name);
    for (const Shape& shape : e.at) {
      Vars numbers;
      for (const Shape& s : e.shapes(shape))
        numbers.push_back(constant(normal(Stream().at_epoch(std::uint32_t(numbers.size())), s)));
      const Vars arguments = e.arguments(numbers);
      const Var x = e.value(arguments, constant(normal(Stream(), shape))), log_p = e.log_prob(arguments, x);
      CHECK(log_p.shape() == Shape{shape[0]});
      if (e.entropy) CHECK(e.entropy(arguments).shape() == Shape{shape[0]});
      if (e.mean) CHECK(e.mean(arguments).shape() == shape);
      if (e.variance) CHECK(e.variance(arguments).shape() == shape);
      if (e.cdf) CHECK(e.cdf(arguments, x).shape() == shape);
      CHECK(e.sample(arguments, Stream()).shape() == shape);
      // the second datum alone
      if (shape[0] < 2) continue;
      Vars second;
      for (const Var& v : arguments) second.push_back(slice(v, 0, 1, 2));
      CHECK(e.log_prob(second, slice(x, 0, 1, 2)).item() == Approx(log_p.value()(1)).epsilon(1e-13));
    }
  }
}

TEST_CASE(
    "densities: a value of another shape is refused with both shapes, and nothing broadcasts silently") {
  for (const DensityEntry& e : all_densities()) {
    Evaluation scope;
    INFO(e.name);
    Vars numbers;
    for (const Shape& s : e.shapes({4, 3})) numbers.push_back(constant(zeros(s)));
    const Vars arguments = e.arguments(numbers);
    for (const Shape& wrong : {Shape{4, 1}, Shape{1, 3}, Shape{3}, Shape{4, 3, 1}}) {
      const auto message =
          message_of<std::invalid_argument>([&] { e.log_prob(arguments, constant(zeros(wrong))); });
      CHECK(says(message, {".log_prob", to_string(wrong).c_str(), "[4,3]"}));
      if (e.cdf) CHECK_THROWS_AS(e.cdf(arguments, constant(zeros(wrong))), std::invalid_argument);
    }
    if (numbers.size() > 1 && e.shapes({4, 3}) == std::vector<Shape>(numbers.size(), Shape{4, 3})) {
      Vars one_wrong = arguments;
      one_wrong[1] = constant(full({4, 1}, 2));
      CHECK(says(message_of<std::invalid_argument>([&] {
                   e.log_prob(one_wrong, constant(zeros({4, 3})));
                 }),
                 {"[4,1]", "[4,3]"}));
    }
  }
}
