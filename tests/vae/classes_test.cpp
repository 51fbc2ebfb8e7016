// The class beside z: the bound that sums over it is the expectation of the sampled one, and with a known
// class it is that of the model given it. Statistical checks reject correct samples with probability 1e-6
// each; seeds are fixed.
#include "vae/classes.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/conditional.h"
#include "vae/evidence/importance.h"
#include "vae/exact/enumeration.h"
#include "vae/models.h"

using namespace vae;

namespace {

Architecture three_classes() {
  Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2}, a.classes = 3;
  return a;
}

void shake(Model& model, Real spread = 0.5) {
  std::uint32_t epoch = 0;
  model.visit([&](const std::string&, Parameter& p) {  // some begin at 0
    p.update() += spread * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
  });
}

Array images() { return array({2, 6}, {0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0}); }

}  // namespace

TEST_CASE(
    "classes: the bound that sums over the class is the expectation of the sampled one, level by level") {
  const std::unique_ptr<Model> model = model_named("classes").make(three_classes(), Stream());
  shake(*model);
  Evaluation scope;
  const std::size_t S = 20000;
  const Var x = constant(images());
  const Bound summed = elbo(*model, x, S, KLForm::monte_carlo, Stream().at_epoch(1));
  const Bound sampled = bound_along(*model, x, infer(*model, x, S, Stream()), 1, KLForm::monte_carlo);
  const auto check = [&](Var exact, Var each) {
    for (std::size_t i = 0; i < 2; ++i) {
      std::vector<double> values;
      for (std::size_t s = 0; s < S; ++s) values.push_back(double(each.value()(2 * s + i)));
      // The sum has an error too, which is smaller.
      CHECK(std::abs(average(values).mean - double(exact.value()(i))) < 7 * average(values).error);
    }
  };
  check(summed.elbo, sampled.elbo), check(summed.reconstruction, sampled.reconstruction);
  check(summed.kl_per_level[0], sampled.kl_per_level[0]),
      check(summed.kl_per_level[1], sampled.kl_per_level[1]);
}

TEST_CASE("classes: p(y) is what its logits say") {
  const std::unique_ptr<Model> model = model_named("classes").make(three_classes(), Stream());
  for (const auto& [name, parameter] : model->parameters())
    if (name == "prior.y") parameter->update() = array({3}, {0, std::log(Real(2)), std::log(Real(5))});
  Evaluation scope;
  const Array p = exp(prior(*model, {}, 3)->log_prob(constant(all_one_hots(3)))).value();
  CHECK(double(p(0)) == Approx(1.0 / 8));
  CHECK(double(p(1)) == Approx(2.0 / 8));
  CHECK(double(p(2)) == Approx(5.0 / 8));
}

TEST_CASE("classes: the KL of the class is exact") {
  const std::unique_ptr<Model> model = model_named("classes").make(three_classes(), Stream());
  shake(*model);
  Evaluation scope;
  const Var x = constant(images());
  const nn::Categorical q = dynamic_cast<const nn::Categorical&>(*posterior(*model, {}, x, 1)),
                        p = dynamic_cast<const nn::Categorical&>(*prior(*model, {}, 2));
  const Var log_q = log_softmax(q.logits, 1), log_p = log_softmax(p.logits, 1);
  const Var kl = sum(exp(log_q) * (log_q - log_p), {1});
  for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo})
    CHECK(largest_difference(elbo(*model, x, 1, form, Stream()).kl_per_level[0], kl) < 1e-12);
}

TEST_CASE("classes: of a known class the bound is that of the model given it, and log p(y)") {
  Architecture a = three_classes();
  const std::unique_ptr<Model> model = model_named("classes").make(a, Stream());
  a.condition = 3;
  const std::unique_ptr<Model> given_y = model_named("vae").make(a, Stream());
  shake(*model);
  for (const auto& [name, from] : model->parameters())
    for (const auto& [same_name, to] : given_y->parameters())
      if (name == same_name) to->update() = from->value();
  Evaluation scope;
  const Var x = constant(images());
  const Array first = array({2, 3}, {1, 0, 0, 1, 0, 0});  // whose noise is that of the first sample
  const Given given(*given_y, first);
  const Bound known = elbo_summed(*model, x, 1, KLForm::analytic, Stream(), constant(first)),
              expected = elbo(given, x, 1, KLForm::analytic, Stream());
  // The noise of z is that of level 1, which in the model given y is level 0.
  const Var z = posterior(given, {}, x, 1)->draw(Stream().for_batch(2).at_level(1)).value;
  CHECK(largest_difference(known.reconstruction, log_likelihood(given, x, {z})) < 1e-12);
  CHECK(known.kl.shape() == Shape{2});
  const Var log_p = log_softmax(dynamic_cast<const nn::Categorical&>(*prior(*model, {}, 2)).logits, 1);
  CHECK(largest_difference(known.kl_per_level[0], -squeeze(slice(log_p, 1, 0, 1), 1)) < 1e-12);
  CHECK(largest_difference(known.kl_per_level[1], expected.kl) < 1e-12);

  // Where one is known and the other not, each has its own.
  const Array one = array({2, 3}, {1, 0, 0, 0, 0, 0});
  const Bound mixed = elbo_summed(*model, x, 1, KLForm::analytic, Stream(), constant(one)),
              none = elbo(*model, x, 1, KLForm::analytic, Stream());
  CHECK(mixed.elbo.value()(0) == known.elbo.value()(0));
  CHECK(double(mixed.elbo.value()(1)) == Approx(double(none.elbo.value()(1))).epsilon(1e-12));
  const Var log_q = log_q_of_known(*model, x, constant(one));
  CHECK(double(log_q.value()(0)) ==
        Approx(double(posterior(*model, {}, x, 1)->log_prob(constant(first)).value()(0))));
  CHECK(log_q.value()(1) == 0);
}

TEST_CASE("classes: log p(x) by importance sampling is the sum over classes of log p(x, y)") {
  const std::unique_ptr<Model> model = model_named("classes").make(three_classes(), Stream());
  shake(*model, Real(0.2));
  Evaluation scope;
  // log p(x) by z ~ p(z) and every class.
  const std::size_t n = 20000, K = 3;
  const Var x = slice(constant(images()), 0, 0, 1);
  const Var y = repeat_rows(constant(all_one_hots(K)), n);
  const Latents z = generate(*model, n * K, Stream().at(Purpose::prior), {y});
  const Var log_p = log_likelihood(*model, x, z) + prior(*model, {}, n * K)->log_prob(y);
  std::vector<double> p(n, 0.0);
  for (std::size_t r = 0; r < n * K; ++r) p[r % n] += std::exp(double(log_p.value()(r)));
  const double found = log_evidence(*model, x.value(), 20000, Stream()).log_px[0];
  const auto naive = average(p);
  CHECK(std::abs(std::log(naive.mean) - found) < 7 * naive.error / naive.mean + 0.01);
}

TEST_CASE("classes: fewer than two, and sums over what has no list of values, are refused") {
  Architecture a = three_classes();
  a.classes = 1;
  CHECK_THROWS_AS(model_named("classes").make(a, Stream()), std::invalid_argument);
  const std::unique_ptr<Model> vae = model_named("vae").make(a, Stream());
  Evaluation scope;
  CHECK(says(message_of<std::logic_error>(
                 [&] { elbo_summed(*vae, constant(images()), 1, KLForm::analytic, Stream()); }),
             {"[elbo_summed]"}));
}
