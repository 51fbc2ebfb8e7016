// Parameters to tensors and back.
#include "tools/files/parameters.h"

#include <map>

#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/files/safetensors.h"
#include "tools/printable.h"

namespace tools {

void save_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters) {
  Safetensors file;
  for (const auto& [name, parameter] : parameters) file.tensors.emplace_back(name, parameter->value());
  write_atomically(path, to_bytes(file));
}

void load_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters) {
  const Safetensors file = SafetensorsFile(path).read();
  const auto fail = [&](const std::string& reason) {
    throw Failure(exit_bad_data, path.string() + ": tensor '" + reason);
  };

  // Compare the names and the shapes.
  std::map<std::string, autograd::Parameter*> wanted(parameters.begin(), parameters.end());
  for (const auto& [name, array] : file.tensors) {
    const auto found = wanted.find(name);
    if (found == wanted.end()) fail(printable(name) + "' is not part of this model");
    if (found->second->shape() != array.shape())
      fail(name + "' has shape " + autograd::to_string(array.shape()) + ", expected " +
           autograd::to_string(found->second->shape()));
  }
  for (const auto& [name, array] : file.tensors) wanted.erase(name);
  if (!wanted.empty()) fail(wanted.begin()->first + "' is missing");

  // Take over the values.
  wanted.insert(parameters.begin(), parameters.end());
  for (const auto& [name, array] : file.tensors) wanted[name]->update() = array;
}

}  // namespace tools
