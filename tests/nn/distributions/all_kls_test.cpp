// Every KL of the table (tools/gradcheck/densities_table.h) against the integral or the sum of q log q/p. An
// overload of kl in nn/ that is not in the table fails by name. The limits of one family's KL are in the test
// of its name.
#include <cctype>
#include <cmath>
#include <set>
#include <stdexcept>

#include "nn/distributions/event.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/quadrature.h"
#include "tests/sources.h"

using namespace nn;
using namespace quadrature;

namespace {

// "ContinuousBernoulli" -> "continuous_bernoulli"
std::string in_messages(const std::string& name) {
  std::string all;
  for (const char c : name) {
    if (std::isupper(c) && !all.empty()) all += '_';
    all += char(std::tolower(c));
  }
  return all;
}

// p with the event of q
DensityEntry on_events_of(const DensityEntry& q, DensityEntry p) {
  p.event = q.event;
  return p;
}

// Σ weight q (log q − log p)
double integral(const DensityEntry& q, const Vars& a, const DensityEntry& p, const Vars& b, const Nodes& at) {
  const std::vector<Real> log_q = log_probs(q, a, at.x), log_p = log_probs(p, b, at.x);
  double sum = 0;
  for (std::size_t i = 0; i < log_q.size(); ++i)
    if (log_q[i] > -700) sum += at.weight[i] * std::exp(log_q[i]) * (log_q[i] - log_p[i]);
  return sum;
}

}  // namespace

TEST_CASE("kl: every overload of nn/ is in the table, once, and no other") {
  std::multiset<std::string> listed;
  for (const KlEntry& pair : all_kls()) listed.insert(pair.q + " || " + pair.p);
  std::set<std::string> declared;
  for (const std::string& code : nn_headers())
    for (const Match& overload : matches(code, "Var kl\\(const (\\w+)& \\w+, const (\\w+)& \\w+\\);"))
      declared.insert(overload.groups[1] + " || " + overload.groups[2]);
  CHECK(declared.size() >= 8);
  for (const std::string& name : declared) {
    INFO("kl(" << name << ") is declared but has no entry in tools/gradcheck/densities_table.cpp");
    CHECK(listed.count(name) == 1);
  }
  for (const std::string& name : listed) {
    INFO("kl(" << name << ") has an entry in tools/gradcheck/densities_table.cpp but is not declared");
    CHECK(declared.count(name) == 1);
  }
}

TEST_CASE("kl: each is the integral or the sum of q log q/p") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls())
    for (std::uint32_t which = 0; which < 6; ++which) {
      Evaluation scope;
      INFO("kl(" << pair.q << ", " << pair.p << ") " << which);
      const DensityEntry& q = density_named(densities, pair.q);
      const DensityEntry p = on_events_of(q, density_named(densities, pair.p));
      const Vars a = arguments_of(q, 1, which), b = arguments_of(p, 1, 100 + which);
      const std::vector<double> breaks = p.breaks ? p.breaks(numbers_of(b)) : std::vector<double>{};
      const double truth = integral(q, a, p, b, nodes_of(q, a, breaks));
      CHECK(std::abs(pair.kl(a, b).item() - truth) < 1e-8 * std::max(1.0, truth));
      CHECK(pair.kl_closed_form(a, b).item() == pair.kl(a, b).item());
    }
}

TEST_CASE("kl: of two independent variables to a correlated normal is the integral over the plane") {
  const std::vector<DensityEntry> densities = all_densities();
  const DensityEntry p = density_named(densities, "MultivariateNormal");
  std::size_t count = 0;
  for (const KlEntry& pair : all_kls())
    for (std::uint32_t which = 0; which < 3; ++which) {
      if (pair.p != p.name || pair.q == p.name) continue;
      Evaluation scope;
      ++count;
      INFO("kl(" << pair.q << ", " << pair.p << ") " << which);
      const DensityEntry& one = density_named(densities, pair.q);
      const DensityEntry q = on_events_of(p, one);
      const Vars a = arguments_of(q, 1, which), b = arguments_of(p, 1, 100 + which);

      // Nodes for each variable, without those where q is negligible; then all pairs of them.
      Nodes line[2], plane;
      for (std::ptrdiff_t k = 0; k < 2; ++k) {
        Vars each;
        for (const Var& v : a) each.push_back(slice(v, 1, k, k + 1));
        const Nodes all = nodes_of(one, each);
        const std::vector<Real> log_q = log_probs(one, each, all.x);
        for (std::size_t i = 0; i < all.x.size(); ++i)
          if (all.weight[i] * std::exp(log_q[i]) > 1e-16)
            line[k].x.push_back(all.x[i]), line[k].weight.push_back(all.weight[i]);
      }
      for (std::size_t i = 0; i < line[0].x.size(); ++i)
        for (std::size_t j = 0; j < line[1].x.size(); ++j) {
          plane.x.push_back(line[0].x[i]), plane.x.push_back(line[1].x[j]);
          plane.weight.push_back(line[0].weight[i] * line[1].weight[j]);
        }
      const double truth = integral(q, a, p, b, plane);
      CHECK(std::abs(pair.kl(a, b).item() - truth) < 1e-8 * std::max(1.0, truth));
    }
  CHECK(count > 0);
}

