// Gradient estimators, on models whose expected bound, and so its gradient, is known.
#include <cmath>

#include "autograd/hold_constant.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/logistic.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "vae/bounds/renyi.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"
#include "vae/gradients/relax.h"
#include "vae/gradients/score_function.h"

namespace tools {

namespace {

using namespace vae;

using Estimator = std::function<Var(LinearGaussian& model, Var x, std::size_t K, const Stream& stream)>;

Array datum() { return array({1, 3}, {0.4, -0.8, 1.1}); }

LinearGaussian model_of(const std::vector<std::size_t>& latent) {
  return LinearGaussian({3, latent}, Stream().at_epoch(20));
}

std::vector<double> exact_gradient(LinearGaussian& model) {
  Step step;
  return gradient_in_phi(model, model.expected_bound(constant(datum())).elbo);
}

Estimates estimated(LinearGaussian& model, const Estimator& estimator, std::size_t K, std::size_t count,
                    std::uint32_t from = 0) {
  return repeated(count, [&](std::uint32_t n) {
    Step step;
    return gradient_in_phi(model, estimator(model, constant(datum()), K, Stream().at_epoch(from + n)));
  });
}

// ---- as public code has them: z_<t is cut off from φ where log q is scored --------------------------------

// Σ_t log q(z_t|z_<t, x) with φ constant, and with z_<t constant inside the conditionals.
Var blocked_log_q(LinearGaussian& model, Var x, const Latents& z) {
  const HoldConstant hold(posterior_parameters(model));
  const std::size_t samples = z.front().rows() / x.rows();
  Latents above;
  Var total = constant(zeros({z.front().rows()}));
  for (const Var& z_t : z) {
    total = total + posterior(model, above, x, samples)->log_prob(z_t);
    above.push_back(stop_gradient(z_t));
  }
  return total;
}

Var blocked_sticking_the_landing(LinearGaussian& model, Var x, std::size_t K, const Stream& stream) {
  const Latents z = latents(infer(model, x, K, stream));
  return renyi_bound(log_joint(model, x, z) - blocked_log_q(model, x, z), K, 1);
}

Var blocked_doubly_reparameterized(LinearGaussian& model, Var x, std::size_t K, const Stream& stream) {
  const Latents z = latents(infer(model, x, K, stream));
  const Var log_w = log_joint(model, x, z) - blocked_log_q(model, x, z);
  const Var v = softmax(reshape(stop_gradient(log_w), {K, x.rows()}), 0);
  return sum(square(v) * reshape(log_w, {K, x.rows()}), {0});
}

// ∇ f(σ(z/τ)), z = l + logit u: as if relaxed bits were bits.
Var relaxed_path(Model& model, Var x, const Stream& stream) {
  const Density q = posterior(model, {}, x, 1);
  const Var logits = dynamic_cast<const nn::Bernoulli&>(*q).logits;
  const Var z = nn::Logistic(logits, constant(zeros(logits.shape()))).rsample(stream);
  return at_relaxed_bits(model, x, Real(0.5))(z);
}

const Estimator by_path = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return pathwise(m, x, K, K == 1 ? 1 : 0, s).value;
};
const Estimator by_path_elbo = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return pathwise(m, x, K, 1, s).value;
};
const Estimator landing = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return sticking_the_landing(m, x, K, K == 1 ? 1 : 0, s).value;
};
const Estimator doubly = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return doubly_reparameterized(m, x, K, K == 1 ? 1 : 0, s).value;
};
const Estimator generalized = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return generalized_dreg(m, x, K, 1, s).value;
};
const Estimator by_score = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return score_function(m, x, K, s).value;
};
const Estimator by_score_left_out = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return leave_one_out(m, x, K, s).value;
};
const Estimator by_vimco = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  return vimco(m, x, K, s).value;
};
const Estimator lost_path = [](LinearGaussian& m, Var x, std::size_t K, const Stream& s) {
  Latents z;
  for (const Var& drawn : latents(infer(m, x, K, s))) z.push_back(stop_gradient(drawn));
  return renyi_bound(log_joint(m, x, z) - log_posterior(m, x, z), K, 1);
};

}  // namespace

