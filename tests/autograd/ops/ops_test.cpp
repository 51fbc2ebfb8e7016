// Every operation: its gradients to second order (over the list in tools/gradcheck/ops_table.h), its value
// against the standard library in long double, its conventions at the edges, and what it says when shapes do
// not fit.
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tools/gradcheck/ops_table.h"

using namespace autograd;

namespace {

const Real inf = std::numeric_limits<Real>::infinity();
const Real not_a_number = std::numeric_limits<Real>::quiet_NaN();

std::string shapes_of(const std::vector<Array>& arrays) {
  std::string text;
  for (const Array& a : arrays) text += (text.empty() ? "" : " and ") + to_string(a.shape());
  return text;
}

// The declarations of ops.h, or of these sections of it: `Var … ;` with comments and line breaks taken out.
std::set<std::string> declarations(const std::set<std::string>& sections = {}) {
  std::ifstream file(ELBO_SOURCE_DIR "/autograd/ops.h");
  REQUIRE(file);
  std::stringstream text;
  std::smatch heading;
  bool wanted = sections.empty();
  for (std::string line; std::getline(file, line);) {
    if (!sections.empty() && std::regex_match(line, heading, std::regex("// ---- (.*) ----")))
      wanted = sections.count(heading[1]);
    if (wanted) text << line.substr(0, line.find("//")) << ' ';
  }
  const std::string code = std::regex_replace(text.str(), std::regex("\\s+"), " ");
  std::set<std::string> found;
  const std::regex declaration("Var ((operator[^(]+|\\w+)\\([^;]*\\)) ?;");
  for (std::sregex_iterator i(code.begin(), code.end(), declaration), end; i != end; ++i)
    found.insert((*i)[1]);
  return found;
}

}  // namespace

TEST_CASE("ops: every declaration of ops.h is in the table, and no other") {
  std::set<std::string> tested;
  for (const OpEntry& op : all_ops()) tested.insert(op.declared);
  const std::set<std::string> declared = declarations();
  CHECK(declared.size() >= 30);
  for (const std::string& name : declared) {
    INFO(name << " is declared in ops.h but has no entry in ops_table.h");
    CHECK(tested.count(name) == 1);
  }
  for (const std::string& name : tested) {
    INFO(name << " has an entry in ops_table.h but is not declared in ops.h");
    CHECK(declared.count(name) == 1);
  }
}

TEST_CASE("ops: every operation on numbers and every reduction is in the table of edges") {
  std::ifstream file(ELBO_SOURCE_DIR "/tests/golden/edges.txt");
  REQUIRE(file);
  std::set<std::string> golden;
  for (std::string type, name, rest; file >> type >> name && std::getline(file, rest);) golden.insert(name);
  std::map<std::string, std::string> node;
  for (const OpEntry& op : all_ops()) node.emplace(op.declared, op.leaves);
  const std::set<std::string> declared = declarations({"elementwise.cpp", "error_function.cpp", "special.cpp",
                                                       "reductions.cpp", "cumulative.cpp", "softmax.cpp"});
  CHECK(declared.size() >= 30);
  for (const std::string& op : declared) {
    INFO(op << " is not in tests/golden/edges.txt: add it to edges.py and to golden_test.cpp");
    CHECK(golden.count(op.substr(0, op.find('('))) + golden.count(node[op]) > 0);
  }
}

TEST_CASE("ops: each records a node under its name") {
  for (const OpEntry& op : all_ops()) {
    Step step;
    const std::size_t start = Tape::current().size();
    std::vector<Var> xs;
    for (const Array& x : op.at) xs.push_back(variable(x));
    op.f(xs);
    bool found = false;
    for (std::size_t i = start; i < Tape::current().size(); ++i)
      found = found || Tape::current().node(i).op == op.leaves;
    INFO(op.declared << " leaves no node " << op.leaves);
    CHECK(found);
  }
}

