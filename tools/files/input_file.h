// Reading untrusted files in order, gzipped or raw, and never more than was asked for.
//
// A file is gzipped (RFC 1952) if it begins with the bytes 1f 8b, whatever its name. A format's reader takes
// the header, passes on the dimensions that it declares, and gets exactly that many bytes or an error. Memory
// is bounded by what the file holds, not by what it declares: the size of a raw file is known, and a
// compressed one is inflated up to a cap.
//
// Every error is a Failure of one line that names the file and the reason. Next: idx.h and npy.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/files/regular_file.h"

struct z_stream_s;

namespace tools {

using Bytes = std::vector<std::uint8_t>;

class InputFile {
 public:
  static constexpr std::uint64_t most_bytes = std::uint64_t(2) << 30;       // that a header may declare
  static constexpr std::uint64_t most_inflated = std::uint64_t(128) << 20;  // the same of a gzipped file

  // Throws exit_no_input if there is no readable file (regular_file.h), exit_bad_data if it is empty.
  explicit InputFile(const std::string& path);

  // The next `most` bytes; fewer only at the end of the file.
  Bytes read(std::size_t most);
  bool at_end();

  // The rest of the file, which must be exactly dimensions[0] · dimensions[1] · … bytes; and the check alone,
  // as far as it is possible without reading them.
  Bytes rest(const std::vector<std::uint64_t>& dimensions);
  void check_rest(const std::vector<std::uint64_t>& dimensions) const;

  // Throws exit_bad_data: "PATH: reason".
  [[noreturn]] void reject(const std::string& reason) const { file_.reject(reason); }

 private:
  // Write up to `most` bytes to `out` and return their number.
  std::size_t read_raw(std::uint8_t* out, std::size_t most);
  std::size_t inflate(std::uint8_t* out, std::size_t most);

  RegularFile file_;
  std::uint64_t left_;  // bytes of the file not yet read
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> gzip_{nullptr, nullptr};  // null if the file is raw
  bool gzip_ended_ = false;
  Bytes compressed_;  // what gzip_ inflates next
};

// What a file beginning with these bytes is, for messages: "a PNG image", "an IDX file of labels", …
std::string kind_of_file(const Bytes& start);

}  // namespace tools
