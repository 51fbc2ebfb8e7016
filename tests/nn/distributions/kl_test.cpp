// Every KL of the list (tools/gradcheck/densities_table.h) against the integral or the sum of q log q/p, at
// its edges, and on random pairs. An overload of kl in nn/ that is not in the list fails by name.
#include "nn/distributions/kl.h"

#include <cctype>
#include <cmath>
#include <functional>
#include <limits>
#include <regex>
#include <set>

#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/distributions/places.h"
#include "tests/nn/headers.h"

using namespace nn;
using namespace places;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

Var row(const std::vector<Real>& values) { return constant(array({1, values.size()}, values)); }
Var one(Real value) { return row({value}); }

// "ContinuousBernoulli" -> "continuous_bernoulli"
std::string in_messages(const std::string& name) {
  std::string all;
  for (const char c : name) {
    if (std::isupper(c) && !all.empty()) all += '_';
    all += char(std::tolower(c));
  }
  return all;
}

// Σ weight q (log q − log p)
double integral(const DensityEntry& q, const Vars& a, const DensityEntry& p, const Vars& b,
                const Places& at) {
  const std::vector<Real> log_q = log_probs(q, a, at.x), log_p = log_probs(p, b, at.x);
  double sum = 0;
  for (std::size_t i = 0; i < log_q.size(); ++i)
    if (log_q[i] > -700) sum += at.weight[i] * std::exp(log_q[i]) * (log_q[i] - log_p[i]);
  return sum;
}

// Without those that hardly count where p(x) is at most 1 / scale, or that are more than ten scales off.
Places thinned(const Places& places, double centre, double scale) {
  Places rest;
  for (std::size_t i = 0; i < places.x.size(); ++i)
    if (places.weight[i] > 1e-18 * scale && std::abs(places.x[i] - centre) < 10 * scale)
      rest.x.push_back(places.x[i]), rest.weight.push_back(places.weight[i]);
  return rest;
}

Places product(const Places& outer, const std::function<Places(double)>& inner) {
  Places plane;
  for (std::size_t i = 0; i < outer.x.size(); ++i) {
    const Places second = inner(outer.x[i]);
    for (std::size_t j = 0; j < second.x.size(); ++j) {
      plane.x.push_back(outer.x[i]), plane.x.push_back(second.x[j]);
      plane.weight.push_back(outer.weight[i] * second.weight[j]);
    }
  }
  return plane;
}

// Of a multivariate normal in the plane, with ridges along x₁ = ridge₁ and x₂ = ridge₂: x₁ is N(μ₁, L₁₁²)
// and, given it, x₂ is N(μ₂ + L₂₁ (x₁ − μ₁) / L₁₁, L₂₂²).
Places places_with_ridges(const Vars& multivariate_normal, const std::vector<double>& ridge) {
  const std::vector<double> v = numbers_of(multivariate_normal), mu = {v[0], v[1]}, L1 = {v[2], v[3]},
                            L2 = {v[4], v[5]};
  const auto line = [](double mean, double std, double ridge) {
    return thinned(pieces({-infinity, mean, ridge, infinity}, std), mean, std);
  };
  return product(line(mu[0], L1[0], ridge[0]),
                 [&](double x) { return line(mu[1] + L2[0] * (x - mu[0]) / L1[0], L2[1], ridge[1]); });
}

}  // namespace

TEST_CASE("kl: every overload of nn/ is in the list, once, and no other") {
  std::multiset<std::string> listed;
  for (const KlEntry& pair : all_kls()) listed.insert(pair.q + " || " + pair.p);
  std::set<std::string> declared;
  for (const std::string& code : nn_headers()) {
    const std::regex overload("Var kl\\(const (\\w+)& \\w+, const (\\w+)& \\w+\\);");
    for (std::sregex_iterator i(code.begin(), code.end(), overload), end; i != end; ++i)
      declared.insert((*i)[1].str() + " || " + (*i)[2].str());
  }
  CHECK(declared.size() >= 62);
  for (const std::string& name : declared) {
    INFO("kl(" << name << ") is declared but has no entry in tools/gradcheck/densities_table.h");
    CHECK(listed.count(name) == 1);
  }
  for (const std::string& name : listed) {
    INFO("kl(" << name << ") has an entry in tools/gradcheck/densities_table.h but is not declared");
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
      DensityEntry p = density_named(densities, pair.p);
      p.event = q.event;
      const Vars a = arguments_of(q, pair.q_arguments, 1, which),
                 b = arguments_of(p, pair.p_arguments, 1, 100 + which);
      const double found = pair.kl(a, b).item();
      if (pair.infinite) CHECK(found == infinity);
      if (pair.infinite) continue;
      const std::vector<double> breaks = p.breaks ? p.breaks(numbers_of(b)) : std::vector<double>{};
      const bool ridges = pair.q == "MultivariateNormal" && pair.p == "Laplace";
      const double truth =
          integral(q, a, p, b, ridges ? places_with_ridges(a, numbers_of(b)) : places_of(q, a, breaks));
      CHECK(std::abs(found - truth) < 1e-8 * std::max(1.0, truth));
    }
}

