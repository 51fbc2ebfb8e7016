// Choosing among a few things that have names, such as optimizers: one search and one message for all of
// them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nn {

// The index of `name` in `names`. std::invalid_argument "[optimizer] 'adm' is not one of sgd, adam" if it is
// not there.
std::size_t index_named(const char* what, const std::string& name, const std::vector<std::string>& names);

}  // namespace nn
