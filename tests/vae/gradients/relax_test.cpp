// RELAX on three bits, against the sum over their eight states. Each check compares every element of the
// gradient, and rejects a true value with probability below 1e-6 per element; seeds are fixed.
#include "vae/gradients/relax.h"

#include "nn/distributions/bernoulli.h"
#include "tests/catch.h"
#include "tests/vae/gradients/binary_hierarchy.h"
#include "tests/vae/gradients/gradient_samples.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/gradients/score_function.h"
#include "vae/networks.h"

using namespace vae;
namespace gs = gradient_samples;

namespace {

// z ∈ {0,1}³ with prior, posterior and decoder linear in their logits.
struct ThreeBits : Model {
  std::size_t levels() const override { return 1; }
  Density prior(const State& s) const override {
    return nn::Bernoulli(broadcast_to(prior_logits, {s.rows, 3}));
  }
  Density posterior(const State& s, const Features& x) const override {
    return nn::Bernoulli(affine(repeat_to(x.front(), s.rows), encoder, encoder_bias));
  }
  Density decode(const State& s) const override {
    return nn::Bernoulli(affine(s.z[0], decoder, decoder_bias));
  }
  void visit_posterior(const nn::Visitor& visit) override {
    visit("encoder.weight", encoder), visit("encoder.bias", encoder_bias);
  }
  void visit_generator(const nn::Visitor& visit) override {
    visit("prior", prior_logits), visit("decoder.weight", decoder), visit("decoder.bias", decoder_bias);
  }

  // Σ_z q(z|x) log w(z).  x: [B,3]  ->  [B]
  Var expected_elbo(Var x) const {
    const std::size_t B = x.rows();
    Array z = empty({8 * B, 3});
    for (std::size_t r = 0; r < 8 * B; ++r)
      for (std::size_t i = 0; i < 3; ++i) z(r, i) = r / B >> i & 1;
    const Var log_q = log_posterior(*this, x, {constant(z)});
    return sum(reshape(exp(log_q) * (log_joint(*this, x, {constant(z)}) - log_q), {8, B}), {0});
  }

  static Parameter random(const Shape& shape, std::uint32_t which) {
    return Parameter(normal(Stream().at_epoch(which), shape));
  }
  Parameter encoder = random({3, 3}, 21), encoder_bias = random({3}, 22), prior_logits = random({3}, 23),
            decoder = random({3, 3}, 24), decoder_bias = random({3}, 25);
};

Var bits_data() { return constant(gs::rows_of(gs::binary_data, gs::batch)); }

// Of REBAR's kind, and of another: any function of z will do.
gs::Estimator by_rebar(ThreeBits& model, std::size_t samples, Real temperature) {
  return [&model, samples, temperature](const Stream& noise) {
    const Var x = bits_data();
    return relax(model, x, samples, at_relaxed_bits(model, x, temperature), noise).value;
  };
}
gs::Estimator by_tanh(ThreeBits& model) {
  return [&model](const Stream& noise) {
    return relax(
               model, bits_data(), 1, [](Var z) { return sum(3 * tanh(z), {1}); }, noise)
        .value;
  };
}

}  // namespace

TEST_CASE("relax: unbiased for every control, against the sum over all states") {
  ThreeBits model;
  const gs::Parameters all = all_parameters(model);
  const gs::Numbers truth =
      gs::gradient(all, [&] { return model.expected_elbo(constant(gs::rows_of(gs::binary_data, 2))); });
  for (const gs::Estimator& f : {by_rebar(model, 1, 0.5), by_rebar(model, 3, 0.2), by_tanh(model)}) {
    const double z = gs::largest_z(gs::samples(all, f, gs::places), truth);
    INFO(z << " standard errors");
    CHECK(z < gs::limit);
  }
}

TEST_CASE("relax: less variance than the score function; the relaxed path alone is biased") {
  ThreeBits model;
  const gs::Parameters phi = posterior_parameters(model);
  const gs::Estimator score = [&](const Stream& s) { return score_function(model, bits_data(), 1, s).value; };
  CHECK(gs::variance(gs::samples(phi, by_rebar(model, 1, 0.5), gs::places)) <
        0.5 * gs::variance(gs::samples(phi, score, gs::places)));

  const gs::Estimator relaxed = [&](const Stream& noise) {
    const Var x = bits_data();
    const Var l = affine(x, model.encoder, model.encoder_bias), u = constant(uniform(noise, l.shape()));
    return at_relaxed_bits(model, x, 1)(l + log(u) - log1p(-u));
  };
  const gs::Numbers truth =
      gs::gradient(phi, [&] { return model.expected_elbo(constant(gs::rows_of(gs::binary_data, 2))); });
  CHECK(gs::largest_z(gs::samples(phi, relaxed, 3 * gs::places), truth) > 2 * gs::limit);
}

TEST_CASE("relax: the value is the bound of the bits that were drawn, and z given b has the sign of b") {
  Step scope;
  ThreeBits model;
  const Var x = constant(gs::rows_of(gs::binary_data, 4));
  std::vector<Array> seen;
  const Objective found = relax(
      model, x, 2,
      [&](Var z) {
        seen.push_back(z.value());
        return sum(z, {1});
      },
      Stream());
  REQUIRE(seen.size() == 2);
  REQUIRE(seen[0].shape() == Shape{8, 3});
  Array b = zeros({8, 3});
  for (std::size_t i = 0; i < 24; ++i) {
    b.data()[i] = seen[0].data()[i] > 0;
    CHECK((seen[1].data()[i] > 0) == (seen[0].data()[i] > 0));
  }
  const Array log_w = (log_joint(model, x, {constant(b)}) - log_posterior(model, x, {constant(b)})).value();
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(found.value.value()(i) == Approx((log_w(i) + log_w(4 + i)) / 2).epsilon(1e-12));
}

TEST_CASE("relax: another q than one level of bits is refused, and no temperature") {
  Step scope;
  const Var x = constant(gs::rows_of(gs::binary_data, 2));
  const Control control = [](Var z) { return sum(z, {1}); };
  BinaryHierarchy two_levels;
  CHECK_THROWS_AS(relax(two_levels, x, 1, control, Stream()), std::logic_error);
  LinearGaussian normal({3, {2}}, Stream());
  CHECK_THROWS_AS(relax(normal, x, 1, control, Stream()), std::logic_error);
  ThreeBits model;
  CHECK_THROWS_AS(relax(model, x, 0, control, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(at_relaxed_bits(model, x, 0), std::domain_error);
}