TEST_CASE("ops: gradients to second order") {
  for (const OpEntry& op : all_ops()) {
    const GradientCheck check = check_gradient(op.f, op.at);
    INFO(op.declared << " at " << shapes_of(op.at) << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);
  }
}

// As the square of itself, even a linear op gets an adjoint that depends on its inputs, so that its rule is
// differentiated too; and since it is recorded twice, the second adjoint is added to the first.
TEST_CASE("ops: gradients of the op times itself to second order") {
  for (const OpEntry& op : all_ops()) {
    const GradientCheck check =
        check_gradient([&](const std::vector<Var>& x) { return op.f(x) * op.f(x); }, op.at);
    INFO("square of " << op.declared << " at " << shapes_of(op.at) << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);
  }
}

// ---- values -----------------------------------------------------------------------------------------------

TEST_CASE("ops: values of one operand agree with the standard library") {
  struct Case {
    const char* name;
    Var (*f)(Var);
    long double (*truth)(long double);
    std::vector<Real> at;
  };
  const std::vector<Real> anywhere = {-30, -3.7, -1, -0.3, -1e-10, 0, 1e-10, 0.2, 1, 2.5, 30};
  const std::vector<Real> positive = {1e-300, 1e-8, 0.3, 1, 2, 1e8, 1e300};
  const std::vector<Case> cases = {
      {"neg", [](Var x) { return -x; }, [](long double x) { return -x; }, anywhere},
      {"square", square, [](long double x) { return x * x; }, anywhere},
      {"sqrt", sqrt, [](long double x) { return std::sqrt(x); }, positive},
      {"exp", exp, [](long double x) { return std::exp(x); }, anywhere},
      {"expm1", expm1, [](long double x) { return std::expm1(x); }, anywhere},
      {"log", log, [](long double x) { return std::log(x); }, positive},
      {"tanh", tanh, [](long double x) { return std::tanh(x); }, anywhere},
      {"sigmoid", sigmoid, [](long double x) { return 1 / (1 + std::exp(-x)); }, anywhere},
      {"softplus", softplus, [](long double x) { return std::log1p(std::exp(x)); }, anywhere},
      {"relu", relu, [](long double x) { return x > 0 ? x : 0; }, anywhere},
      {"clamp", [](Var x) { return clamp(x, -1, 2); },
       [](long double x) { return std::min(std::max(x, -1.0L), 2.0L); }, anywhere},
      {"stop_gradient", stop_gradient, [](long double x) { return x; }, anywhere},
  };
  for (const Case& c : cases) {
    Evaluation scope;
    const std::vector<Real> found = values_of(c.f(vector(c.at)).value());
    for (std::size_t i = 0; i < c.at.size(); ++i) {
      INFO(c.name << " at " << c.at[i]);
      CHECK(found[i] == Approx(double(c.truth(c.at[i]))).epsilon(2e-15).margin(0));
    }
  }
}

TEST_CASE("ops: an element's value does not depend on where in the array it stands") {
  Evaluation scope;
  for (Var (*f)(Var) : {exp, log, tanh, sigmoid, softplus, sqrt, expm1}) {
    const std::vector<Real> found = values_of(f(constant(full({37}, 0.7))).value());
    for (const Real y : found) CHECK(y == found.front());
  }
}

