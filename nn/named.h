// Choosing by name among a few things, such as optimizers: one search and one error message for all of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nn {

// The index of `name` in `names`. std::invalid_argument "[optimizer] 'adm' is not one of sgd, adam" if it is
// not among them; `what` is the word in brackets.
std::size_t index_named(const char* what, const std::string& name, const std::vector<std::string>& names);

}  // namespace nn
