// Flows: log-determinants against the determinant of the Jacobian, the way there and back, densities by
// quadrature, and samples against densities. Statistical checks fail true samples with probability 1e-6 each;
// seeds are fixed.
#include "nn/flows/flow.h"

#include <cmath>
#include <functional>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace nn;

namespace {

const Activation smooth = activation_named("tanh");

// log |det J| by elimination with pivoting.
double log_abs_det(Array J) {
  const std::size_t n = J.shape(0);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(J(i, k)) > std::abs(J(pivot, k))) pivot = i;
    for (std::size_t j = 0; j < n; ++j) std::swap(J(k, j), J(pivot, j));
    sum += std::log(std::abs(J(k, k)));
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = J(i, k) / J(k, k);
      for (std::size_t j = k; j < n; ++j) J(i, j) -= factor * J(k, j);
    }
  }
  return sum;
}

// Numbers of this spread in all parameters.
Flow with_numbers(Flow flow, Real spread = 0.7) {
  std::uint32_t which = 100;
  flow.visit("", [&](const std::string&, Parameter& p) {
    Array numbers = normal(Stream().at_epoch(which++), p.shape());
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers.data()[i] *= spread;
    p.update() = numbers;
  });
  return flow;
}

struct Case {
  std::string name;
  Flow flow;
};

// Of D units. Couplings need two.
std::vector<Case> invertible_flows(std::size_t D, Real spread = 0.7) {
  std::vector<std::size_t> backwards;
  for (std::size_t i = 0; i < D; ++i) backwards.push_back(D - 1 - i);
  const AutoregressiveFlow one(D, {8}, smooth, Stream()), other(D, {8}, smooth, Stream(), backwards);
  std::vector<Case> all = {{"identity", Flow({})},
                           {"affine", Flow({AffineFlow(D)})},
                           {"sigmoid", Flow({AffineFlow(D), SigmoidFlow()})},
                           {"autoregressive", Flow({one})},
                           {"autoregressive twice", Flow({one, other})}};
  if (D > 1) {
    const CouplingFlow first(D, Half::first, {6}, smooth, Stream()),
        second(D, Half::second, {6}, smooth, Stream());
    all.push_back({"coupling of the first half", Flow({first})});
    all.push_back({"coupling of the second half", Flow({second})});
    all.push_back({"of all kinds", Flow({first, second, AffineFlow(D), one})});
  }
  for (Case& c : all) c.flow = with_numbers(c.flow, spread);
  return all;
}

std::vector<Case> all_flows(std::size_t D) {
  std::vector<Case> all = invertible_flows(D);
  all.push_back({"planar", with_numbers(Flow({PlanarFlow(D, Stream())}))});
  all.push_back({"planar twice",
                 with_numbers(Flow({PlanarFlow(D, Stream()), PlanarFlow(D, Stream()), AffineFlow(D)}))});
  return all;
}

Transformed standard(const Flow& flow, std::size_t rows, std::size_t D) {
  return {Normal::standard({rows, D}), flow};
}

// log p(y) of the rows of y, under N(0, I) moved by the flow.
std::vector<Real> log_densities(const Flow& flow, const Array& y) {
  Evaluation scope;
  return values_of(standard(flow, y.shape(0), y.shape(1)).log_prob(constant(y)).value());
}

// The same for one planar step, whose way back is found by halving: a = w·z solves w·y = a + (w·û) tanh(a +
// b), which increases.
std::vector<Real> planar_log_densities(const PlanarFlow& f, const Array& y) {
  Evaluation scope;
  const std::size_t D = y.shape(1);
  const auto dot = [&](const Real* a, const Real* b) {
    double sum = 0;
    for (std::size_t i = 0; i < D; ++i) sum += a[i] * b[i];
    return sum;
  };
  const Real *w = f.w.value().data(), *u = f.u.value().data();
  const double b = f.b.value().data()[0], m = std::log1p(std::exp(dot(w, u))) - 1;
  std::vector<Real> log_p;
  for (std::size_t r = 0; r < y.shape(0); ++r) {
    const Real* row = y.data() + r * D;
    double low = dot(w, row) - std::abs(m), high = dot(w, row) + std::abs(m);
    for (int halvings = 0; halvings < 60; ++halvings) {
      const double a = (low + high) / 2;
      (a + m * std::tanh(a + b) < dot(w, row) ? low : high) = a;
    }
    const double h = std::tanh(low + b);
    double squares = 0;
    for (std::size_t i = 0; i < D; ++i) {
      const double z = row[i] - (u[i] + (m - dot(w, u)) * w[i] / dot(w, w)) * h;
      squares += z * z;
    }
    log_p.push_back(-0.5 * squares - 0.5 * double(D) * std::log(2 * M_PI) - std::log(1 + m * (1 - h * h)));
  }
  return log_p;
}