TEST_CASE("kl: of two independent variables to a correlated normal is the integral over the plane") {
  const std::vector<DensityEntry> densities = all_densities();
  const DensityEntry p = density_named(densities, "MultivariateNormal");
  for (const KlEntry& pair : all_kls())
    for (std::uint32_t which = 0; which < 3; ++which) {
      if (pair.p != p.name || pair.q == p.name) continue;
      Evaluation scope;
      INFO("kl(" << pair.q << ", " << pair.p << ") " << which);
      const DensityEntry& one = density_named(densities, pair.q);
      DensityEntry q = one;
      q.event = {2};
      const Vars a = arguments_of(q, pair.q_arguments, 1, which),
                 b = arguments_of(p, pair.p_arguments, 1, 100 + which);
      const auto line = [&](std::ptrdiff_t k) {
        Vars each;
        for (const Var& v : a) each.push_back(slice(v, 1, k, k + 1));
        const Places all = places_of(one, each);
        const std::vector<Real> log_q = log_probs(one, each, all.x);
        Places rest;
        for (std::size_t i = 0; i < all.x.size(); ++i)
          if (all.weight[i] * std::exp(log_q[i]) > 1e-16)
            rest.x.push_back(all.x[i]), rest.weight.push_back(all.weight[i]);
        return rest;
      };
      const Places second = line(1);
      const double truth = integral(q, a, p, b, product(line(0), [&](double) { return second; }));
      CHECK(std::abs(pair.kl(a, b).item() - truth) < 1e-8 * std::max(1.0, truth));
    }
}

TEST_CASE("kl: of equal densities of one family it is exactly 0, of others it is never below 0") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls()) {
    Evaluation scope;
    INFO("kl(" << pair.q << ", " << pair.p << ")");
    const DensityEntry& q = density_named(densities, pair.q);
    DensityEntry p = density_named(densities, pair.p);
    p.event = q.event;
    const Vars a = arguments_of(q, pair.q_arguments, 1000, 1);
    const Var found = pair.kl(a, arguments_of(p, pair.p_arguments, 1000, 2));
    REQUIRE(found.shape() == Shape{1000});
    for (const Real k : values_of(found.value())) CHECK(k >= 0);
    if (pair.q == pair.p)  // (a matrix of products may round)
      for (const Real k : values_of(pair.kl(a, a).value()))
        CHECK(k <= (pair.q == "MultivariateNormal" ? 1e-12 : 0));
  }
}

TEST_CASE("kl: sums over the event to [B], and nothing broadcasts silently") {
  const std::vector<DensityEntry> densities = all_densities();
  for (const KlEntry& pair : all_kls()) {
    Evaluation scope;
    INFO("kl(" << pair.q << ", " << pair.p << ")");
    const auto arguments = [&](const std::string& name, const Arguments& make, const Shape& shape) {
      Vars numbers;
      for (const Shape& s : density_named(densities, name).shapes(shape))
        numbers.push_back(constant(normal(Stream(), s)));
      return make(numbers);
    };
    const Vars q = arguments(pair.q, pair.q_arguments, {4, 3});
    CHECK(pair.kl(q, arguments(pair.p, pair.p_arguments, {4, 3})).shape() == Shape{4});
    const auto message = message_of<std::invalid_argument>([&] {
      pair.kl(q, arguments(pair.p, pair.p_arguments, {4, 1}));
    });
    const std::string name = "[kl(" + in_messages(pair.q) + ", " + in_messages(pair.p) + ")]";
    CHECK(says(message, {name.c_str(), "[4,3]", "[4,1]"}));
  }
}

// ---- edges ------------------------------------------------------------------------------------------------

