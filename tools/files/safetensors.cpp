// Writes and reads safetensors files. Reading trusts nothing: every number in the header is checked against
// the file's real size, and the size of the header is limited, because parsed JSON takes many times the
// memory of its text. The limits are far above what any model here needs.
#include "tools/files/safetensors.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "tools/files/json_text.h"
#include "tools/printable.h"
#include "tools/text.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace tools {
namespace {

static_assert(std::is_same_v<autograd::Real, float>, "the payload is F32");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the payload is copied as it stands in memory");

constexpr std::uint64_t most_header_bytes = 10'000'000;  // the format allows 100 MB
constexpr std::size_t most_header_items = 200'000;       // some 15,000 tensors

std::string digest_of(const Safetensors& contents) {
  uLong crc = crc32_z(0, nullptr, 0);
  const auto add = [&](const void* data, std::size_t size) {
    crc = crc32_z(crc, static_cast<const Bytef*>(data), size);
  };
  const auto add_text = [&](const std::string& text) { add(text.c_str(), text.size() + 1); };

  // The metadata by key.
  for (const auto& [key, value] : contents.metadata) {
    if (key == "digest") continue;
    add_text(key);
    add_text(value);
  }

  // The tensors by name.
  std::map<std::string, const autograd::Array*> by_name;
  for (const auto& [name, array] : contents.tensors) by_name[name] = &array;
  for (const auto& [name, array] : by_name) {
    add_text(name);
    add_text(autograd::to_string(array->shape()));
    add(array->data(), array->size() * sizeof(float));
  }
  return text("%08lx", crc);
}

json parse_header(const RegularFile& file, const std::string& text) {
  if (text.empty() || text.front() != '{') file.reject("header is not a JSON object");
  try {
    return parse_json(text, most_header_items);
  } catch (const BadJson& bad) {
    file.reject(std::string("header ") + bad.what());
  }
}

std::map<std::string, std::string> parse_metadata(const RegularFile& file, const json& entries) {
  if (!entries.is_object()) file.reject("__metadata__ is not a JSON object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : entries.items()) {
    if (!value.is_string()) file.reject("metadata '" + printable(key) + "' is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

bool is_list_of_sizes(const json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_number_unsigned(); });
}

SafetensorsFile::Entry parse_entry(const RegularFile& file, const std::string& name, const json& entry) {
  const std::string tensor = "tensor '" + printable(name) + "' ";
  for (const char* key : {"dtype", "shape", "data_offsets"})
    if (!entry.is_object() || !entry.contains(key)) file.reject(tensor + "has no " + key);
  const json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];

  // Check the form of its three entries.
  if (dtype != "F32") file.reject(tensor + "has dtype " + printable_value(dtype) + ", expected F32");
  if (!is_list_of_sizes(shape))
    file.reject(tensor + "has shape " + printable_value(shape) + ", expected non-negative integers");
  if (!is_list_of_sizes(offsets) || offsets.size() != 2 || offsets[0] > offsets[1])
    file.reject(tensor + "has data_offsets " + printable_value(offsets) + ", expected [begin, end]");

  // The product of the axes must not overflow. A length of 0 counts as 1, because strides are computed from
  // the other lengths.
  constexpr std::uint64_t most_elements = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(float);
  std::uint64_t elements = 1;
  for (const std::uint64_t size : shape) {
    const std::uint64_t factor = std::max<std::uint64_t>(size, 1);
    if (elements > most_elements / factor)
      file.reject(tensor + "has shape " + printable_value(shape) + ", which is too large");
    elements *= factor;
  }

  // Check that its data has the size of its shape.
  SafetensorsFile::Entry result{name, autograd::Shape(shape.begin(), shape.end()), offsets[0], offsets[1]};
  const std::uint64_t needed = autograd::element_count(result.shape) * sizeof(float);
  if (result.end - result.begin != needed)
    file.reject(tensor + "of shape " + printable_value(shape) + " needs " + std::to_string(needed) +
                " bytes, but its data_offsets are " + printable_value(offsets));
  return result;
}

// Throws unless the entries, in the order of their data, cover the payload without gap or overlap.
void check_cover(const RegularFile& file, const std::vector<SafetensorsFile::Entry>& entries,
                 std::uint64_t payload_bytes) {
  std::uint64_t covered = 0;
  for (const SafetensorsFile::Entry& entry : entries) {
    if (entry.begin != covered)
      file.reject("tensor '" + printable(entry.name) + "' begins at byte " + std::to_string(entry.begin) +
                  " of the payload, expected " + std::to_string(covered));
    covered = entry.end;
  }
  if (covered != payload_bytes)
    file.reject("tensors take " + std::to_string(covered) + " bytes, but the payload has " +
                std::to_string(payload_bytes));
}

}  // namespace