// Densities at the middles of n cells between low and high along each axis.
struct Grid {
  std::size_t D, n;
  double low, high;

  double width() const { return (high - low) / double(n); }
  Array places() const {
    const std::size_t rows = D == 1 ? n : n * n;
    Array y = empty({rows, D});
    for (std::size_t r = 0; r < rows; ++r) {
      y(r, D - 1) = low + width() * (double(r % n) + 0.5);
      if (D == 2) y(r, 0) = low + width() * (double(r / n) + 0.5);
    }
    return y;
  }
  // ∫ p f
  double integral(const std::vector<Real>& log_p, const std::function<double(const Real*)>& f) const {
    const Array y = places();
    double sum = 0;
    for (std::size_t r = 0; r < log_p.size(); ++r) sum += std::exp(log_p[r]) * f(y.data() + r * D);
    return sum * std::pow(width(), double(D));
  }
};

// Near 0 and 1 a logit-normal density is narrow.
Grid grid_for(const std::string& name, std::size_t D) {
  if (name == "sigmoid") return {D, D == 1 ? 4000u : 400u, 0, 1};
  return {D, D == 1 ? 4000u : 200u, -10, 10};
}

struct OnGrid {
  std::string name;
  Flow flow;
  std::vector<Real> log_p;  // on its grid
};

// Of moderate ones, which the grid resolves. Made once.
const std::vector<OnGrid>& densities(std::size_t D) {
  static std::vector<OnGrid> of[3];
  std::vector<OnGrid>& all = of[D];
  if (!all.empty()) return all;
  for (const Case& c : invertible_flows(D, 0.3)) {
    const Array places = grid_for(c.name, D).places();
    all.push_back({c.name, c.flow, log_densities(c.flow, places)});
  }
  const Flow flow = with_numbers(Flow({PlanarFlow(D, Stream())}), 0.5);
  const PlanarFlow& planar = std::get<PlanarFlow>(flow.steps[0]);
  all.push_back({"planar", flow, planar_log_densities(planar, grid_for("planar", D).places())});
  return all;
}

}  // namespace

// ---- the bijections ---------------------------------------------------------------------------------------

TEST_CASE("flow: log |det| is that of the Jacobian") {
  for (const std::size_t D : {1u, 2u, 5u})
    for (const Case& c : all_flows(D))
      for (std::uint32_t n = 0; n < 3; ++n) {
        const Array z = normal(Stream().at_epoch(n), {1, D});
        const Array J = jacobian([&](const std::vector<Var>& v) { return c.flow.forward(v[0]).to; }, {z})[0];
        Evaluation scope;
        INFO(c.name << " of " << D);
        CHECK(c.flow.forward(constant(z)).log_det.item() == Approx(log_abs_det(J)).margin(1e-12));
      }
}

TEST_CASE("flow: there and back") {
  Evaluation scope;
  for (const std::size_t D : {1u, 2u, 5u})
    for (const Case& c : invertible_flows(D)) {
      const Array z = normal(Stream(), {4, D});
      const Moved there = c.flow.forward(constant(z)), back = c.flow.inverse(there.to);
      INFO(c.name << " of " << D);
      REQUIRE(there.log_det.shape() == Shape{4});
      REQUIRE(back.log_det.shape() == Shape{4});
      for (std::size_t i = 0; i < z.size(); ++i)
        CHECK(back.to.value().data()[i] == Approx(z.data()[i]).margin(1e-11));
      for (std::size_t i = 0; i < 4; ++i)
        CHECK(back.log_det.value()(i) == Approx(-there.log_det.value()(i)).margin(1e-11));
    }
}

TEST_CASE("flow: a planar step has no way back, and says so") {
  Evaluation scope;
  const Flow flow({AffineFlow(2), PlanarFlow(2, Stream())});
  const auto back = [&] { standard(flow, 3, 2).log_prob(constant(zeros({3, 2}))); };
  CHECK(says(message_of<std::logic_error>(back), {"[planar_flow]", "no inverse"}));
}