TEST_CASE("kl: densities of different families that are both uniform on [0, 1] have a KL of 0") {
  Evaluation scope;
  const Uniform uniform(one(0), one(1));
  const Beta beta(one(1), one(1));
  const ContinuousBernoulli tilted(one(0));
  CHECK(std::abs(kl(uniform, beta).item()) < 1e-12);
  CHECK(std::abs(kl(uniform, tilted).item()) < 1e-12);
  CHECK(std::abs(kl(beta, uniform).item()) < 1e-12);
  CHECK(std::abs(kl(beta, tilted).item()) < 1e-12);
  CHECK(std::abs(kl(tilted, uniform).item()) < 1e-12);
}

TEST_CASE("kl: infinite where p does not cover q, also in one place of many; finite where it just does") {
  Evaluation scope;
  const auto uniform = [](Real low, Real high) { return Uniform(one(low), one(high)); };
  CHECK(kl(uniform(0, 1), uniform(2, 3)).item() == infinity);
  CHECK(kl(uniform(0, 2), uniform(1, 3)).item() == infinity);
  CHECK(kl(uniform(0, 1), uniform(0, 1.5)).item() == Approx(std::log(1.5)).epsilon(1e-15));
  CHECK(kl(uniform(-0.1, 0.5), Beta(one(2), one(2))).item() == infinity);
  CHECK(kl(uniform(0.5, 1.1), Beta(one(2), one(2))).item() == infinity);
  CHECK(kl(uniform(5, 6), Beta(one(2), one(2))).item() == infinity);
  CHECK(kl(uniform(-5, -4), Gamma(one(2), one(2))).item() == infinity);
  CHECK(kl(uniform(-1, 0), Gamma(one(2), one(2))).item() == infinity);
  CHECK(kl(uniform(0, 1), Gamma(one(2), one(1))).item() == Approx(1.5).epsilon(1e-15));
  CHECK(kl(uniform(0.5, 1.1), ContinuousBernoulli(one(2))).item() == infinity);
  CHECK(kl(uniform(0, 1), Beta(one(2), one(3))).item() == Approx(3 - std::log(12.0)).epsilon(1e-14));
  CHECK(kl(Beta(one(2), one(2)), uniform(0.1, 2)).item() == infinity);
  CHECK(kl(Beta(one(2), one(2)), uniform(-1, 0.9)).item() == infinity);
  CHECK(kl(ContinuousBernoulli(one(2)), uniform(-1, 0.9)).item() == infinity);
  const Uniform q(row({0, 0}), row({1, 1}));
  CHECK(kl(q, Uniform(row({0, 0.5}), row({1, 1}))).item() == infinity);
}

TEST_CASE("kl: through one flow only") {
  Evaluation scope;
  const Flow flow({SigmoidFlow()}), same({SigmoidFlow()});
  const Normal q(one(0.3), one(0.1)), p(one(0), one(0));
  CHECK(kl(Transformed(q, flow), Transformed(p, flow)).item() == kl(q, p).item());
  const auto message =
      message_of<std::invalid_argument>([&] { kl(Transformed(q, flow), Transformed(p, same)); });
  CHECK(says(message, {"[kl(transformed, transformed)]", "different flows"}));
}

TEST_CASE("kl: families chosen at run time have the KL of their pair, or none that is closed") {
  Evaluation scope;
  const Laplace q(one(0.3), one(0.1));
  const Normal p(one(0), one(0.5));
  CHECK(kl_by_family(q, p).item() == kl(q, p).item());
  CHECK(kl_by_family(p, q).item() == kl(p, q).item());
  const auto message = message_of<std::logic_error>([&] { kl_by_family(q, Logistic(one(0), one(0))); });
  CHECK(says(message, {"[kl] a laplace and a logistic", "kl_monte_carlo"}));
  const DiscretizedLogistic pixels(one(0), one(0));
  const Categorical classes(row({0}));
  for (const auto& [a, b] :
       std::initializer_list<std::pair<Density, Density>>{{q, pixels}, {classes, p}, {pixels, classes}}) {
    const std::string none = message_of<std::logic_error>([&] { kl_by_family(a, b); });
    CHECK(says(none, {"[kl]", family(a), family(b), "no meaning"}));
    CHECK(none.find("kl_monte_carlo") == std::string::npos);
  }
}