std::string to_bytes(const Safetensors& contents) {
  std::map<std::string, std::string> metadata = contents.metadata;
  metadata["digest"] = digest_of(contents);

  // Collect the payload, and describe it in the header.
  nlohmann::ordered_json header = {{"__metadata__", metadata}};
  std::string payload;
  for (const auto& [name, array] : contents.tensors) {
    if (header.contains(name)) throw std::invalid_argument("[safetensors] two tensors are named " + name);
    const std::size_t begin = payload.size();
    payload.append(reinterpret_cast<const char*>(array.data()), array.size() * sizeof(float));
    header[name] = {{"dtype", "F32"}, {"shape", array.shape()}, {"data_offsets", {begin, payload.size()}}};
  }

  // Put the header's length and the header before it.
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the payload starts at a multiple of 8 bytes
  const std::uint64_t size = text.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + text + payload;
}

SafetensorsFile::SafetensorsFile(const fs::path& path) : file_(path) {
  // Read the header.
  std::uint64_t header_size = 0;
  if (file_.size() < sizeof header_size) reject("not a safetensors file: shorter than 8 bytes");
  file_.read(0, &header_size, sizeof header_size);
  const std::uint64_t rest = file_.size() - sizeof header_size;
  if (header_size > rest)
    reject("header of " + std::to_string(header_size) + " bytes, but only " + std::to_string(rest) +
           " follow");
  if (header_size > most_header_bytes)
    reject("header of " + std::to_string(header_size) + " bytes, at most " +
           std::to_string(most_header_bytes) + " are read");
  std::string text(header_size, '\0');
  file_.read(sizeof header_size, text.data(), text.size());
  payload_ = sizeof header_size + header_size;

  // Check all that it declares.
  const json header = parse_header(file_, text);
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__")
      metadata_ = parse_metadata(file_, value);
    else
      entries_.push_back(parse_entry(file_, name, value));
  }
  // An empty tensor begins where the next one does, and must come first.
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  check_cover(file_, entries_, file_.size() - payload_);
}

const std::string& SafetensorsFile::metadata(const std::string& key) const {
  static const std::string none;
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? none : found->second;
}

void SafetensorsFile::check_tensors(
    const std::vector<std::pair<std::string, autograd::Shape>>& expected) const {
  std::map<std::string, const autograd::Shape*> given;
  for (const Entry& entry : entries_) given[entry.name] = &entry.shape;
  for (const auto& [name, shape] : expected) {
    const auto found = given.find(name);
    if (found == given.end()) reject("tensor '" + name + "' is missing");
    if (*found->second != shape)
      reject("tensor '" + name + "' has shape " + printable(autograd::to_string(*found->second)) +
             ", expected " + autograd::to_string(shape));
    given.erase(found);
  }
  if (!given.empty()) reject("tensor '" + printable(given.begin()->first) + "' is not part of this model");
}

Safetensors SafetensorsFile::read() const {
  // Read the payload.
  Safetensors contents;
  contents.metadata = metadata_;
  for (const Entry& entry : entries_) {
    autograd::Array& array = contents.tensors.emplace_back(entry.name, autograd::empty(entry.shape)).second;
    file_.read(payload_ + entry.begin, array.data(), entry.end - entry.begin);
  }

  // Verify the digest.
  const auto digest = contents.metadata.find("digest");
  if (digest != contents.metadata.end()) {
    if (digest->second != digest_of(contents))
      reject("content does not match its digest: the file is damaged");
    contents.metadata.erase(digest);
    contents.verified = true;
  }
  return contents;
}

}  // namespace tools
