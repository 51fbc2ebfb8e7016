// Mixtures of normals, one for each element. What all densities have in common is in all_densities_test.cpp.
#include "nn/distributions/normal_mixture.h"

#include "autograd/backward.h"
#include "autograd/grad.h"
#include "autograd/ops.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("normal_mixture: each element chooses its own component") {
  Evaluation scope;
  // Components at −5 and 5: of two elements of a datum, all four combinations come.
  const Shape shape = {400, 2, 2};
  Array mu = empty(shape);
  for (std::size_t i = 0; i < mu.size(); ++i) mu.data()[i] = i % 2 ? 5 : -5;
  const Array x =
      NormalMixture(constant(zeros(shape)), constant(mu), constant(full(shape, -4))).sample(Stream());
  std::size_t seen[2][2] = {};
  for (std::size_t row = 0; row < 400; ++row) ++seen[x(row, 0) > 0][x(row, 1) > 0];
  for (const auto& of_first : seen)
    for (const std::size_t count : of_first) CHECK(count > 60);
}

TEST_CASE("normal_mixture: one component is a normal") {
  Evaluation scope;
  const Array mu = random_array({3, 2}, 1), log_var = random_array({3, 2}, 2), x = random_array({3, 2}, 3);
  const auto last = [](const Array& a) { return expand_dims(constant(a), 2); };
  const Array found =
      NormalMixture(constant(full({3, 2, 1}, 7)), last(mu), last(log_var)).log_prob(constant(x)).value();
  const Array expected = Normal(constant(mu), constant(log_var)).log_prob(constant(x)).value();
  for (std::size_t i = 0; i < 3; ++i) CHECK(found(i) == Approx(expected(i)).epsilon(1e-13));
}

TEST_CASE("normal_mixture: F(x) of a draw does not move with the parameters, to second order") {
  Parameter logits(random_array({3, 2, 4}, 0)), mu(random_array({3, 2, 4}, 1)),
      log_var(random_array({3, 2, 4}, 2));
  const auto u = [&] {
    const NormalMixture p(logits, mu, log_var);
    return sum(square(p.cdf(p.rsample(Stream()))) + p.cdf(p.rsample(Stream())));
  };
  Step step;
  const std::vector<Var> slopes = grad(u(), {logits, mu, log_var});
  for (const Var& slope : slopes) CHECK(largest_difference(slope, constant(zeros({3, 2, 4}))) < 1e-12);
  const Gradients g = backward(sum(slopes[0] * constant(random_array({3, 2, 4}, 3))) +
                               sum(slopes[1] * constant(random_array({3, 2, 4}, 4))) +
                               sum(slopes[2] * constant(random_array({3, 2, 4}, 5))));
  for (const Parameter* p : {&logits, &mu, &log_var})
    CHECK(largest_difference(constant(g[*p]), constant(zeros({3, 2, 4}))) < 1e-11);
}

TEST_CASE("normal_mixture: parameters of other shapes are refused") {
  CHECK(says(message_of<std::invalid_argument>([] {
               NormalMixture(constant(zeros({2, 3})), constant(zeros({2, 2})), constant(zeros({2, 3})));
             }),
             {"[normal_mixture]", "[2,3]", "mu [2,2]"}));
}
