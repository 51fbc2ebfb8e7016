// Every operation of ops.h: its declaration, the name of a node that it records, the function to
// differentiate, and the inputs to differentiate it at. tests/autograd/ops_test.cpp runs the gradient checker
// over this list and fails for a declaration that is missing here.
//
// Inputs avoid kinks and poles: an input's domain is a list of n intervals, and its element i lies in
// interval i mod n.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/derivatives.h"

namespace autograd {

using Domain = std::vector<std::pair<Real, Real>>;

struct OpEntry {
  std::string declared;  // as in ops.h, without the leading `Var` and the semicolon
  std::string leaves;    // the name of a node it records
  Function f;
  std::vector<Domain> domains;
  std::vector<Array> at;

  std::string name() const { return declared.substr(0, declared.find('(')); }
};

// Input k of an operation whose inputs have these domains; if there are fewer domains, they repeat.
Array op_input(const std::vector<Domain>& domains, std::size_t k, const Shape& shape);

std::vector<OpEntry> elementwise_ops();  // on numbers: they take any shapes that broadcast
std::vector<OpEntry> structural_ops();   // on arrays
std::vector<OpEntry> all_ops();          // both

// A table under construction, and what the entries of both tables have in common.
struct OpTable {
  using Shapes = std::vector<Shape>;
  std::vector<OpEntry> entries;

  // One entry for each list of input shapes.
  void operator()(const char* declared, const char* leaves, const Function& f,
                  const std::vector<Domain>& domains, const std::vector<Shapes>& inputs);

  const std::vector<Shapes> one = {{{}}, {{3}}, {{2, 3}}, {{0, 3}}};
  const std::vector<Shapes> two = {
      {{}, {}},         {{3}, {3}},       {{2, 3}, {2, 3}},         {{0, 3}, {0, 3}},
      {{2, 3}, {3}},    {{3}, {2, 3}},    {{2, 1}, {1, 3}},         {{}, {2, 3}},
      {{2, 3}, {1, 1}}, {{0, 3}, {1, 3}}, {{4, 1, 3, 1}, {2, 1, 5}}};
  const std::vector<Shapes> three = {
      {{3}, {3}, {3}}, {{2, 3}, {3}, {}}, {{}, {2, 1}, {1, 3}}, {{0, 3}, {3}, {1}}};
  const Domain any = {{-2, 2}}, positive = {{0.5, 2.5}}, both_signs = {{-2, -0.4}, {0.4, 2}};
};

}  // namespace autograd
