// Named arrays with text metadata in one file, in the safetensors format, which Python can read.
//
//     8 bytes      N, the length of the header, little-endian
//     N bytes      the header, a JSON object, padded with spaces:
//                      {"__metadata__": {key: text, …},
//                       name: {"dtype": "F32", "shape": [200,784], "data_offsets": [begin, end]}, …}
//     the rest     the payload: the arrays, row-major and little-endian, without gaps; offsets count from its
//                  first byte
//
// Files written here have a digest in the metadata: the CRC-32 (zlib's), as eight hexadecimal digits, of
//
//     key 0 value 0         for every metadata entry but the digest, in the order of the keys
//     name 0 shape 0 data   for every tensor, in the order of the names, the shape as text: [200,784]
//
// where 0 is a zero byte. It covers the content and not the layout, so that a file that Python has rewritten
// with the same content still matches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/array.h"
#include "tools/files/regular_file.h"

namespace tools {

struct Safetensors {
  std::vector<std::pair<std::string, autograd::Array>> tensors;
  std::map<std::string, std::string> metadata;  // without the digest
  bool verified = false;                        // read from a file with a digest, which was right
};

// The file's bytes; equal content in equal order gives equal bytes. Names and texts are UTF-8.
std::string to_bytes(const Safetensors& contents);

// A file to read. Opening it reads the header and checks everything that it declares, so that the names, the
// shapes and the metadata can be compared with what is expected before memory is taken for the arrays.
// Failure 66 (exit_no_input) if there is no file to read, 65 (exit_bad_data) if its content is wrong.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  // A tensor as the header describes it; its data is bytes [begin, end) of the payload.
  struct Entry {
    std::string name;
    autograd::Shape shape;
    std::uint64_t begin, end;
  };
  const std::vector<Entry>& entries() const { return entries_; }  // in the order of their data

  // The text of a metadata entry, "" if there is none.
  const std::string& metadata(const std::string& key) const;

  // Failure 65, with the tensor and both shapes, unless these are its tensors, no more and no fewer.
  void check_tensors(const std::vector<std::pair<std::string, autograd::Shape>>& expected) const;

  // Everything, the tensors in the order of their data.
  Safetensors read() const;

  // Throws Failure 65: "PATH: reason".
  [[noreturn]] void reject(const std::string& reason) const { file_.reject(reason); }

 private:
  RegularFile file_;
  std::uint64_t payload_ = 0;  // where it begins
  std::map<std::string, std::string> metadata_;
  std::vector<Entry> entries_;
};

}  // namespace tools
