// The class, and below it the model given it. The sum over classes: elbo.cpp.
#include "vae/classes.h"

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "vae/exact/enumeration.h"

namespace vae {

namespace {

// The number of the classifier's network in a model's stream: beyond those of all others.
constexpr std::uint32_t epoch_of_classifier = 500000;

// y one-hot with these logits.  [rows,K]
Density class_from(Var logits) { return nn::Categorical(logits); }

// What the levels below y see: y as what conditions them.
State below_class(const State& s) { return {s.rows, {s.z.begin() + 1, s.z.end()}, s.h, s.z.front()}; }

}  // namespace

ClassVAE::ClassVAE(const Architecture& a, std::unique_ptr<Model> given_y, const Stream& stream)
    : classifier_(network(a, a.pixels, a.classes, stream.at_epoch(epoch_of_classifier))),
      log_prior_(zeros({a.classes})),
      given_y_(std::move(given_y)) {}

std::optional<Array> ClassVAE::first_values() const { return all_one_hots(log_prior_.shape()[0]); }

Features ClassVAE::features(Var x, Var) const {
  Features all = {x, classifier_(x)};
  if (given_y_->features_see_condition()) return all;
  for (const Var& f : given_y_->features(x, {})) all.push_back(f);
  return all;
}

// After y, where the model given it begins.
Var ClassVAE::update(const State& s, Var z_t) const {
  if (s.t() == 0) return given_y_->start({s.rows, {}, {}, z_t});
  return given_y_->update(below_class(s), z_t);
}

// p(y);  p(z_t|z_<t, y)
Density ClassVAE::prior(const State& s) const {
  if (s.t() == 0) return class_from(broadcast_to(log_prior_, {s.rows, log_prior_.shape()[0]}));
  return given_y_->prior(below_class(s));
}

// q(y|x);  q(z_t|z_<t, x, y)
Density ClassVAE::posterior(const State& s, const Features& x) const {
  if (s.t() == 0) return class_from(repeat_to(x[1], s.rows));
  return given_y_->posterior(below_class(s), given_y_->features_see_condition()
                                                 ? given_y_->features(repeat_to(x[0], s.rows), s.z.front())
                                                 : Features(x.begin() + 2, x.end()));
}

// p(x|z, y)
Density ClassVAE::decode(const State& s) const { return given_y_->decode(below_class(s)); }

void ClassVAE::visit_posterior(const nn::Visitor& visitor) {
  classifier_.visit("classifier", visitor), given_y_->visit_posterior(visitor);
}

void ClassVAE::visit_generator(const nn::Visitor& visitor) {
  visitor("prior.y", log_prior_), given_y_->visit_generator(visitor);
}

Var log_q_of_known(const Model& model, Var x, Var known) {
  const Density q = posterior(model, {}, x, 1);  // q(y|x)   [B,K]
  return sum(known * log_softmax(dynamic_cast<const nn::Categorical&>(*q).logits, 1), {1});
}

}  // namespace vae
