// Densities of families chosen at run time: copies share one distribution, and what a family lacks is named.
#include "nn/distributions/density.h"

#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/discretized_logistic.h"
#include "nn/distributions/kl.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("density: what a family lacks is refused by name, and a draw of a discrete family is a constant") {
  Evaluation scope;
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::logic_error>(f); };
  const Density coin = Bernoulli(one(0)), classes = Categorical(row({0, 1})),
                pixel = DiscretizedLogistic(one(0), one(0)),
                full_normal = MultivariateNormal(one(0), constant(full({1, 1, 1}, 1)));
  for (const Density& p : {coin, classes, pixel}) {
    CHECK(p->is_discrete());
    CHECK(says(refusal([&] { p->rsample(Stream()); }), {"[rsample]", p->name()}));
    CHECK(same(p->draw(Stream()).value.value(), p->sample(Stream())));
    CHECK_FALSE(p->draw(Stream()).log_prob);
  }
  CHECK_FALSE(full_normal->is_discrete());
  CHECK(says(refusal([&] { classes->cdf(row({0, 1})); }), {"[cdf]", "categorical"}));
  CHECK(says(refusal([&] { full_normal->cdf(one(0)); }), {"[cdf]", "multivariate normal"}));
  const Mixture two(row({0, 0}), {Normal(one(0), one(0)), Normal(one(1), one(0))});
  CHECK(says(refusal([&] { Density(two)->entropy(); }), {"[entropy]", "mixture"}));
  CHECK(says(refusal([&] { kl_closed_form(two, full_normal); }), {"[kl]", "mixture", "multivariate normal"}));
}

TEST_CASE("density: a family of one's own is a struct with four functions") {
  // The exponential distribution with mean 1, by its logarithm.
  struct Exponential : Reparameterized {
    explicit Exponential(const Shape& s) : shape_(s) {}
    const char* name() const override { return "exponential"; }
    Shape shape() const override { return shape_; }
    Var log_prob(Var x) const override { return -sum(x, {1}); }
    Var rsample(const Stream& stream) const override { return -log(constant(uniform(stream, shape_))); }
    Shape shape_;
  };
  Evaluation scope;
  const Density p = Exponential({3, 2}), copy = p;
  CHECK(&*copy == &*p);
  CHECK(same(p->sample(Stream()), p->rsample(Stream()).value()));
  CHECK(p->has_rsample());
  CHECK(same(kl_monte_carlo(p, p, 2, Stream()).value(), zeros({3})));
}