TEST_CASE("flow: the planar step is one to one whatever u is") {
  Evaluation scope;
  for (const Real along : {-1000.0, -3.0, 0.0, 3.0, 1000.0}) {
    PlanarFlow f(2, Stream());
    f.w.update() = array({1, 2}, {1, 2});
    f.u.update() = array({1, 2}, {along / 5, 2 * along / 5});
    Array z = zeros({201, 2});  // along w, where all that happens happens
    for (std::size_t i = 0; i < 201; ++i) z(i, 0) = 0.05 * (double(i) - 100) / 5, z(i, 1) = 2 * z(i, 0);
    const Moved moved = f.forward(constant(z));
    INFO("w.u = " << along);
    bool increases = true;
    for (std::size_t i = 1; i < 201; ++i) increases &= moved.to.value()(i, 1) > moved.to.value()(i - 1, 1);
    CHECK((increases || along == -1000));  // there w·û is −1 to rounding: places meet
    for (const Real d : values_of(moved.log_det.value())) CHECK((!std::isnan(d) && d < 10));
  }
}

TEST_CASE("flow: the planar step stretches by a finite factor, with a slope, where w.u is far below 0") {
  for (const Real along : {-30.0, -50.0, -300.0}) {
    Step step;
    PlanarFlow f(2, Stream());
    f.w.update() = array({1, 2}, {1, 0});
    f.u.update() = array({1, 2}, {along, 0});
    const Moved moved = f.forward(constant(zeros({1, 2})));  // where h = 0: log |det| = log softplus(w·u)
    CHECK(moved.log_det.item() == Approx(along).epsilon(1e-12));
    CHECK(backward(sum(moved.log_det))[f.u](0, 0) == Approx(1));
  }
}

TEST_CASE("flow: each begins as the identity, or near it") {
  Evaluation scope;
  const Var z = constant(normal(Stream(), {5, 4}));
  CHECK(same(AffineFlow(4).forward(z).to.value(), z.value()));
  CHECK(same(CouplingFlow(4, Half::first, {6}, smooth, Stream()).forward(z).to.value(), z.value()));
  const AutoregressiveFlow f(4, {}, smooth, Stream());
  CHECK(f.made.layers.back().bias.value()(3) == 0);
  CHECK(f.made.layers.back().bias.value()(4) == 2);
}

TEST_CASE("flow: couplings take turns, and the autoregressive step follows its order") {
  const auto J = [](const Bijection& step) {
    const Flow flow = with_numbers(Flow({step}));
    return jacobian([&](const std::vector<Var>& z) { return flow.forward(z[0]).to; },
                    {normal(Stream(), {1, 3})})[0];
  };
  const auto depends = [](const Array& jacobian, const std::vector<int>& expected) {
    for (std::size_t i = 0; i < 9; ++i)
      if ((jacobian.data()[i] != 0) != (expected[i] != 0)) return false;
    return true;
  };
  CHECK(depends(J(CouplingFlow(3, Half::first, {6}, smooth, Stream())), {1, 1, 1, 0, 1, 0, 0, 0, 1}));
  CHECK(depends(J(CouplingFlow(3, Half::second, {6}, smooth, Stream())), {1, 0, 0, 1, 1, 0, 1, 0, 1}));
  CHECK(depends(J(AutoregressiveFlow(3, {6}, smooth, Stream())), {1, 0, 0, 1, 1, 0, 1, 1, 1}));
  CHECK(depends(J(AutoregressiveFlow(3, {6}, smooth, Stream(), {2, 0, 1})), {1, 1, 1, 0, 1, 0, 0, 1, 1}));
}

TEST_CASE("flow: inputs that do not fit are refused") {
  Evaluation scope;
  const Var z = constant(zeros({2, 3}));
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  CHECK(says(refusal([&] { AffineFlow(4).forward(z); }), {"[affine_flow] z is [2,3], not [B,4]"}));
  CHECK(says(refusal([&] { AffineFlow(4).inverse(z); }), {"[affine_flow] z is [2,3], not [B,4]"}));
  CHECK(says(refusal([&] { PlanarFlow(4, Stream()).forward(z); }), {"[planar_flow] z is [2,3], not [B,4]"}));
  CHECK(says(refusal([&] { CouplingFlow(4, Half::first, {}, smooth, Stream()).forward(z); }),
             {"[coupling_flow] z is [2,3]"}));
  CHECK(says(refusal([&] { CouplingFlow(1, Half::first, {}, smooth, Stream()); }),
             {"[coupling_flow] of 1 units"}));
  CHECK(says(refusal([&] { AutoregressiveFlow(4, {}, smooth, Stream()).inverse(z); }),
             {"[autoregressive_flow] z is [2,3]"}));
  CHECK_THROWS_AS(Flow({AffineFlow(3)}).forward(constant(zeros({}))), std::invalid_argument);
}

