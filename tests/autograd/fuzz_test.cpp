// The derivatives of random graphs (random_graph.h), to second order, against five-point differences along
// two random directions through all leaves.
//
// The environment variable ELBO_FUZZ_GRAPHS is the number of graphs, ELBO_FUZZ_FIRST the number of the first.
// A graph that fails is cut to the fewest first nodes that still fail.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "autograd/gradcheck.h"
#include "tests/autograd/random_graph.h"
#include "tests/catch.h"

using namespace fuzz;

namespace {

// ---- the check --------------------------------------------------------------------------------------------

// f along two random directions through its leaves.  t: [2]
Function along_a_plane(const Graph& graph) {
  std::vector<Array> v;
  const Stream stream = Stream().at(Purpose::checking).at_epoch(std::uint32_t(graph.number));
  for (std::uint32_t k = 0; k < 2 * graph.leaves.size(); ++k)
    v.push_back(normal(stream.at_level(10 + k), graph.leaves[k / 2].shape()));
  return [&graph, v](Vars t) {
    const Var first = reshape(slice(t[0], 0, 0, 1), {}), second = reshape(slice(t[0], 0, 1, 2), {});
    std::vector<Var> leaves;
    for (std::size_t k = 0; k < graph.leaves.size(); ++k)
      leaves.push_back(constant(graph.leaves[k]) + first * constant(v[2 * k]) +
                       second * constant(v[2 * k + 1]));
    return graph(leaves);
  };
}

constexpr double step = 1e-3;

// True if differences with twice the step give the same slopes. Otherwise the graph is too near a kink or a
// pole for its differences to be slopes. The rules are not used here, so that wrong ones do not exclude a
// graph.
bool smooth(const Function& f) {
  const auto slopes = [&](std::size_t direction, double h) {
    std::vector<double> all;
    const double weights[] = {1, -8, 8, -1};
    const int places[] = {-2, -1, 1, 2};
    for (int k = 0; k < 4; ++k) {
      Evaluation scope;
      Array t = zeros({2});
      t(direction) = places[k] * h;
      const Array y = f({constant(t)}).value();
      all.resize(y.size());
      for (std::size_t i = 0; i < y.size(); ++i) all[i] += weights[k] * y.data()[i] / (12 * h);
    }
    return all;
  };
  for (const std::size_t direction : {0u, 1u}) {
    const std::vector<double> near = slopes(direction, step), far = slopes(direction, 2 * step);
    for (std::size_t i = 0; i < near.size(); ++i)
      if (!(std::abs(near[i] - far[i]) < 1e-8 * (1 + std::abs(near[i])))) return false;
  }
  return true;
}

// What is wrong with the derivatives of this graph, "" if nothing.
std::string failure(const Graph& graph) {
  const GradientCheck check = check_gradient(along_a_plane(graph), {zeros({2})}, step);
  return check.order1 < 1e-8 && check.order2 < 5e-7 ? "" : check.worst;
}

std::string cut_and_described(Graph graph) {
  const std::vector<Graph::Node> nodes = graph.nodes;
  for (std::size_t n = 1; n <= nodes.size(); ++n) {
    graph.nodes.assign(nodes.begin(), nodes.begin() + std::ptrdiff_t(n));
    const std::string worst = failure(graph);
    if (!worst.empty()) return graph.describe() + worst;
  }
  return graph.describe();
}

std::string name_of(const Choice& choice) { return choice.text.substr(0, choice.text.find('(')); }

// The names of all operations that may be drawn.
std::set<std::string> names() {
  Dice dice(0);
  std::set<std::string> all;
  for (const Choice& c : elementwise_choices()) all.insert(name_of(c));
  for (const auto& choices : {reduction_choices(), movement_choices()})
    for (const Drawn draw : choices) all.insert(name_of(draw({2, 3}, dice)));
  for (const OpEntry& op : entries()) all.insert("[" + op.declared.substr(0, op.declared.find('(')));
  for (const char* name : {"concat", "stack", "matmul"}) all.insert(name);
  return all;
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("fuzz: derivatives of random graphs against differences") {
  const std::uint64_t first = from_environment("ELBO_FUZZ_FIRST", 1),
                      count = from_environment("ELBO_FUZZ_GRAPHS", 3000);
  std::size_t rejected = 0, nodes = 0;
  std::set<std::string> met;
  for (std::uint64_t number = first; number < first + count; ++number) {
    INFO("graph " << number << ':');
    const Graph graph = random_graph(number);
    if (!smooth(along_a_plane(graph))) {
      ++rejected;
      continue;
    }
    nodes += graph.nodes.size();
    for (const Graph::Node& node : graph.nodes) met.insert(name_of(node.choice));
    if (!failure(graph).empty()) FAIL_CHECK('\n' << cut_and_described(graph));
  }
  std::printf("fuzz: %zu graphs of %.1f nodes; %zu more were rejected\n", std::size_t(count) - rejected,
              double(nodes) / double(count - rejected), rejected);
  if (count < 3000) return;
  CHECK(rejected < count / 50);
  for (const std::string& name : names()) {
    INFO(name << " is in no graph");
    CHECK(met.count(name) == 1);
  }
}