TEST_CASE("ops: values of two operands") {
  Evaluation scope;
  const Var a = vector({1, -2, 3, 0}), b = vector({4, 5, -0.5, 1});
  CHECK(values_of((a + b).value()) == std::vector<Real>{5, 3, 2.5, 1});
  CHECK(values_of((a - b).value()) == std::vector<Real>{-3, -7, 3.5, -1});
  CHECK(values_of((a * b).value()) == std::vector<Real>{4, -10, -1.5, 0});
  CHECK(values_of((a / b).value()) == std::vector<Real>{0.25, -0.4, -6, 0});
  CHECK(values_of((a > b).value()) == std::vector<Real>{0, 0, 1, 0});
  CHECK(values_of((a < b).value()) == std::vector<Real>{1, 1, 0, 1});
  CHECK(values_of((a > a).value()) == std::vector<Real>{0, 0, 0, 0});
  CHECK(values_of(where(a, a, b).value()) == std::vector<Real>{1, 5, 3, 1});
  CHECK(values_of((Real(1) - a).value()) == std::vector<Real>{0, 3, -2, 1});
  CHECK(values_of((Real(6) / b).value()) == std::vector<Real>{1.5, 1.2, -12, 6});
}

TEST_CASE("ops: broadcasting pairs element with element as NumPy does") {
  Evaluation scope;
  const Var a = constant(array({2, 3}, {1, 2, 3, 4, 5, 6})), row = constant(array({3}, {10, 20, 30}));
  const Var column = constant(array({2, 1}, {100, 200}));
  CHECK(values_of((a + row).value()) == std::vector<Real>{11, 22, 33, 14, 25, 36});
  CHECK(values_of((a + column).value()) == std::vector<Real>{101, 102, 103, 204, 205, 206});
  CHECK(values_of((column - row).value()) == std::vector<Real>{90, 80, 70, 190, 180, 170});
  CHECK((constant(zeros({4, 1, 3, 1})) + constant(zeros({2, 1, 5}))).shape() == Shape{4, 2, 3, 5});
  CHECK((constant(zeros({0, 3})) + row).shape() == Shape{0, 3});
  CHECK((constant(zeros({0, 1})) + row).shape() == Shape{0, 3});
  CHECK((constant(zeros({1})) + constant(zeros({0}))).shape() == Shape{0});
}

TEST_CASE("ops: broadcasting four axes agrees with index arithmetic") {
  Evaluation scope;
  const Array a = normal(Stream(), {4, 1, 3, 1}), b = normal(Stream().at_epoch(1), {2, 1, 5});
  const Array c = (constant(a) * constant(b)).value();
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 2; ++j)
      for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t l = 0; l < 5; ++l) CHECK(c(i, j, k, l) == a(i, 0, k, 0) * b(j, 0, l));
}

TEST_CASE("ops: sums, means and their axes") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(sum(x).item() == 21);
  CHECK(sum(x).shape() == Shape{});
  CHECK(values_of(sum(x, {0}).value()) == std::vector<Real>{5, 7, 9});
  CHECK(values_of(sum(x, {1}).value()) == std::vector<Real>{6, 15});
  CHECK(sum(x, {1}, true).shape() == Shape{2, 1});
  CHECK(sum(x, {0, 1}, true).shape() == Shape{1, 1});
  CHECK(values_of(sum(x, {}).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6});
  CHECK(mean(x).item() == 3.5);
  CHECK(values_of(mean(x, {0}).value()) == std::vector<Real>{2.5, 3.5, 4.5});
  CHECK(values_of(sum_to(x, {1, 3}).value()) == std::vector<Real>{5, 7, 9});
  CHECK(values_of(broadcast_to(constant(array({2, 1}, {7, 8})), {2, 2}).value()) ==
        std::vector<Real>{7, 7, 8, 8});
}

TEST_CASE("ops: sums over any axes of four agree with index arithmetic") {
  Evaluation scope;
  const Array x = normal(Stream(), {3, 2, 4, 5});
  for (const Axes& axes : {Axes{0, 2}, Axes{1, 3}, Axes{0, 1, 3}, Axes{2}, Axes{0, 3}, Axes{0, 1, 2, 3}}) {
    Shape kept = x.shape();
    for (const std::size_t axis : axes) kept[axis] = 1;
    Array expected = zeros(kept);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        for (std::size_t k = 0; k < 4; ++k)
          for (std::size_t l = 0; l < 5; ++l)
            expected(i % kept[0], j % kept[1], k % kept[2], l % kept[3]) += x(i, j, k, l);
    const Array found = sum(constant(x), axes, true).value();
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(found.data()[i] == Approx(expected.data()[i]).epsilon(1e-12).margin(1e-13));
  }
}