TEST_CASE("kl: mixtures of different numbers of discretized logistics, all the same one, have a KL of 0") {
  Evaluation scope;
  const auto mixture = [](const std::vector<Real>& logits) {
    const auto all = [&](Real v) { return constant(full({1, 1, logits.size()}, v)); };
    return DiscretizedLogisticMixture(constant(array({1, 1, logits.size()}, logits)), all(0.3), all(-2));
  };
  CHECK(std::abs(kl(mixture({1, 2}), mixture({0, 3, -1})).item()) < 1e-14);
  CHECK(std::abs(kl(mixture({1, 2}), DiscretizedLogistic(one(0.3), one(-2))).item()) < 1e-14);
  CHECK(std::abs(kl(DiscretizedLogistic(one(0.3), one(-2)), mixture({0, 3, -1})).item()) < 1e-14);
}

TEST_CASE("kl: degenerate limits") {
  Evaluation scope;
  const Normal standard(one(0), one(0));
  const double half_log_2pi = 0.91893853320467274;
  // A q that shrinks to a point m has KL + H(q) -> -log p(m).
  CHECK(kl(Laplace(one(0.3), one(-40)), standard).item() + (std::log(2.0) + 1 - 40) ==
        Approx(half_log_2pi + 0.045));
  for (const double log_scale : {-16.0, -35.0, -40.0, -300.0})
    CHECK(kl(Laplace(one(0.3), one(log_scale)), Laplace(one(0), one(0))).item() ==
          Approx(0.3 - log_scale - 1).epsilon(1e-14));
  CHECK(kl(Logistic(one(0.3), one(-40)), standard).item() + (2.0 - 40) == Approx(half_log_2pi + 0.045));
  CHECK(kl(Uniform(one(0.3), one(0.3 + 1e-12)), standard).item() + std::log(1e-12) ==
        Approx(half_log_2pi + 0.045).epsilon(1e-4));
  CHECK(kl(Normal(one(0.3), one(-80)), Laplace(one(0), one(0))).item() + 0.5 * (2 * half_log_2pi + 1 - 80) ==
        Approx(std::log(2.0) + 0.3));
  // Far out, where e to the logits overflows or vanishes.
  CHECK(kl(ContinuousBernoulli(one(1000)), ContinuousBernoulli(one(-1000))).item() == 998);
  CHECK(kl(ContinuousBernoulli(one(1000)), ContinuousBernoulli(one(0))).item() ==
        Approx(std::log(1000.0) - 1).epsilon(1e-12));
  CHECK(kl(Categorical(row({1000, 0})), Categorical(row({0, 1000}))).item() == 1000);
  CHECK(kl(Categorical(row({1000, 0})), Categorical(row({0, 0}))).item() == Approx(std::log(2.0)));
  CHECK(kl(Bernoulli(one(1000)), Bernoulli(one(-1000))).item() == 1000);
  // Two gammas of large concentration are nearly normal: KL -> (1 − r)²/2 · α / … for mean α/β and rates that
  // differ little.
  CHECK(kl(Gamma(one(1e6), one(1)), Gamma(one(1e6), one(1.001))).item() ==
        Approx(0.5 * 1e6 * 1e-6).epsilon(1e-3));
  // Laplaces that are nearly equal keep their digits: ½ t² for a shift of t.
  CHECK(kl(Laplace(one(1e-6), one(0)), Laplace(one(0), one(0))).item() ==
        Approx(0.5e-12).epsilon(1e-5).margin(0));
}

// Of −log b_q − 1 + log b_p + |μ_q − μ_p| / b_p, also where 1 / b_q overflows.
TEST_CASE("kl: a narrow Laplace has the slopes of a point") {
  for (const Real log_scale : {-35, -300, -800}) {
    Step step;
    INFO(log_scale);
    const Var mu = variable(full({1, 1}, 0.3)), log_b = variable(full({1, 1}, log_scale)),
              log_b_p = variable(full({1, 1}, 0.5));
    const Gradients g = backward(kl(Laplace(mu, log_b), Laplace(one(0), log_b_p)));
    CHECK(g[mu](0, 0) == Approx(std::exp(-0.5)).epsilon(1e-14));
    CHECK(g[log_b](0, 0) == Approx(-1).epsilon(1e-14));
    CHECK(g[log_b_p](0, 0) == Approx(1 - 0.3 * std::exp(-0.5)).epsilon(1e-14));
  }
}

