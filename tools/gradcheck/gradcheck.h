// `elbo gradcheck`: the gradients of every operation, layer, density, bound and model against finite
// differences, to second order, in double, while `elbo` trains in float. It is a program of its own, compiled
// with the names of the double rooms (see tools/meson.build).
#pragma once

#include <string>
#include <vector>

#include "autograd/gradcheck.h"

namespace tools {

// One name, over all its cases.
struct GradientRow {
  std::string name, kind;  // kind: op, layer, distribution, kl, bound or model
  std::size_t cases = 0;
  autograd::GradientCheck check;  // the worst of them
};

// Those with one of these names or kinds, in order; all if none is given. Failure(exit_usage) for a name that
// nothing has.
std::vector<GradientRow> gradcheck(const std::vector<std::string>& names);

// Their names alone, as "kind name".
std::vector<std::string> gradcheck_list(const std::vector<std::string>& names);

std::string as_text(const std::vector<GradientRow>& rows);

// [{name, kind, cases, order1, order2, ok}]; null for what is not finite
std::string as_json(const std::vector<GradientRow>& rows);

}  // namespace tools