TEST_CASE("ops: sums longer than a block of 1024, in rows and in columns") {
  Evaluation scope;
  const std::size_t n = 5003;
  Array x = empty({n, 2});
  for (std::size_t i = 0; i < n; ++i) x(i, 0) = Real(i), x(i, 1) = 1;
  const Real triangle = Real(n * (n - 1) / 2);
  CHECK(values_of(sum(constant(x), {0}).value()) == std::vector<Real>{triangle, Real(n)});
  CHECK(sum(constant(x)).item() == triangle + Real(n));
}

TEST_CASE("ops: logsumexp") {
  Evaluation scope;
  CHECK(logsumexp(vector({0, 0, 0}), {0}).item() == Approx(std::log(3.0)).epsilon(1e-15));
  CHECK(logsumexp(vector({1000, 1000}), {0}).item() == Approx(1000 + std::log(2.0)).epsilon(1e-15));
  CHECK(logsumexp(vector({-1000, -1001}), {0}).item() ==
        Approx(-1000 + std::log1p(std::exp(-1.0))).epsilon(1e-15));
  CHECK(values_of(logsumexp(constant(array({2, 2}, {0, std::log(3.0), 5, -inf})), {1}).value())[0] ==
        Approx(std::log(4.0)));
}

TEST_CASE("ops: reshape, slice, embed and concat move elements without changing them") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(reshape(x, {3, 2}).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6});
  CHECK(values_of(slice(x, 1, 1, 3).value()) == std::vector<Real>{2, 3, 5, 6});
  CHECK(values_of(slice(x, 0, 1, 2).value()) == std::vector<Real>{4, 5, 6});
  CHECK(values_of(embed(x, {2, 5}, 1, 1).value()) == std::vector<Real>{0, 1, 2, 3, 0, 0, 4, 5, 6, 0});
  CHECK(values_of(embed(x, {3, 3}, 0, 1).value()) == std::vector<Real>{0, 0, 0, 1, 2, 3, 4, 5, 6});
  CHECK(values_of(concat({x, x}, 0).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6});
  CHECK(values_of(concat({x, slice(x, 1, 0, 1)}, 1).value()) == std::vector<Real>{1, 2, 3, 1, 4, 5, 6, 4});
}

TEST_CASE("ops: products agree with three loops, whatever is transposed") {
  Evaluation scope;
  const std::size_t M = 3, K = 5, N = 4;
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const Array a = normal(Stream(), ta ? Shape{K, M} : Shape{M, K}),
                  b = normal(Stream().at_epoch(1), tb ? Shape{N, K} : Shape{K, N});
      const Array c = matmul(constant(a), constant(b), ta, tb).value();
      REQUIRE(c.shape() == Shape{M, N});
      for (std::size_t i = 0; i < M; ++i)
        for (std::size_t j = 0; j < N; ++j) {
          double expected = 0;
          for (std::size_t k = 0; k < K; ++k) expected += (ta ? a(k, i) : a(i, k)) * (tb ? b(j, k) : b(k, j));
          CHECK(c(i, j) == Approx(expected).epsilon(1e-13));
        }
    }
}

TEST_CASE("ops: affine is x W' + b, and the bias alone where the inner size is 0") {
  Evaluation scope;
  const Var x = constant(array({2, 2}, {1, 2, 3, 4})), W = constant(array({3, 2}, {1, 0, 0, 1, 1, 1}));
  CHECK(values_of(affine(x, W, constant(array({3}, {10, 20, 30}))).value()) ==
        std::vector<Real>{11, 22, 33, 13, 24, 37});
  const Var y = affine(constant(zeros({2, 0})), constant(zeros({3, 0})), constant(array({3}, {1, 2, 3})));
  CHECK(values_of(y.value()) == std::vector<Real>{1, 2, 3, 1, 2, 3});
  CHECK(values_of(matmul(constant(zeros({2, 0})), constant(zeros({0, 2}))).value()) ==
        std::vector<Real>{0, 0, 0, 0});
}

