// What `elbo gradcheck` checks: every operation, layer, density and KL from their tables (ops_table.h,
// layers_table.h, densities_table.h), and the bounds of every model, each a function of a few inputs or
// parameters, at fixed places and on common random numbers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/gradcheck.h"

namespace tools {

struct Check {
  std::string name;  // several cases may have the same
  std::string kind;  // op, layer, distribution, kl, bound or model
  std::function<autograd::GradientCheck()> run;
};

std::vector<Check> all_checks();

}  // namespace tools
