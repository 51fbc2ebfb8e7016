// The operations, one by one: those on numbers from their table (../gradcheck/ops_table.h), and a list of the
// others here.
#include "autograd/ops.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/random.h"
#include "autograd/threads.h"
#include "nn/optimizers/adam.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"
#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/gradcheck/ops_table.h"

namespace tools {

using namespace autograd;

namespace {

const std::size_t rows = 128, columns = 784, count = rows * columns;

struct Case {
  std::string name;
  Function f;
  std::vector<Array> inputs;
};

// "tanh", but "add" for operator+
std::string short_name(const OpEntry& op) { return op.name().find("operator") == 0 ? op.leaves : op.name(); }

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases;
  for (const OpEntry& op : elementwise_ops()) {
    const auto same = [&](const Case& c) { return c.name == short_name(op); };
    if (std::any_of(cases.begin(), cases.end(), same)) continue;
    std::vector<Array> inputs;
    for (std::size_t k = 0; k < op.at.size(); ++k) inputs.push_back(op_input(op.domains, k, {rows, columns}));
    cases.push_back({short_name(op), op.f, inputs});
  }
  return cases;
}

std::vector<Case> other_cases() {
  const auto numbers = [](const Shape& shape, Real low = -2, Real high = 2) {
    return op_input({{{low, high}}}, 0, shape);
  };
  const Array x = numbers({rows, columns}), half = numbers({rows, columns / 2}),
              near_1 = numbers({rows, columns}, 0.999, 1.001);
  const Array images = numbers({8, 16, 28, 28});
  std::vector<Case> cases;
  using Vars = const std::vector<Var>&;
  const auto add = [&](const std::string& name, const Function& f, const std::vector<Array>& inputs) {
    cases.push_back({name, f, inputs});
  };

  // "sum 0" runs over axis 0, "sum" over all.
  const std::vector<std::pair<std::string, Axes>> axes = {{" 0", {0}}, {" 1", {1}}, {"", {0, 1}}};
  for (const auto& [along, over] : axes) {
    const auto reduction = [&, over = over, along = along](const char* name, Var (*f)(Var, const Axes&, bool),
                                                           const Array& at) {
      add(name + along, [=](Vars v) { return f(v[0], over, false); }, {at});
    };
    reduction("sum", sum, x);
    reduction("mean", mean, x);
    reduction("prod", prod, near_1);
    reduction("max", max, x);
    reduction("min", min, x);
    add("var" + along, [over = over](Vars v) { return var(v[0], over); }, {x});
    reduction("norm", norm, x);
    reduction("logsumexp", logsumexp, x);
  }
  for (const std::size_t axis : {0u, 1u}) {
    const std::string along = " " + std::to_string(axis);
    const auto running = [&](const char* name, Var (*f)(Var, std::size_t)) {
      add(name + along, [=](Vars v) { return f(v[0], axis); }, {x});
    };
    running("softmax", softmax);
    running("log_softmax", log_softmax);
    running("cumsum", cumsum);
    running("flip", flip);
  }

  add("add row", [](Vars v) { return v[0] + v[1]; }, {x, numbers({columns})});
  add("add column", [](Vars v) { return v[0] + v[1]; }, {x, numbers({rows, 1})});
  add("add scalar", [](Vars v) { return v[0] + v[1]; }, {x, numbers({})});
  add("transpose", [](Vars v) { return permute(v[0], {1, 0}); }, {x});
  add("permute 0231", [](Vars v) { return permute(v[0], {0, 2, 3, 1}); }, {images});
  add("permute 0312", [](Vars v) { return permute(v[0], {0, 3, 1, 2}); }, {images});
  add("permute 1023", [](Vars v) { return permute(v[0], {1, 0, 2, 3}); }, {images});
  add("concat 0", [](Vars v) { return concat(v, 0); },
      {numbers({rows / 2, columns}), numbers({rows / 2, columns})});
  add("concat 1", [](Vars v) { return concat(v, 1); }, {half, half});
  add("slice 0", [](Vars v) { return slice(v[0], 0, 10, rows - 10); }, {x});
  add("slice 1", [](Vars v) { return slice(v[0], 1, 10, columns - 10); }, {x});
  const std::vector<std::size_t> shuffled_rows = permutation(Stream(), rows),
                                 shuffled_columns = permutation(Stream(), columns);
  add("take 0", [=](Vars v) { return take(v[0], shuffled_rows, 0); }, {x});
  add("take 1", [=](Vars v) { return take(v[0], shuffled_columns, 1); }, {x});
  return cases;
}

// Ours, and the peer's with one thread and with two.
struct Sides {
  Times ours, one, two;
};

const double nan = std::nan("");

void add_numbers(BenchRow& row, const std::string& what, const Sides& times, std::size_t elements,
                 const Peer* peer) {
  const double scale = 1e9 / double(elements);
  row.numbers.emplace_back(what + "_ns", scale * times.ours.median());
  if (!peer) return;
  const Times& theirs = faster_of(times.one, times.two);
  row.numbers.emplace_back(std::string(peer->name()) + "_" + what + "_ns", scale * theirs.median());
  row.numbers.emplace_back(what + "_times", theirs.turns.empty() ? nan : ratio(theirs, times.ours));
}

BenchRow measure(const Case& c, Peer* peer) {
  Step scope;
  std::vector<Var> x;
  for (const Array& input : c.inputs) x.push_back(variable(input));
  const Var y = c.f(x);
  const Array y_bar = op_input({{{Real(0.5), Real(1.5)}}}, 0, y.shape());

  const auto value = [&] {
    Step scope;
    c.f(x);
  };
  const auto gradient = [&] { backward(y, y_bar); };
  // A given adjoint is copied, which inside a training step none is: measured alone, to be subtracted.
  const Var leaf = variable(y.value());
  const auto copy = [&] { backward(leaf, y_bar); };

  std::vector<Contender> contenders = {{value, {}}, {gradient, {}}, {copy, {}}};
  const std::size_t our_threads = threads();
  const OpRuns theirs = peer ? peer->op(c.name, c.inputs) : OpRuns();
  if (theirs.value) {
    contenders[0].prepare = [our_threads] { set_threads(our_threads); };
    for (const std::size_t threads : {1u, 2u}) {
      contenders.push_back({theirs.value, [=] { peer->set_threads(threads); }});
      contenders.push_back({theirs.gradient, {}});
    }
  }
  std::vector<Times> t = interleaved(contenders, theirs.value ? 1 : 0.05);
  t.resize(7);

  const auto larger = [](const Array& a, const Array& b) { return a.size() < b.size(); };
  const std::size_t elements =
      std::max(std::max_element(c.inputs.begin(), c.inputs.end(), larger)->size(), y.value().size());
  BenchRow row = {c.name, {}};
  add_numbers(row, "value", {t[0], t[3], t[5]}, elements, peer);
  add_numbers(row, "gradient", {t[1] - t[2], t[4], t[6]}, elements, peer);
  return row;
}

BenchRow measure_adam(Peer* peer) {
  const std::size_t n = 1000 * 1000;
  Parameter theta(full({n}, 1));
  nn::Adam adam({{"theta", &theta}});
  Step scope;
  const Gradients g = backward(sum(theta * Real(1e-3)));
  std::vector<Contender> contenders = {{[&] { adam.step(g); }, {}}};
  if (peer) {
    contenders[0].prepare = [our_threads = threads()] { set_threads(our_threads); };
    for (const std::size_t threads : {1u, 2u})
      contenders.push_back({peer->adam(n), [=] { peer->set_threads(threads); }});
  }
  std::vector<Times> t = interleaved(contenders, 0.5);
  t.resize(3);
  BenchRow row = {"Adam", {}};
  add_numbers(row, "value", {t[0], t[1], t[2]}, n, peer);
  return row;
}

BenchRow measure_copy(Peer* peer) {
  const std::size_t n = 1000 * 1000;
  const Array from = full({n}, 1);
  Array to = full({n}, 2);
  const std::vector<Times> t = interleaved({{[&] { std::copy_n(from.data(), n, to.data()); }, {}}}, 0.5);
  BenchRow row = {"plain copy", {}};
  add_numbers(row, "value", {t[0], {}, {}}, n, peer);
  return row;
}

}  // namespace

BenchTable bench_ops(const std::vector<std::string>& names, Peer* peer) {
  std::vector<Case> all = elementwise_cases();
  for (const Case& c : other_cases()) all.push_back(c);

  const auto starts = [](const std::string& name, const std::string& start) {
    return name.compare(0, start.size(), start) == 0;
  };
  for (const std::string& name : names)
    if (!starts("Adam", name) && !starts("plain copy", name) &&
        std::none_of(all.begin(), all.end(), [&](const Case& c) { return starts(c.name, name); })) {
      std::vector<std::string> known;
      for (const Case& c : all) known.push_back(c.name);
      throw Failure(exit_usage, "there is no operation whose name starts with '" + name +
                                    "'; without names all are measured" + did_you_mean(name, known));
    }
  const auto wanted = [&](const std::string& name) {
    return names.empty() || std::any_of(names.begin(), names.end(),
                                        [&](const std::string& start) { return starts(name, start); });
  };

  BenchTable table;
  for (const Case& c : all)
    if (wanted(c.name)) table.push_back(measure(c, peer));
  if (wanted("Adam")) table.push_back(measure_adam(peer));
  if (wanted("plain copy")) table.push_back(measure_copy(peer));
  return table;
}

}  // namespace tools
