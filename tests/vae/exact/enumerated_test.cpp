// The distribution over listed values, against sums over them and its own draws.
#include "vae/exact/enumerated.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace vae;

namespace {

const Array three_values = array({3, 2}, {0, 0, 1, 0, -2, 5});
const std::vector<double> three_p = {0.2, 0.5, 0.3};

Var three_logits(std::size_t rows) {
  Array l = empty({rows, 3});
  for (std::size_t i = 0; i < l.size(); ++i) l.data()[i] = std::log(three_p[i % 3]) + 7;
  return constant(l);
}

}  // namespace

TEST_CASE("enumerated: the listed values have their probabilities, and nothing else has one") {
  Evaluation scope;
  const Enumerated q(three_values, three_logits(4));
  const Array log_p = q.log_prob(constant(array({4, 2}, {0, 0, 1, 0, -2, 5, 0, 5}))).value();
  for (std::size_t k = 0; k < 3; ++k) CHECK(log_p(k) == Approx(std::log(three_p[k])));
  CHECK(log_p(3) == -infinity);

  // A value without probability.
  const Enumerated certain(three_values,
                           constant(array({2, 3}, {0, -infinity, -infinity, 0, -infinity, -infinity})));
  const Array log_c = certain.log_prob(constant(array({2, 2}, {0, 0, 1, 0}))).value();
  CHECK(log_c(0) == 0);
  CHECK(log_c(1) == -infinity);
}

TEST_CASE("enumerated: moments are sums over the values, and draws have their frequencies") {
  constexpr std::size_t rows = 20000;
  Evaluation scope;
  const Enumerated q(three_values, three_logits(rows));
  const Array mean = q.mean().value(), variance = q.variance().value(), z = q.sample(Stream());
  for (std::size_t j = 0; j < 2; ++j) {
    double m = 0, v = 0;
    for (std::size_t k = 0; k < 3; ++k) m += three_p[k] * three_values(k, j);
    for (std::size_t k = 0; k < 3; ++k) v += three_p[k] * (three_values(k, j) - m) * (three_values(k, j) - m);
    CHECK(mean(rows - 1, j) == Approx(m));
    CHECK(variance(0, j) == Approx(v));
  }
  CHECK(q.entropy().value()(0) == Approx(-(0.2 * std::log(0.2) + 0.5 * std::log(0.5) + 0.3 * std::log(0.3))));
  std::vector<double> counts(3, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < 3; ++k)
      counts[k] += z(i, 0) == three_values(k, 0) && z(i, 1) == three_values(k, 1);
  CHECK(counts[0] + counts[1] + counts[2] == rows);
  CHECK(counts_agree(counts, {three_p[0] * rows, three_p[1] * rows, three_p[2] * rows}));
}

TEST_CASE("enumerated: what is no list of values with probabilities is refused") {
  CHECK_THROWS_AS(Enumerated(three_values, constant(zeros({2, 2}))), std::invalid_argument);
  CHECK_THROWS_AS(Enumerated(zeros({3}), constant(zeros({2, 3}))), std::invalid_argument);
  CHECK_THROWS_AS(Enumerated(array({2, 1}, {1, 1}), constant(zeros({2, 2}))), std::invalid_argument);
  CHECK_THROWS_AS(Enumerated(three_values, constant(full({2, 3}, -infinity))), std::domain_error);
  CHECK_THROWS_AS(Enumerated(three_values, constant(zeros({2, 3}))).log_prob(constant(zeros({2, 1}))),
                  std::invalid_argument);
}
