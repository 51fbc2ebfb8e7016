// The tape drawn: the exact text of small graphs, what is escaped, and a whole step of a VAE.
#include "autograd/inspect/graph.h"

#include "autograd/custom.h"
#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("graph: three nodes, exactly") {
  Tape tape;
  const Parameter w(full({3}, 2));
  const Var x = constant(zeros({2, 1}));
  x - Real(0.5);
  Var{w};
  CHECK(to_dot(tape) == R"(digraph tape {
  ordering=in;
  node [shape=box];
  n0 [label="constant\n[2,1]", style=dashed];
  n1 [label="sub(·, 0.5)\n[2,1]"];
  n0 -> n1;
  n2 [label="parameter\n[3]", style=filled];
}
)");
}

TEST_CASE("graph: nothing, and scalars") {
  Tape tape;
  CHECK(to_dot(tape) == "digraph tape {\n  ordering=in;\n  node [shape=box];\n}\n");
  variable(full({}, 1));
  CHECK(says(to_dot(tape), {"n0 [label=\"variable\\n[]\"];"}));
}

TEST_CASE("graph: arrows keep the operands' order, and an operand used twice has two") {
  Tape tape;
  const Var a = variable(full({}, 1)), b = variable(full({}, 2));
  const Var difference = b - a;
  difference* difference;
  where(a, Real(-1), b);
  CHECK(says(to_dot(tape), {"n1 -> n2;\n  n0 -> n2;\n", "n2 -> n3;\n  n2 -> n3;\n",
                            "\"where(·, -1, ·)\\n[]\"];\n  n0 -> n4;\n  n1 -> n4;"}));
}

TEST_CASE("graph: what DOT would take for its own is escaped") {
  Tape tape;
  elementwise(
      "a \"b\" \\n\nc", {constant(full({}, 1))}, [](auto x) { return x; }, [](auto g) { return g; });
  CHECK(says(to_dot(tape), {R"(n1 [label="a \"b\" \\n\nc\n[]"];)"}));
}

TEST_CASE("graph: every node appears once, with its arrows, and the same step gives the same text") {
  const Parameter W(full({5, 6}, 0.1)), b(zeros({5})), V(full({4, 5}, 0.2)), c(zeros({4}));
  const auto drawn = [&] {
    Tape tape;
    Step step;
    const Var h = affine(tanh(affine(constant(uniform(Stream(), {4, 6})), W, b)), V, c);
    const Var mu = slice(h, 1, 0, 2), log_var = clamp(slice(h, 1, 2, 4), -30, 20);
    const Var z = mu + exp(log_var * Real(0.5)) * constant(normal(Stream(), {4, 2}));
    backward(mean(sum(square(z), {1}) - Real(0.5) * sum(1 + log_var - square(mu) - exp(log_var), {1})));
    const std::string text = to_dot(tape);
    std::size_t arrows = 0, parameters = 0;
    for (std::size_t i = 0; i < tape.size(); ++i) {
      const Node& node = tape.node(i);
      const std::string box = "\n  n" + std::to_string(i) + " [label=\"" + node.op;
      INFO(describe(tape, i));
      CHECK(occurrences(text, box) == 1);
      parameters += node.parameter != nullptr;
      for (std::size_t k = 0; k < node.inputs.size(); ++k) arrows += !node.inputs[k].is_number;
    }
    CHECK(tape.size() > 20);
    CHECK(occurrences(text, " -> ") == arrows);
    CHECK(occurrences(text, "style=filled") == parameters);
    CHECK(parameters == 4);
    return text;
  };
  CHECK(drawn() == drawn());
}
