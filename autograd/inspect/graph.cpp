// Writing the tape as text in the DOT language.
#include "autograd/inspect/graph.h"

#include <cstdio>
#include <unordered_map>

namespace autograd {

namespace {

// A DOT string; \ and " have meanings in it, and a line ends as \n.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out + "\"";
}

// "(1, ·)", a dot for every arrow; nothing if no operand is a number.
std::string numbers(const Node& node) {
  bool any = false;
  std::string text;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Operand& input = node.inputs[k];
    char number[32];
    std::snprintf(number, sizeof number, "%g", double(input.number));
    text += (k ? ", " : "") + std::string(input.is_number ? number : "·");
    any = any || input.is_number;
  }
  return any ? "(" + text + ")" : "";
}

}  // namespace

std::string to_dot(const Tape& tape) {
  std::string text = "digraph tape {\n  ordering=in;\n  node [shape=box];\n";
  std::unordered_map<const Node*, std::string> names;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const Node& node = tape.node(i);
    const std::string& name = names[&node] = "n" + std::to_string(i);
    const bool given = node.inputs.size() == 0 && !node.needs_gradient;
    text +=
        "  " + name + " [label=" + quoted(node.op + numbers(node) + "\n" + to_string(node.value->shape()));
    text += node.parameter ? ", style=filled];\n" : given ? ", style=dashed];\n" : "];\n";
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (!node.inputs[k].is_number)
        text += "  " + names.at(&tape.node(node.inputs[k].var)) + " -> " + name + ";\n";
  }
  return text + "}\n";
}

}  // namespace autograd