TEST_CASE("kl: a narrow Laplace around the same mean has it, too, down to equal ones") {
  for (const Real log_scale : {-300, -720, -800}) {
    Step step;
    INFO(log_scale);
    const Var mu = variable(full({1, 1}, 0.3)), log_b = variable(full({1, 1}, log_scale)),
              log_b_p = variable(full({1, 1}, 0));
    const Var k = kl(Laplace(mu, log_b), Laplace(one(0.3), log_b_p));
    CHECK(k.item() == Approx(-log_scale - 1).epsilon(1e-14));
    const Gradients g = backward(k);
    CHECK(g[mu](0, 0) == 0);
    CHECK(g[log_b](0, 0) == Approx(-1).epsilon(1e-14));
    CHECK(g[log_b_p](0, 0) == Approx(1).epsilon(1e-14));
    const Var equal = kl(Laplace(mu, log_b), Laplace(one(0.3), log_b));
    CHECK(equal.item() == 0);
    CHECK(backward(equal)[log_b](0, 0) == 0);
  }
}

// E |x − m| of a uniform on [−1, 3]: (m² − 2m + 5)/4 inside, |1 − m| outside
TEST_CASE("kl: a uniform and a Laplace, its mean inside, outside and at the ends") {
  for (const Real m : {-2.0, -1.0, 0.0, 2.5, 3.0, 7.0}) {
    Step step;
    INFO(m);
    const Var low = variable(full({1, 1}, -1)), high = variable(full({1, 1}, 3)),
              mu = variable(full({1, 1}, m));
    const Var k = kl(Uniform(low, high), Laplace(mu, one(0)));
    const bool inside = m >= -1 && m <= 3;
    CHECK(k.item() ==
          Approx(std::log(2.0) - std::log(4.0) + (inside ? (m * m - 2 * m + 5) / 4 : std::abs(1 - m))));
    const Gradients g = backward(k);
    CHECK(g[mu](0, 0) == Approx(inside ? (m - 1) / 2 : m > 1 ? 1 : -1).margin(1e-15));
    // with u = 3 − m and v = −1 − m, and −H(q) = −log w
    const double u = 3 - m, v = -1 - m, w = 4, s = m > 1 ? -0.5 : 0.5;
    CHECK(g[high](0, 0) ==
          Approx((inside ? u / w - (u * u + v * v) / (2 * w * w) : s) - 1 / w).margin(1e-15));
    CHECK(g[low](0, 0) == Approx((inside ? v / w + (u * u + v * v) / (2 * w * w) : s) + 1 / w).margin(1e-15));
  }
}

TEST_CASE(
    "kl: a uniform q that shrinks to a point m has KL + H(q) -> -log p(m), anywhere, with the slope of "
    "that") {
  const auto c = [](Real v) { return constant(full({1, 1}, v)); };
  for (const int bits : {24, 40})
    for (const Real place : {0.75, 0.1, 1e-3, 0.9}) {
      Step step;
      INFO("width 2^-" << bits << " at " << place);
      const Real width = std::ldexp(place, -bits), middle = place + width / 2;
      const Var low = variable(full({1, 1}, place)), high = variable(full({1, 1}, place + width)),
                m = variable(full({1, 1}, middle));
      const Uniform q(low, high);
      const auto check = [&](const char* name, Var kl, Var log_p) {
        INFO(name);
        CHECK((kl + q.entropy()).item() == Approx(-log_p.item()).epsilon(1e-11));
        const Gradients g = backward(kl), p = backward(log_p);
        CHECK(g[low](0, 0) + g[high](0, 0) ==
              Approx(-p[m](0, 0)).margin(1e-15 / width));  // of −H(q) they are ± 1 / width
      };
      const Gamma gamma(c(2.5), c(3));
      const Beta beta(c(3), c(2.5));
      const ContinuousBernoulli tilted(c(3));
      const Normal normal(c(2), c(0.1));
      const Laplace above(c(2), c(0.1)), below(c(-2), c(0.1));
      check("gamma", kl(q, gamma), gamma.log_prob(m));
      check("beta", kl(q, beta), beta.log_prob(m));
      check("continuous_bernoulli", kl(q, tilted), tilted.log_prob(m));
      check("normal", kl(q, normal), normal.log_prob(m));
      check("laplace above", kl(q, above), above.log_prob(m));
      check("laplace below", kl(q, below), below.log_prob(m));
      // around the ridge of a Laplace of its own width
      CHECK(kl(q, Laplace(m, log(high - low))).item() == Approx(std::log(2.0) + 0.25).epsilon(1e-7));
    }
  // from 0 on, where it is 2 − 2 log b + b/2
  Step step;
  const Var b = variable(full({1, 1}, 1));
  CHECK(backward(kl(Uniform(one(0), b), Gamma(one(2), one(1))))[b](0, 0) == Approx(-1.5).epsilon(1e-14));
  // where 1 − x rounds to 1
  const double mean_log = 1.5 * std::log(3.0) - 1 + std::log(1e-20);
  CHECK(kl(Uniform(one(1e-20), one(3e-20)), Beta(one(2), one(2))).item() ==
        Approx(-std::log(6.0) - mean_log - std::log(2e-20)).epsilon(1e-14));
}

