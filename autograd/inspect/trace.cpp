// Reports that name operations, shapes and elements, read off the tape.
#include "autograd/inspect/trace.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "autograd/tape.h"

namespace autograd {

namespace {

std::string number(double x) {
  if (std::isnan(x)) return "nan";
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x);
  return text;
}

std::string name(const Node& node) { return std::string(node.op) + " " + to_string(node.value->shape()); }

// ", -2.1 to 1.5": the range of the finite elements; and how many are not finite.
std::string range(const Array& x) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  std::size_t finite = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = double(x.data()[i]);
    if (!std::isfinite(v)) continue;
    low = std::min(low, v), high = std::max(high, v);
    ++finite;
  }
  std::string text = finite ? ", " + number(low) + " to " + number(high) : "";
  if (finite < x.size()) text += ", " + std::to_string(x.size() - finite) + " not finite";
  return text;
}

// Data may hold NaN where a number is missing: constants and, while gradients are recorded, what is computed
// of constants alone. Nothing else should.
bool is_data(const Tape& tape, const Node& node) {
  return !node.needs_gradient && !node.parameter && (tape.recording() || node.inputs.empty());
}

// "nan at element 4"
std::string first_non_finite_element(const Array& x) {
  std::size_t i = 0;
  while (std::isfinite(x.data()[i])) ++i;
  return number(double(x.data()[i])) + " at element " + std::to_string(i);
}

void add_origins(std::string& text, const Tape& tape, const Node& node, std::size_t level,
                 std::size_t depth) {
  for (const Operand& input : node.inputs) {
    text += "\n" + std::string(2 * level, ' ') + "of ";
    if (input.is_number) {
      text += number(double(input.number));
      continue;
    }
    const Node& from = tape.node(input.var);
    text += name(from) + range(*from.value);
    if (level < depth) add_origins(text, tape, from, level + 1, depth);
  }
}

}  // namespace

std::string origins(const Tape& tape, std::size_t index, std::size_t depth) {
  std::string text;
  add_origins(text, tape, tape.node(index), 1, depth);
  return text;
}

bool all_finite(const Array& a) {
  // 0 · v is 0 for finite v and NaN otherwise, so one vectorisable sum tells.
  Real sum = 0;
  for (const Real *v = a.data(), *end = v + a.size(); v != end; ++v) sum += Real(0) * *v;
  return sum == 0;
}

std::string describe(const Tape& tape, std::size_t index) {
  const Node& node = tape.node(index);
  std::string text = name(node);
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Operand& input = node.inputs[k];
    text += k ? ", " : " of ";
    text += input.is_number ? number(double(input.number)) : name(tape.node(input.var));
  }
  return text;
}

std::string first_non_finite(const Tape& tape) {
  for (std::size_t i = 0; i < tape.size(); ++i)
    if (!is_data(tape, tape.node(i)) && !all_finite(*tape.node(i).value)) return describe(tape, i);
  return "";
}

void TraceNonFinite::computed(const Tape& tape, std::size_t index) {
  const Node& node = tape.node(index);
  if (!is_data(tape, node) && !all_finite(*node.value))
    throw std::domain_error(name(node) + " is " + first_non_finite_element(*node.value) +
                            origins(tape, index));
}

void TraceNonFinite::pulled(const Tape& tape, std::size_t index, std::size_t input, const Array& adjoint) {
  if (all_finite(adjoint)) return;
  const Node& node = tape.node(index);
  throw std::domain_error("in backward, the adjoint of input " + std::to_string(input) + " of " + name(node) +
                          " is " + first_non_finite_element(adjoint) + "; its value" + range(*node.value) +
                          origins(tape, index));
}

}  // namespace autograd
