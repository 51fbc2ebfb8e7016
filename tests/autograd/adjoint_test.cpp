// Every operation as a linear map: at a point, its derivative J is one, and the rules compute Jᵀu. What must
// then hold, whatever the operation (over the list in tools/gradcheck/ops_table.h):
//
//     ⟨u, Jv⟩ = ⟨Jᵀu, v⟩        the adjoint identity, with Jᵀu by vjp and Jv by jvp
//     Jv = d/dt f(x + tv)       by five-point differences, which know nothing of rules
//
// And a backward pass leaves nothing behind: the next gives the same bits.
#include <algorithm>
#include <cmath>

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tools/gradcheck/ops_table.h"

using namespace autograd;

namespace {

using Arrays = std::vector<Array>;

Arrays directions(const Arrays& at, std::uint32_t which) {
  Arrays v;
  for (const Array& x : at) v.push_back(normal(Stream().at_epoch(which++), x.shape()));
  return v;
}

double length(const Arrays& a) { return std::sqrt(dot(a, a)); }

// f(x + tv)
Array value(const Function& f, Arrays x, double t, const Arrays& v) {
  Evaluation scope;
  std::vector<Var> xs;
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::size_t i = 0; i < x[k].size(); ++i) x[k].data()[i] += t * v[k].data()[i];
    xs.push_back(constant(x[k]));
  }
  return f(xs).value();
}

}  // namespace

TEST_CASE("adjoint: <u, Jv> = <J'u, v> for every operation, and Jv is the derivative along v") {
  for (const OpEntry& op : all_ops()) {
    const Arrays v = directions(op.at, 100);
    const Array Jv = jvp(op.f, op.at, v), u = normal(Stream().at_epoch(200), Jv.shape());
    const Arrays Jtu = vjp(op.f, op.at, u);
    INFO(op.declared << " of " << to_string(op.at.front().shape()));
    const double sizes = length({u}) * length({Jv}) + length(Jtu) * length(v);
    CHECK(std::abs(dot({u}, {Jv}) - dot(Jtu, v)) <= 1e-13 * sizes);

    const double h = 1e-3;
    const Array f[] = {value(op.f, op.at, -2 * h, v), value(op.f, op.at, -h, v), value(op.f, op.at, h, v),
                       value(op.f, op.at, 2 * h, v)};
    double worst = 0, largest = 1;
    for (std::size_t i = 0; i < Jv.size(); ++i) {
      const double slope =
          (8 * (f[2].data()[i] - f[1].data()[i]) - (f[3].data()[i] - f[0].data()[i])) / (12 * h);
      worst = std::max(worst, std::abs(slope - Jv.data()[i]));
      largest = std::max(largest, std::abs(slope));
    }
    CHECK(worst < 1e-8 * largest);
  }
}

TEST_CASE("adjoint: backward twice gives the same bits, for every operation") {
  for (const OpEntry& op : all_ops()) {
    INFO(op.declared << " of " << to_string(op.at.front().shape()));
    Step step;
    std::vector<Var> xs;
    for (const Array& x : op.at) xs.push_back(variable(x));
    const Var y = op.f(xs), loss = sum(square(y) * constant(normal(Stream(), y.shape())));
    const Gradients first = backward(loss);
    Arrays kept;
    for (const Var& x : xs) kept.push_back(first[x]);
    const Gradients second = backward(loss);
    for (std::size_t k = 0; k < xs.size(); ++k) {
      CHECK(same(second[xs[k]], kept[k]));
      CHECK(same(first[xs[k]], kept[k]));
    }
  }
}