std::vector<Case> gradient_cases() {
  std::vector<Case> cases;
  const auto name_of = [](const std::vector<std::size_t>& latent) {
    return latent.size() == 1 ? std::string("linear, 1 level")
                              : "linear, " + std::to_string(latent.size()) + " levels";
  };
  for (const std::vector<std::size_t>& latent : {std::vector<std::size_t>{2}, {2, 1, 2}}) {
    const bool several = latent.size() > 1;
    const std::string model = name_of(latent);

    // Of the ELBO: the truth is the gradient of the expected bound.
    const auto of_elbo = [&](const char* name, const Estimator& e, std::size_t K, std::size_t count,
                             Expected expected = Expected::unbiased, const char* why = "") {
      cases.push_back({"gradient of the ELBO", text_of(name, K), model, expected, why, [=] {
                         LinearGaussian m = model_of(latent);
                         return compared(estimated(m, e, K, count), exact_gradient(m));
                       }});
    };
    of_elbo("pathwise", by_path_elbo, 1, 3000);
    of_elbo("pathwise", by_path_elbo, 8, 1000);
    of_elbo("sticking the landing", landing, 1, 3000);
    of_elbo("doubly reparameterized", doubly, 1, 3000);
    if (several) of_elbo("sticking the landing, z_<t cut off", blocked_sticking_the_landing, 1, 3000);
    of_elbo("score function", by_score, 1, 6000);
    of_elbo("score function, leave one out", by_score_left_out, 4, 3000);
    of_elbo("a draw without a path", lost_path, 1, 3000, Expected::biased, "z is taken as a constant");

    // At q = p(z|x) the path alone has no variance, unless it is cut.
    const auto at_posterior = [&](const char* name, const Estimator& e, std::size_t K, Expected expected,
                                  const char* why) {
      cases.push_back({"gradient at q = p(z|x)", text_of(name, K), model, expected, why, [=] {
                         LinearGaussian m = model_of(latent);
                         m.set_posterior_exact();
                         return compared(estimated(m, e, K, 300), exact_gradient(m));
                       }});
    };
    at_posterior("pathwise", by_path_elbo, 1, Expected::unbiased, "");
    at_posterior("sticking the landing", landing, 1, Expected::exact, "");
    at_posterior("doubly reparameterized", doubly, 4, Expected::exact, "");
    if (several)
      at_posterior("sticking the landing, z_<t cut off", blocked_sticking_the_landing, 1, Expected::unbiased,
                   "it has lost the landing");

    // Of the importance-weighted bound: the truth is a long average of the plain derivative.
    const auto of_iwae = [&](const char* name, const Estimator& e, std::size_t K, Expected expected,
                             const char* why) {
      cases.push_back({"gradient of the IWAE bound", text_of(name, K), model, expected, why, [=] {
                         LinearGaussian m = model_of(latent);
                         return compared(estimated(m, e, K, 4000), estimated(m, by_path, K, 12000, 100000));
                       }});
    };
    of_iwae("pathwise", by_path, 4, Expected::unbiased, "");
    of_iwae("doubly reparameterized", doubly, 4, Expected::unbiased, "");
    if (several)  // the same noise for both, so that what is left of it is their difference
      cases.push_back({"gradient of the IWAE bound", text_of("doubly reparameterized, z_<t cut off", 4),
                       model, Expected::biased, "a path of φ is missing", [=] {
                         LinearGaussian m = model_of(latent);
                         const Estimator difference = [](LinearGaussian& m, Var x, std::size_t K,
                                                         const Stream& s) {
                           return blocked_doubly_reparameterized(m, x, K, s) - doubly(m, x, K, s);
                         };
                         const Estimates found = estimated(m, difference, 4, 4000);
                         return compared(found, std::vector<double>(found.mean.size()));
                       }});
    of_iwae("sticking the landing", landing, 4, Expected::biased, "weighted scores have no expectation 0");
    of_iwae("VIMCO", by_vimco, 4, Expected::unbiased, "");
  }

  // In θ of p(z_t|z_<t): the score, and the path of Bauer & Mnih.
  for (const auto& [name, estimator] :
       {std::pair("pathwise in q: the prior's score", by_path_elbo), {"generalized DReG", generalized}})
    for (const std::size_t K : {1u, 4u})
      cases.push_back({"gradient in the prior", text_of(name, K), "linear, 3 levels", Expected::unbiased, "",
                       [estimator = estimator, K] {
                         LinearGaussian m = model_of({2, 1, 2});
                         std::vector<double> truth;
                         {
                           Step step;
                           truth = gradient_in_prior(m, m.expected_bound(constant(datum())).elbo);
                         }
                         return compared(
                             repeated(3000,
                                      [&](std::uint32_t n) {
                                        Step step;
                                        return gradient_in_prior(
                                            m, estimator(m, constant(datum()), K, Stream().at_epoch(n)));
                                      }),
                             truth);
                       }});

  // Discrete z: no path leads through it. The truth is a sum over all states.
  for (const TrialEntry& on : trials()) {
    if (!on.is_discrete) continue;
    using OfModel = std::function<Var(Model & model, Var x, const Stream& stream)>;
    const auto add = [&](const std::string& name, std::size_t count, const OfModel& estimator) {
      cases.push_back(
          {"gradient, discrete z", name, on.name, Expected::unbiased, "", [=] {
             const Trial t = on.make();
             const Estimates found = repeated(count, [&](std::uint32_t n) {
               Step step;
               return gradient_in_phi(*t.model, estimator(*t.model, constant(t.x), Stream().at_epoch(n)));
             });
             Step step;
             return compared(found, gradient_in_phi(*t.model, t.expected_bound(constant(t.x)).elbo));
           }});
    };
    add("score function", 4000,
        [](Model& m, Var x, const Stream& s) { return score_function(m, x, 1, s).value; });
    add("score function, K = 4", 2000,
        [](Model& m, Var x, const Stream& s) { return score_function(m, x, 4, s).value; });
    add("score function, leave one out, K = 4", 2000,
        [](Model& m, Var x, const Stream& s) { return leave_one_out(m, x, 4, s).value; });
    if (on.name.find("bits") == std::string::npos) continue;
    add("REBAR", 4000, [](Model& m, Var x, const Stream& s) {
      return relax(m, x, 1, at_relaxed_bits(m, x, Real(0.5)), s).value;
    });
    add("relaxed bits, the path alone", 20000, relaxed_path);
    cases.back().expected = Expected::biased, cases.back().why = "it is the gradient at bits between 0 and 1";
  }

  // Signal to noise against K: that of φ falls (Rainforth et al. 2018); reparameterized twice it stays above.
  for (const std::size_t K : {1u, 4u, 16u, 64u})
    for (const bool twice : {false, true})
      cases.push_back({"signal against K", text_of(twice ? "doubly reparameterized" : "pathwise", K),
                       "linear, 1 level", Expected::unbiased, "", [=] {
                         LinearGaussian m = model_of({2});
                         return compared(estimated(m, twice ? doubly : by_path, K, 1000),
                                         estimated(m, by_path, K, 3000, 100000));
                       }});
  return cases;
}

}  // namespace tools
