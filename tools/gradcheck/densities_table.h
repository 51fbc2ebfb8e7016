// Every density and every KL of nn/, once, with what their checks need: how to make one from any numbers,
// where it lives, and its members. `elbo gradcheck` differentiates all of it (checks.cpp);
// tests/nn/distributions/all_densities_test.cpp integrates, samples and compares the densities, and
// all_kls_test.cpp compares the KLs with quadrature. Both fail by name for a struct with log_prob, or an
// overload of kl, that is missing in densities_table.cpp.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/random.h"
#include "autograd/tape.h"

namespace nn {

using namespace autograd;
using Vars = std::vector<Var>;

struct DensityEntry {
  std::string name;  // of its struct
  std::function<std::vector<Shape>(const Shape& x)>
      shapes;  // of the constructor's arguments, for values of this shape
  std::function<Vars(const Vars& numbers)> arguments;  // valid ones, from any numbers of those shapes
  std::function<Var(const Vars& arguments, Var numbers)>
      value;              // a value inside the support, from any numbers
  std::vector<Shape> at;  // shapes of values to differentiate at

  // The event of one datum, and where it lives. Exactly one of these is given: the ends and kinks of an
  // interval; all values of a discrete density; or a map from the plane, with the logarithm of its volume.
  Shape event = {1};
  std::function<std::vector<double>(const std::vector<double>& arguments)> breaks;
  std::vector<std::vector<Real>> outcomes;
  std::function<std::pair<Var, Var>(const Vars& arguments, Var plane)> plane;

  // The members, on the constructor's arguments; empty where the struct has none.
  std::function<Var(const Vars&, Var x)> log_prob, cdf;
  std::function<Array(const Vars&, const Stream&)> sample;
  std::function<Var(const Vars&, const Stream&)> rsample;
  bool jumps =
      false;  // whether a draw at given noise does, where a component is chosen: no difference quotient
  std::function<Var(const Vars&)> entropy, mean, variance;
  bool cdf_by_x = true;  // whether the cdf has a slope in x
};

struct KlEntry {
  std::string q, p;  // the names of the structs
  // Of their constructors' arguments: the overload, and the one that is found when the program runs.
  std::function<Var(const Vars&q, const Vars&p)> kl, kl_closed_form;
};

std::vector<DensityEntry> all_densities();
std::vector<KlEntry> all_kls();

}  // namespace nn