// ---- the distributions ------------------------------------------------------------------------------------

TEST_CASE("flow: densities integrate to one, in one dimension and in two") {
  for (const std::size_t D : {1u, 2u})
    for (const OnGrid& p : densities(D)) {
      INFO(p.name << " of " << D);
      CHECK(std::abs(grid_for(p.name, D).integral(p.log_p, [](const Real*) { return 1; }) - 1) < 1e-6);
    }
}

TEST_CASE("flow: the sigmoid of a normal number has the logit-normal density") {
  Flow flow({AffineFlow(1), SigmoidFlow()});
  flow.visit("",
             [](const std::string& name, Parameter& p) { p.update()(0) = name == ".0.shift" ? 0.3 : -0.5; });
  for (const double y : {0.02, 0.4, 0.9}) {
    const double t = (std::log(y / (1 - y)) - 0.3) / std::exp(-0.5);
    const double expected = -0.5 * t * t - 0.5 * std::log(2 * M_PI) + 0.5 - std::log(y * (1 - y));
    CHECK(log_densities(flow, array({1, 1}, {y}))[0] == Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE(
    "flow: densities from other bases integrate to one, their draws carry them, and samples follow them") {
  Evaluation scope;
  const std::size_t D = 2, n = 4000;
  const Flow flow = with_numbers(Flow({AffineFlow(D), CouplingFlow(D, Half::first, {6}, smooth, Stream()),
                                       AutoregressiveFlow(D, {8}, smooth, Stream())}),
                                 0.3);
  const std::vector<std::function<Density(std::size_t)>> bases = {
      [](std::size_t rows) {
        return Laplace(constant(full({rows, 2}, 0.3)), constant(full({rows, 2}, -0.2)));
      },
      [](std::size_t rows) {
        return Logistic(constant(full({rows, 2}, 0.3)), constant(full({rows, 2}, -0.2)));
      },
      [](std::size_t rows) {
        return MultivariateNormal(constant(full({rows, 2}, 0.3)),
                                  broadcast_to(constant(array({1, 2, 2}, {1, 0, -0.8, 0.6})), {rows, 2, 2}));
      }};
  for (std::size_t k = 0; k < bases.size(); ++k) {
    INFO("base " << k);
    const Grid grid = {D, 400, -40, 40};
    const Array places = grid.places();
    const std::vector<Real> log_p =
        values_of(Transformed(bases[k](places.shape(0)), flow).log_prob(constant(places)).value());
    // a Laplace has kinks, which the grid does not resolve
    CHECK(std::abs(grid.integral(log_p, [](const Real*) { return 1; }) - 1) < (k == 0 ? 1e-2 : 1e-6));

    const Transformed p(bases[k](n), flow);
    const auto [y, log_prob] = p.rsample_with_log_prob(Stream());
    const Array found = p.log_prob(y).value();
    for (std::size_t i = 0; i < n; ++i) REQUIRE(found(i) == Approx(log_prob.value()(i)).epsilon(1e-9));
    CHECK(same(p.sample(Stream()), y.value()));
    std::vector<double> first;
    for (std::size_t i = 0; i < n; ++i) first.push_back(std::tanh(y.value()(i, 0)));
    CHECK(average(first).agrees_with(grid.integral(log_p, [](const Real* y) { return std::tanh(y[0]); })));
  }
}

TEST_CASE("flow: the sigmoid of a logistic number is uniform, and a discrete base is refused") {
  Step step;
  const Flow flow({SigmoidFlow()});
  const Var mu = variable(zeros({3, 1})), log_scale = variable(zeros({3, 1}));
  const Var log_p =
      Transformed(Logistic(mu, log_scale), flow).log_prob(constant(array({3, 1}, {0.001, 0.4, 0.97})));
  for (const Real l : values_of(log_p.value())) CHECK(l == Approx(0).margin(1e-14));
  // ∂/∂μ log p = tanh(z/2) = 2y − 1
  const Array slopes = backward(sum(log_p))[mu];
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(slopes(i, 0) == Approx(2 * std::vector<double>{0.001, 0.4, 0.97}[i] - 1));
  const auto discrete = [&] { Transformed(Bernoulli(mu), flow); };
  CHECK(says(message_of<std::invalid_argument>(discrete), {"[transformed]", "discrete"}));
}

TEST_CASE("flow: draws carry the density that is found at them") {
  Evaluation scope;
  for (const std::size_t D : {1u, 2u, 4u})
    for (const Case& c : invertible_flows(D)) {
      const Transformed p(Normal(constant(normal(Stream().at_epoch(5), {6, D})),
                                 constant(normal(Stream().at_epoch(6), {6, D}))),
                          c.flow);
      const auto [y, log_prob] = p.rsample_with_log_prob(Stream());
      const Array found = p.log_prob(y).value();
      INFO(c.name << " of " << D);
      REQUIRE(log_prob.shape() == Shape{6});
      for (std::size_t i = 0; i < 6; ++i) CHECK(found(i) == Approx(log_prob.value()(i)).epsilon(1e-9));
      CHECK(same(p.sample(Stream()), y.value()));
      CHECK(same(p.rsample(Stream()).value(), y.value()));
      CHECK_FALSE(same(p.sample(Stream().at_epoch(1)), y.value()));
    }
}

TEST_CASE("flow: draws of a planar step carry the density that its way back, found by halving, gives") {
  Evaluation scope;
  for (const std::size_t D : {1u, 2u, 4u}) {
    const Flow flow = with_numbers(Flow({PlanarFlow(D, Stream())}));
    const auto [y, log_prob] = standard(flow, 6, D).rsample_with_log_prob(Stream());
    const std::vector<Real> expected = planar_log_densities(std::get<PlanarFlow>(flow.steps[0]), y.value());
    for (std::size_t i = 0; i < 6; ++i) CHECK(log_prob.value()(i) == Approx(expected[i]).epsilon(1e-10));
  }
}

TEST_CASE("flow: samples of one dimension have the distribution function of the density") {
  for (const OnGrid& p : densities(1)) {
    const Grid grid = grid_for(p.name, 1);
    std::vector<double> below = {0};  // ∫ p up to the end of each cell
    for (const Real l : p.log_p) below.push_back(below.back() + std::exp(l) * grid.width());
    const auto cdf = [&](double y) {
      const double cell = std::min(std::max((y - grid.low) / grid.width(), 0.0), double(grid.n) - 1e-9);
      const std::size_t i = std::size_t(cell);
      return below[i] + (cell - double(i)) * (below[i + 1] - below[i]);
    };
    INFO(p.name);
    CHECK(kolmogorov_accepts(values_of(standard(p.flow, 4000, 1).sample(Stream())), cdf));
  }
}

TEST_CASE("flow: samples of two dimensions have the averages of the density") {
  const std::vector<std::function<double(const Real*)>> functions = {
      [](const Real* y) { return y[0]; },        [](const Real* y) { return y[1]; },
      [](const Real* y) { return y[0] * y[1]; }, [](const Real* y) { return y[0] * y[0]; },
      [](const Real* y) { return y[1] * y[1]; }, [](const Real* y) { return std::tanh(y[0] - y[1]) * y[0]; },
  };
  for (const OnGrid& p : densities(2)) {
    const Array y = standard(p.flow, 20000, 2).sample(Stream());
    for (std::size_t k = 0; k < functions.size(); ++k) {
      std::vector<double> values;
      for (std::size_t r = 0; r < y.shape(0); ++r) values.push_back(functions[k](y.data() + 2 * r));
      INFO(p.name << ", function " << k);
      CHECK(average(values).agrees_with(grid_for(p.name, 2).integral(p.log_p, functions[k])));
    }
  }
}

TEST_CASE("flow: parameters are named by their step") {
  Flow flow({AffineFlow(2), SigmoidFlow(), PlanarFlow(2, Stream()),
             CouplingFlow(2, Half::first, {}, smooth, Stream()),
             AutoregressiveFlow(2, {}, smooth, Stream())});
  std::string names;
  flow.visit("flow",
             [&](const std::string& name, Parameter& p) { names += name + to_string(p.shape()) + " "; });
  CHECK(names ==
        "flow.0.shift[2] flow.0.log_scale[2] flow.2.u[1,2] flow.2.w[1,2] flow.2.b[1] "
        "flow.3.network.0.weight[2,1] "
        "flow.3.network.0.bias[2] flow.4.made.0.weight[4,2] flow.4.made.0.bias[4] ");
}
