// The search, and the message that lists the names.
#include "nn/named.h"

#include <algorithm>
#include <stdexcept>

namespace nn {

std::size_t index_named(const char* what, const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return std::size_t(found - names.begin());
  std::string list;
  for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
  throw std::invalid_argument(std::string("[") + what + "] '" + name + "' is not one of " + list);
}

}  // namespace nn
