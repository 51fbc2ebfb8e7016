// Writes and reads safetensors files. Reading trusts nothing: every number in the header is checked against
// the file's real size, and the size of the header is limited, because parsed JSON takes many times the
// memory of its text. The limits are far above what any model here needs.
#include "tools/files/safetensors.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <type_traits>

#include "tools/errors.h"
#include "tools/text.h"

namespace fs = std::filesystem;
using nlohmann::json;

namespace tools {
namespace {

static_assert(std::is_same_v<autograd::Real, float>, "the payload is F32");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the payload is copied as it stands in memory");

constexpr std::uint64_t most_header_bytes = 10'000'000;  // the format allows 100 MB
constexpr std::size_t most_header_items = 500'000;       // keys, values and brackets: at most 100 MB parsed

// What is wrong with a file; read_safetensors adds its name.
class BadContent : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

// A value from a bad file for a one-line message: control characters escaped, at most 80 characters.
std::string printable(const json& value) {
  std::string text = value.dump(-1, ' ', true);
  if (value.is_string()) text = text.substr(1, text.size() - 2);
  return text.size() <= 80 ? text : text.substr(0, 80) + "...";
}

json parse_header(const std::string& text) {
  // The parser alone would keep the last of two equal keys.
  std::vector<std::set<std::string>> keys;  // of every object that is open
  std::size_t items = 0;
  const auto check = [&](int, json::parse_event_t event, const json& item) {
    if (++items > most_header_items)
      throw BadContent("header has more than " + std::to_string(most_header_items) + " items");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(item.get<std::string>()).second)
      throw BadContent("header has the key '" + printable(item) + "' twice");
    return true;
  };
  if (text.empty() || text.front() != '{') throw BadContent("header is not a JSON object");
  try {
    return json::parse(text, check);
  } catch (const json::exception&) {
    throw BadContent("header is not valid JSON");
  }
}

std::map<std::string, std::string> parse_metadata(const json& entries) {
  if (!entries.is_object()) throw BadContent("__metadata__ is not a JSON object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : entries.items()) {
    if (!value.is_string()) throw BadContent("metadata '" + printable(key) + "' is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// One tensor as the header describes it; its data is bytes [begin, end) of the payload.
struct Entry {
  std::string name;
  autograd::Shape shape;
  std::uint64_t begin, end;
};

bool is_list_of_sizes(const json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_number_unsigned(); });
}

Entry parse_entry(const std::string& name, const json& entry) {
  const std::string tensor = "tensor '" + printable(name) + "' ";
  for (const char* key : {"dtype", "shape", "data_offsets"})
    if (!entry.is_object() || !entry.contains(key)) throw BadContent(tensor + "has no " + key);
  const json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];

  // Check the form of its three entries.
  if (dtype != "F32") throw BadContent(tensor + "has dtype " + printable(dtype) + ", expected F32");
  if (!is_list_of_sizes(shape))
    throw BadContent(tensor + "has shape " + printable(shape) + ", expected non-negative integers");
  if (!is_list_of_sizes(offsets) || offsets.size() != 2 || offsets[0] > offsets[1])
    throw BadContent(tensor + "has data_offsets " + printable(offsets) + ", expected [begin, end]");

  // The product of the axes must not overflow. A length of 0 counts as 1, because strides are computed from
  // the other lengths.
  constexpr std::uint64_t most_elements = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(float);
  std::uint64_t elements = 1;
  for (const std::uint64_t size : shape) {
    const std::uint64_t factor = std::max<std::uint64_t>(size, 1);
    if (elements > most_elements / factor)
      throw BadContent(tensor + "has shape " + printable(shape) + ", which is too large");
    elements *= factor;
  }

  // Check that its data has the size of its shape.
  Entry result{name, autograd::Shape(shape.begin(), shape.end()), offsets[0], offsets[1]};
  const std::uint64_t needed = autograd::element_count(result.shape) * sizeof(float);
  if (result.end - result.begin != needed)
    throw BadContent(tensor + "of shape " + printable(shape) + " needs " + std::to_string(needed) +
                     " bytes, but its data_offsets are " + printable(offsets));
  return result;
}

// Throws unless the entries, in the order of their data, cover the payload without gap or overlap.
void check_cover(const std::vector<Entry>& entries, std::uint64_t payload_bytes) {
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered)
      throw BadContent("tensor '" + printable(entry.name) + "' begins at byte " +
                       std::to_string(entry.begin) + " of the payload, expected " + std::to_string(covered));
    covered = entry.end;
  }
  if (covered != payload_bytes)
    throw BadContent("tensors take " + std::to_string(covered) + " bytes, but the payload has " +
                     std::to_string(payload_bytes));
}

void read_bytes(std::istream& file, void* data, std::uint64_t size) {
  if (!file.read(static_cast<char*>(data), static_cast<std::streamsize>(size)))
    throw BadContent("cannot be read to its end");
}

Safetensors read_contents(std::istream& file, std::uint64_t file_size) {
  // Read the header.
  std::uint64_t header_size = 0;
  if (file_size < sizeof header_size) throw BadContent("not a safetensors file: shorter than 8 bytes");
  read_bytes(file, &header_size, sizeof header_size);
  const std::uint64_t rest = file_size - sizeof header_size;
  if (header_size > rest)
    throw BadContent("header of " + std::to_string(header_size) + " bytes, but only " + std::to_string(rest) +
                     " follow");
  if (header_size > most_header_bytes)
    throw BadContent("header of " + std::to_string(header_size) + " bytes, at most " +
                     std::to_string(most_header_bytes) + " are read");
  std::string text(header_size, '\0');
  read_bytes(file, text.data(), header_size);

  // Check all that it declares.
  const json header = parse_header(text);
  Safetensors contents;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__")
      contents.metadata = parse_metadata(value);
    else
      entries.push_back(parse_entry(name, value));
  }
  // An empty tensor begins where the next one does, and must come first.
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  check_cover(entries, rest - header_size);

  // Read the payload.
  for (const Entry& entry : entries) {
    autograd::Array& array = contents.tensors.emplace_back(entry.name, autograd::empty(entry.shape)).second;
    read_bytes(file, array.data(), entry.end - entry.begin);
  }

  // Verify the digest.
  const auto digest = contents.metadata.find("digest");
  if (digest != contents.metadata.end()) {
    if (digest->second != digest_of(contents))
      throw BadContent("content does not match its digest: the file is damaged");
    contents.metadata.erase(digest);
    contents.verified = true;
  }
  return contents;
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

Safetensors read_safetensors(const fs::path& path) {
  // Refuse directories and pipes: opening a directory succeeds, and opening a pipe waits for its other end.
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Failure(exit_no_input, path.string() + ": is not a regular file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure(exit_no_input, path.string() + ": cannot be opened: " + std::strerror(errno));
  try {
    return read_contents(file, fs::file_size(path));
  } catch (const BadContent& bad) {
    throw Failure(exit_bad_data, path.string() + ": " + bad.what());
  }
}

}  // namespace tools