TEST_CASE("kl: of equal densities of one family it is exactly 0, of others it is never below 0") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls()) {
    Evaluation scope;
    INFO("kl(" << pair.q << ", " << pair.p << ")");
    const DensityEntry& q = density_named(densities, pair.q);
    const DensityEntry p = on_events_of(q, density_named(densities, pair.p));
    const Vars a = arguments_of(q, 1000, 1);
    const Var found = pair.kl(a, arguments_of(p, 1000, 2));
    REQUIRE(found.shape() == Shape{1000});
    for (const Real k : values_of(found.value())) CHECK(k >= 0);
    if (pair.q == pair.p)  // (a matrix of products may round)
      for (const Real k : values_of(pair.kl(a, a).value()))
        CHECK(k <= (pair.q == "MultivariateNormal" ? 1e-12 : 0));
  }
}

// By less than the rounding of the parameters to more than that.
TEST_CASE("kl: of nearly equal densities of one family it is never below 0") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls())
    for (const Real distance : {1e-17, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3}) {
      if (pair.q != pair.p) continue;
      Evaluation scope;
      INFO("kl(" << pair.q << ", " << pair.p << ") of parameters " << distance << " apart");
      const Vars a = arguments_of(density_named(densities, pair.q), 1000, 1);
      Vars b;
      for (const Var& v : a)
        b.push_back(v + distance * constant(normal(Stream().at_epoch(std::uint32_t(b.size())), v.shape())));
      for (const Real k : values_of(pair.kl(a, b).value())) CHECK(k >= 0);
    }
}

TEST_CASE("kl: of infinite and extreme parameters is refused by name, or not NaN and never below 0") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls()) {
    const DensityEntry& q = density_named(densities, pair.q);
    const DensityEntry p = on_events_of(q, density_named(densities, pair.p));
    const auto extreme = [](Vars v, std::size_t k, Real value) {
      if (k >= v.size()) return v;
      Array numbers = v[k].value();
      numbers.data()[numbers.size() - 1] = value;
      v[k] = constant(numbers);
      return v;
    };
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j)
        for (const Real u : {-infinity, infinity, -1e300, 1e300, -1399.0, 1399.0})
          for (const Real v : {-infinity, infinity, -1e300, 1e300, -1399.0, 1399.0}) {
            Evaluation scope;
            INFO("kl(" << pair.q << ", " << pair.p << ") of parameter " << i << " at " << u << " and " << j
                       << " at " << v);
            try {
              const Vars a = extreme(arguments_of(q, 1, 1), i, u), b = extreme(arguments_of(p, 1, 2), j, v);
              const Real found = pair.kl(a, b).item();
              CHECK(found >= 0);
            } catch (const std::domain_error& refusal) {
              CHECK(std::string(refusal.what()).front() == '[');
            }
          }
  }
}

TEST_CASE("kl: sums over the event to [B], and nothing broadcasts silently") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls()) {
    Evaluation scope;
    INFO("kl(" << pair.q << ", " << pair.p << ")");
    const auto arguments = [&](const std::string& name, const Shape& shape) {
      const DensityEntry& e = density_named(densities, name);
      Vars numbers;
      for (const Shape& s : e.shapes(shape)) numbers.push_back(constant(normal(Stream(), s)));
      return e.arguments(numbers);
    };
    const Vars q = arguments(pair.q, {4, 3});
    CHECK(pair.kl(q, arguments(pair.p, {4, 3})).shape() == Shape{4});
    const auto message = message_of<std::invalid_argument>([&] { pair.kl(q, arguments(pair.p, {4, 1})); });
    const std::string name = "[kl(" + in_messages(pair.q) + ", " + in_messages(pair.p) + ")]";
    CHECK(says(message, {name.c_str(), "[4,3]", "[4,1]"}));
  }
}
