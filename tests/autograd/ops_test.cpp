// What holds for every operation of ops.h: it is in the list of tools/gradcheck/ops_table.h, and its
// gradients are right to second order. Values, edges and errors are tested by source, in ops/.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "autograd/gradcheck.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/sources.h"
#include "tools/gradcheck/ops_table.h"

using namespace autograd;

namespace {

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
  bool wanted = sections.empty();
  for (std::string line; std::getline(file, line);) {
    if (!sections.empty())
      for (const Match& heading : matches(line, "^// ---- (\\S+) -+$"))
        wanted = sections.count(heading.groups[1]);
    if (wanted) text << line.substr(0, line.find("//")) << ' ';
  }
  const std::string code = single_spaced(text.str());
  std::set<std::string> found;
  for (const Match& declaration : matches(code, "Var ((operator[^(]+|\\w+)\\([^;]*\\)) ?;"))
    found.insert(declaration.groups[1]);
  return found;
}

}  // namespace

TEST_CASE("ops: every declaration of ops.h is in the table, and no other") {
  std::set<std::string> tested;
  for (const OpEntry& op : all_ops()) tested.insert(op.declared);
  const std::set<std::string> declared = declarations();
  CHECK(declared.size() >= 30);
  for (const std::string& name : declared) {
    INFO(name << " is declared in ops.h but has no entry in tools/gradcheck/ops_table_*.cpp");
    CHECK(tested.count(name) == 1);
  }
  for (const std::string& name : tested) {
    INFO(name << " has an entry in tools/gradcheck/ops_table_*.cpp but is not declared in ops.h");
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
  const std::set<std::string> declared = declarations(
      {"elementwise.cpp", "error_function.cpp", "reductions.cpp", "cumulative.cpp", "softmax.cpp"});
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

// The square of a linear operation has an adjoint that depends on its inputs, so that its rule is
// differentiated, too. And since the operation is recorded twice, the second adjoint is added to the first.
TEST_CASE("ops: gradients of the op times itself to second order") {
  for (const OpEntry& op : all_ops()) {
    const GradientCheck check =
        check_gradient([&](const std::vector<Var>& x) { return op.f(x) * op.f(x); }, op.at);
    INFO("square of " << op.declared << " at " << shapes_of(op.at) << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);
  }
}

TEST_CASE("ops: an operation that fails leaves the tape as it was") {
  Step step;
  const Var x = variable(full({3}, 2));
  CHECK_THROWS_AS(x + constant(zeros({2})), std::invalid_argument);
  CHECK_THROWS_AS(reshape(x, {2}), std::invalid_argument);
  CHECK(values_of(backward(sum(square(x)))[x]) == std::vector<Real>{4, 4, 4});
}