// ---- edges ------------------------------------------------------------------------------------------------

TEST_CASE("ops: relu has slope 0 at 0 and keeps NaN") {
  CHECK(slope(relu, 0) == 0);
  CHECK(slope(relu, 1e-300) == 1);
  CHECK(std::isnan(value(relu, not_a_number)));
  CHECK(value(relu, -inf) == 0);
  CHECK(value(relu, inf) == inf);
}

TEST_CASE("ops: softplus and its slope are exact far out, and the slope at 0 is a half") {
  CHECK(value(softplus, 1000) == 1000);
  CHECK(value(softplus, -1000) == 0);
  CHECK(value(softplus, -700) == Approx(std::exp(-700.0)).epsilon(1e-13).margin(0));
  CHECK(value(softplus, inf) == inf);
  CHECK(value(softplus, -inf) == 0);
  CHECK(std::isnan(value(softplus, not_a_number)));
  CHECK(slope(softplus, 0) == 0.5);
  CHECK(slope(softplus, 1000) == 1);
  CHECK(slope(softplus, -1000) == 0);
}

TEST_CASE("ops: sigmoid and tanh saturate without NaN, and so do their slopes") {
  CHECK(value(sigmoid, 1000) == 1);
  CHECK(value(sigmoid, -1000) == 0);
  CHECK(value(tanh, 1000) == 1);
  CHECK(value(tanh, -1000) == -1);
  CHECK(slope(sigmoid, 1000) == 0);
  CHECK(slope(sigmoid, -1000) == 0);
  CHECK(slope(tanh, 1000) == 0);
}

TEST_CASE("ops: sqrt of 0 is 0 with an infinite slope; of a negative number, NaN") {
  CHECK(value(sqrt, 0) == 0);
  CHECK(slope(sqrt, 0) == inf);
  CHECK(std::isnan(value(sqrt, -1)));
  CHECK(slope([](Var x) { return where(x > Real(0), sqrt(x), Real(0)); }, 0) == 0);
}

TEST_CASE("ops: expm1 keeps its digits near 0 and exp its range") {
  CHECK(value(expm1, 1e-20) == Approx(1e-20).epsilon(1e-15).margin(0));
  CHECK(value(expm1, -1000) == -1);
  CHECK(value(exp, -1000) == 0);
  CHECK(value(exp, 1000) == inf);
  CHECK(value(log, 0) == -inf);
}

TEST_CASE("ops: clamp has slope 1 at its bounds, 0 outside, and keeps NaN") {
  const auto f = [](Var x) { return clamp(x, -1, 2); };
  CHECK(slope(f, -1) == 1);
  CHECK(slope(f, 2) == 1);
  CHECK(slope(f, std::nextafter(Real(2), Real(3))) == 0);
  CHECK(slope(f, std::nextafter(Real(-1), Real(-2))) == 0);
  CHECK(std::isnan(value(f, not_a_number)));
  CHECK(value(f, inf) == 2);
  CHECK(value(f, -inf) == -1);
  CHECK_THROWS_AS(value([](Var x) { return clamp(x, 2, 1); }, 0), std::invalid_argument);
}

