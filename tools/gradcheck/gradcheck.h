// `elbo gradcheck`: the gradients of every operation, layer, density and bound against finite differences, to
// second order.
//
// Gradients are checked in double, while the program trains in float; gradcheck.cpp is compiled with the
// names of the double rooms (see meson.build), and what it hands out is plain numbers.
#pragma once

#include <string>
#include <vector>

namespace tools {

// One name, over all its cases: the largest |analytic − numeric| / max(1, |numeric|) of each order.
struct GradientRow {
  std::string name, kind;  // kind: op, layer, distribution, kl or bound
  std::size_t cases = 0;
  double order1 = 0, order2 = 0;
  std::string worst;  // the entry that is furthest beyond what is ok

  bool ok() const { return order1 < 1e-6 && order2 < 1e-4; }  // NaN and infinity are not
};

// Those with one of these names or kinds, in order; all if none is given. Failure(exit_usage) for a name that
// nothing has.
std::vector<GradientRow> gradcheck(const std::vector<std::string>& names);

// Their names alone, as "kind name".
std::vector<std::string> gradcheck_list(const std::vector<std::string>& names);

std::string as_text(const std::vector<GradientRow>& rows);
std::string as_json(const std::vector<GradientRow>&
                        rows);  // [{name, kind, cases, order1, order2, ok}]; null for what is not finite

}  // namespace tools
