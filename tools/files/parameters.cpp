// Parameters to tensors and back.
#include "tools/files/parameters.h"

#include <map>

#include "tools/files/atomic_file.h"
#include "tools/files/safetensors.h"

namespace tools {

void save_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters) {
  Safetensors file;
  for (const auto& [name, parameter] : parameters) file.tensors.emplace_back(name, parameter->value());
  write_atomically(path, to_bytes(file));
}

void load_parameters(const std::filesystem::path& path, const nn::NamedParameters& parameters) {
  // Compare the names and the shapes.
  const SafetensorsFile file(path);
  std::vector<std::pair<std::string, autograd::Shape>> expected;
  for (const auto& [name, parameter] : parameters) expected.emplace_back(name, parameter->shape());
  file.check_tensors(expected);

  // Take over the values.
  const Safetensors contents = file.read();
  const std::map<std::string, autograd::Parameter*> by_name(parameters.begin(), parameters.end());
  for (const auto& [name, array] : contents.tensors) by_name.at(name)->update() = array;
}

}  // namespace tools