TEST_CASE("ops: the Bernoulli log-probability is exact at logits of 1000 and sums to one") {
  const auto zero = [](Var l) { return bernoulli_log_prob(Real(0), l); };
  const auto one = [](Var l) { return bernoulli_log_prob(Real(1), l); };
  CHECK(value(one, 1000) == 0);
  CHECK(value(zero, -1000) == 0);
  CHECK(value(zero, 1000) == -1000);
  CHECK(value(one, -1000) == -1000);
  CHECK(slope(zero, 1000) == -1);
  CHECK(slope(one, 1000) == 0);
  CHECK(slope(one, 0) == 0.5);
  for (const Real l : {-3.0, 0.0, 0.7, 20.0})
    CHECK(std::exp(value(zero, l)) + std::exp(value(one, l)) == Approx(1).epsilon(1e-15));
  CHECK(value(one, 2) == Approx(double(std::log(1 / (1 + std::exp(-2.0L))))).epsilon(1e-14));
}

TEST_CASE("ops: logsumexp of nothing but minus infinity is minus infinity") {
  Evaluation scope;
  CHECK(logsumexp(vector({-inf, -inf}), {0}).item() == -inf);
  CHECK(logsumexp(vector({-inf, 3}), {0}).item() == 3);
  CHECK(logsumexp(vector({inf, 3}), {0}).item() == inf);
  CHECK(std::isnan(logsumexp(vector({not_a_number, 3}), {0}).item()));
}

TEST_CASE("ops: comparisons with NaN are false, and where takes its third operand then") {
  Evaluation scope;
  CHECK((vector({not_a_number}) > Real(0)).item() == 0);
  CHECK((vector({not_a_number}) < Real(0)).item() == 0);
  CHECK(where(vector({not_a_number}), Real(1), Real(2)).item() == 2);
}

TEST_CASE("ops: where sends the gradient to the operand it took") {
  const auto f = [](Var x) { return where(x > Real(1), square(x), Real(3) * x); };
  CHECK(slope(f, 1) == 3);
  CHECK(slope(f, 2) == 4);
}

TEST_CASE(
    "ops: an empty sum is 0, the mean of no elements an error, and no means of some elements are no "
    "numbers") {
  Evaluation scope;
  CHECK(sum(constant(zeros({0, 3}))).item() == 0);
  CHECK(values_of(sum(constant(zeros({0, 3})), {0}).value()) == std::vector<Real>{0, 0, 0});
  CHECK(sum(constant(zeros({0, 3})), {1}).shape() == Shape{0});
  CHECK(says(message_of<std::invalid_argument>([] { mean(constant(zeros({0, 3}))); }), {"[mean]", "[0,3]"}));
  CHECK_THROWS_AS(mean(constant(zeros({2, 0})), {1}), std::invalid_argument);
  CHECK(mean(constant(zeros({0, 3})), {1}).shape() == Shape{0});  // no means of three elements each
}

TEST_CASE("ops: no gradient flows through stop_gradient or a comparison") {
  CHECK(slope([](Var x) { return x * stop_gradient(x); }, 3) == 3);
  CHECK(slope([](Var x) { return x + (x > Real(0)); }, 3) == 1);
  CHECK(slope([](Var x) { return where(x, Real(2), Real(5)) + x; }, 3) == 1);
}

// ---- errors -----------------------------------------------------------------------------------------------