// ½ [ tr(Σ_p⁻¹ Σ_q) + δᵀ Σ_p⁻¹ δ − D + log |Σ_p| − log |Σ_q| ], by way of inverse and logdet
TEST_CASE("kl: of full and diagonal normals in five dimensions is the textbook's") {
  Evaluation scope;
  const std::size_t D = 5;
  const auto full_normal = [&](std::uint32_t which) {
    const Vars v = table::full_normal({constant(normal(Stream().at_epoch(which), {1, D})),
                                       constant(normal(Stream().at_epoch(which).at_level(1), {1, D, D}))});
    return MultivariateNormal(v[0], v[1]);
  };
  const auto textbook = [&](const MultivariateNormal& q, const MultivariateNormal& p) {
    const Var S = reshape(q.covariance(), {D, D}), P = inverse(reshape(p.covariance(), {D, D}));
    const Var delta = reshape(q.mu - p.mu, {D, 1});
    const Var quadratic = trace(matmul(P, S)) + sum(delta * matmul(P, delta));
    return 0.5 * (quadratic.item() - D - logdet(P).item() - logdet(S).item());
  };
  const MultivariateNormal q = full_normal(1), p = full_normal(2);
  const Normal diagonal(constant(normal(Stream(), {1, D})), constant(normal(Stream().at_level(1), {1, D})));
  CHECK(kl(q, p).item() == Approx(textbook(q, p)).epsilon(1e-9));
  CHECK(kl(q, diagonal).item() == Approx(textbook(q, MultivariateNormal(diagonal))).epsilon(1e-9));
  CHECK(kl(diagonal, p).item() == Approx(textbook(MultivariateNormal(diagonal), p)).epsilon(1e-9));
  CHECK(kl(MultivariateNormal(diagonal), Normal::standard({1, D})).item() ==
        Approx(kl(diagonal, Normal::standard({1, D})).item()).epsilon(1e-13));
}

TEST_CASE(
    "kl: the Monte Carlo estimate agrees with closed forms and with quadrature, and its gradient with "
    "theirs") {
  Step step;
  const std::size_t n = 2000;
  const Shape shape = {n, 1};
  const auto c = [&](Real v) { return constant(full(shape, v)); };
  const Var mu = variable(full(shape, 0.4));
  const Normal q(mu, c(-0.5)), p(c(0), c(0.3));
  const Var estimate = kl_monte_carlo(q, p, 20, Stream());
  CHECK(estimate.shape() == Shape{n});
  CHECK(average(values_of(estimate.value())).agrees_with(kl(q, p).value()(0)));
  CHECK(average(values_of(backward(sum(estimate))[mu])).agrees_with(backward(sum(kl(q, p)))[mu](0, 0)));

  // to a mixture of the same two densities, and to one far away that hardly counts
  const Mixture same(constant(zeros({n, 2})), {p, p});
  CHECK(average(values_of(kl_monte_carlo(q, same, 5, Stream()).value())).agrees_with(kl(q, p).value()(0)));

  // The KL of relaxed one-hots is the same for x and for log x, and 0 of equals.
  const RelaxedOneHot r(constant(zeros({n, 3})), 0.5);
  for (const Real k : values_of(kl_monte_carlo(r, r, 3, Stream()).value())) CHECK(k == 0);
  const RelaxedOneHot other(broadcast_to(row({1, 0, -1}), {n, 3}), 0.5);
  CHECK(average(values_of(kl_monte_carlo(r, other, 3, Stream()).value())).mean > 0.1);

  CHECK_THROWS_AS(kl_monte_carlo(Bernoulli(c(0)), Bernoulli(c(1)), 1, Stream()), std::logic_error);
  CHECK_THROWS_AS(kl_monte_carlo(q, p, 0, Stream()), std::invalid_argument);
}
