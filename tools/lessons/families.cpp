// The lesson on families of q: what each loses of a posterior that is no normal.
#include <algorithm>
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/plane.h"
#include "tools/text.h"
#include "vae/elbo.h"
#include "vae/exact/quadrature.h"
#include "vae/posterior.h"

namespace tools {

namespace {

using namespace vae;

// p(x|z) = N(|z|², 0.6²), of two latents: of x > 0 the posterior is a ring. q has the same numbers for all x.
class Ring : public Model {
 public:
  explicit Ring(const PosteriorKind& kind) {
    Architecture a;
    a.posterior = &kind, a.posterior_hidden = 16, a.posterior_size = kind.size;
    q_ = make_posterior(a, 0, 2, Stream());
    h_.emplace(normal(Stream().at(Purpose::initialization), {1, q_->numbers()}));
  }

  std::size_t levels() const override { return 1; }
  Density prior(const State& s) const override { return Normal::standard({s.rows, 2}); }
  Density posterior(const State& s, const Features&) const override {
    return (*q_)(broadcast_to(*h_, {s.rows, q_->numbers()}));
  }
  Density decode(const State& s) const override {
    return Normal(sum(square(s.z[0]), {1}, true), constant(full({s.rows, 1}, 2 * std::log(Real(0.6)))));
  }
  void visit_posterior(const nn::Visitor& visitor) override { visitor("h", *h_), q_->visit("q", visitor); }
  void visit_generator(const nn::Visitor&) override {}

 private:
  std::unique_ptr<Posterior> q_;
  std::optional<Parameter> h_;
};

// Of a density that need not be normalised.  f: z [rows,2] -> [rows]
PlainImage picture_of(const std::function<Var(Var z)>& f) {
  return picture_of_density(log_density_on_grid(
      [&](const Array& z) {
        Evaluation scope;
        const Array log_p = f(constant(z)).value();
        return std::vector<double>(log_p.begin(), log_p.end());
      },
      28));
}

void families_of_q(Page& page) {
  const Array x = full({1, 1}, 4);
  std::vector<std::vector<std::string>> rows;
  std::vector<double> gaps;
  std::vector<PlainImage> pictures;
  Evaluation all;
  for (const PosteriorKind& kind : posteriors()) {
    Ring model(kind);
    nn::Adam adam(model.parameters());
    const std::size_t steps = 1500;
    for (std::uint32_t i = 0; i < steps; ++i) {
      Step step;
      adam.alpha = Real(0.05) * (1 - Real(i) / Real(steps));
      const Bound bound = elbo(model, constant(x), 64, KLForm::monte_carlo, Stream().at_epoch(i));
      adam.step(backward(-mean(bound.elbo)));
    }
    const ByQuadrature exact(model, 100);
    const double log_px = double(exact.log_px(constant(x)).item());
    const Stream noise = Stream().at_epoch(5000);
    gaps.push_back(log_px - double(elbo(model, constant(x), 20000, KLForm::monte_carlo, noise).elbo.item()));
    rows.push_back({std::string(kind.name) + ", " + kind.help, text("%.3f", gaps.back())});
    pictures.push_back(picture_of([&](Var z) { return log_posterior(model, constant(x), {z}); }));
    if (pictures.size() == posteriors().size())
      pictures.push_back(picture_of([&](Var z) { return log_joint(model, constant(x), {z}); }));
  }
  page.say(
      "x = |z|² and noise, of two latents, at x = 4: the posterior is a ring. What is left of KL(q ‖ "
      "p(z|x)), "
      "which is log p(x) (by quadrature) less the bound, of the q that was found in each family:");
  page.table({"q(z|x)", "nats"}, rows);
  page.picture("q(z|x) of each family, in this order, and the posterior",
               sheet_of(pictures, pictures.size()));
  const auto gap = [&](const char* name) {
    return gaps[std::size_t(&posterior_named(name) - posteriors().data())];
  };
  page.check(gap("diagonal") > 0.8, "a normal covers a piece of the ring, and loses much");
  page.check(std::abs(gap("full") - gap("diagonal")) < 0.3,
             "that its latents may depend on each other is of little help");
  page.check(gap("mixture") < gap("diagonal") - 0.2, "several normals cover more of it");
  page.check(gap("flow") < gap("diagonal") - 0.5, "and so does a flow, that bends one");
  page.check(*std::min_element(gaps.begin(), gaps.end()) > -0.02,
             "no bound is above log p(x), within its error");
}

}  // namespace

std::vector<Lesson> lessons_on_families() {
  return {
      {"families-of-q", "M10", "q need not be a diagonal normal: what it cannot be, the bound loses.",
       "Kingma et al. 2016, section 2; Figurnov et al. 2018, eq. 5",
       "  log p(x) − L(q) = KL(q(z|x) ‖ p(z|x))", families_of_q, "vae/posterior.h"},
  };
}

}  // namespace tools