TEST_CASE("ops: shapes that do not fit are named, with the operation") {
  const auto c = [](const Shape& shape) { return constant(zeros(shape)); };
  const auto message = [](const std::function<void()>& f) {
    Evaluation scope;
    return message_of<std::invalid_argument>(f);
  };
  CHECK(says(message([&] { c({2, 3}) + c({4}); }), {"[add]", "[2,3]", "[4]"}));
  CHECK(says(message([&] { c({2, 3}) - c({2}); }), {"[sub]", "[2,3]", "[2]"}));
  CHECK(says(message([&] { c({2, 3}) * c({3, 3}); }), {"[mul]", "[2,3]", "[3,3]"}));
  CHECK(says(message([&] { c({0}) / c({3}); }), {"[div]", "[0]", "[3]"}));
  CHECK(says(message([&] { where(c({2}), c({3}), Real(0)); }), {"[where]", "[2]", "[3]"}));
  CHECK(says(message([&] {
               bernoulli_log_prob(c({2, 3}), c({2, 4}));
             }),
             {"[bernoulli_log_prob]", "[2,3]", "[2,4]"}));
  CHECK(says(message([&] { matmul(c({2, 3}), c({4, 2})); }), {"[matmul]", "[2,3]", "[4,2]"}));
  CHECK(says(message([&] { matmul(c({2, 3}), c({3, 2}), true); }), {"[matmul]", "[2,3]", "[3,2]"}));
  CHECK(says(message([&] { matmul(c({3}), c({3, 2})); }), {"[matmul]", "[3]", "[3,2]"}));
  CHECK(says(message([&] {
               affine(c({32, 10}), c({200, 784}), c({200}));
             }),
             {"[affine]", "[32,10]", "[200,784]"}));
  CHECK(says(message([&] { affine(c({2, 3}), c({4, 3}), c({3})); }), {"[affine]", "[4,3]", "[3]"}));
  CHECK(says(message([&] { sum(c({2, 3}), {2}); }), {"[sum]", "axis 2", "[2,3]"}));
  CHECK(says(message([&] { sum(c({2, 3}), {1, 1}); }), {"[sum]", "axis 1", "twice"}));
  CHECK(says(message([&] { logsumexp(c({2, 3}), {5}); }), {"[logsumexp]", "axis 5", "[2,3]"}));
  CHECK(says(message([&] { broadcast_to(c({2, 3}), {2, 4}); }), {"[broadcast_to]", "[2,3]", "[2,4]"}));
  CHECK(says(message([&] { broadcast_to(c({2, 3}), {3}); }), {"[broadcast_to]", "[2,3]", "[3]"}));
  CHECK(says(message([&] { sum_to(c({2, 3}), {2, 2}); }), {"[sum_to]", "[2,3]", "[2,2]"}));
  CHECK(says(message([&] { reshape(c({2, 3}), {4}); }), {"[reshape]", "[2,3]", "[4]"}));
  CHECK(says(message([&] {
               reshape(c({0}), {std::size_t(1) << 32, std::size_t(1) << 32});
             }),
             {"[4294967296,4294967296]"}));  // wraps to 0
  CHECK(says(message([&] { slice(c({2, 3}), 1, 2, 4); }), {"[slice]", "2:4", "axis 1", "[2,3]"}));
  CHECK(says(message([&] { slice(c({2, 3}), 1, 2, 1); }), {"[slice]", "2:1"}));
  CHECK(says(message([&] { slice(c({2, 3}), 2, 0, 1); }), {"[slice]", "axis 2"}));
  CHECK(says(message([&] { embed(c({2, 3}), {2, 4}, 1, 2); }), {"[embed]", "[2,3]", "at 2", "[2,4]"}));
  CHECK(says(message([&] {
               embed(c({2, 3}), {2, 4}, 1, SIZE_MAX);
             }),
             {"[embed]", "[2,3]", "[2,4]"}));  // wraps to 2
  CHECK(says(message([&] { concat({c({2, 3}), c({3, 3})}, 1); }), {"[concat]", "[2,3]", "[3,3]", "axis 1"}));
  CHECK(says(message([&] { concat({c({2, 3}), c({2})}, 0); }), {"[concat]", "[2,3]", "[2]"}));
  CHECK(says(message([&] { concat({}, 0); }), {"[concat]"}));
}

TEST_CASE("ops: an operation that fails leaves nothing on the tape to trip over") {
  Step step;
  const Var x = variable(full({3}, 2));
  CHECK_THROWS_AS(x + constant(zeros({2})), std::invalid_argument);
  CHECK_THROWS_AS(reshape(x, {2}), std::invalid_argument);
  CHECK(values_of(backward(sum(square(x)))[x]) == std::vector<Real>{4, 4, 4});
}
