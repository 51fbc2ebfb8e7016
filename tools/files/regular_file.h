// Reading regular files: the one place in which the program opens a file to read it. Whatever else may stand
// at a path is refused, because a pipe would wait for its other end and a device need not end.
//
// Next: input_file.h, data that may be gzipped; safetensors.h; json_text.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tools {

class RegularFile {
 public:
  // Failure 66 (exit_no_input) if there is no regular file that can be opened.
  explicit RegularFile(const std::filesystem::path& path);
  RegularFile(const RegularFile&) = delete;
  RegularFile& operator=(const RegularFile&) = delete;
  RegularFile(RegularFile&& other) noexcept;
  ~RegularFile();

  std::uint64_t size() const { return size_; }

  // Reads bytes offset, …, offset + count − 1, which must be within the file. Failure 74 (exit_io) with the
  // system's reason.
  void read(std::uint64_t offset, void* to, std::size_t count) const;

  // The same as far as the file goes; returns how many there were.
  std::size_t read_until_end(std::uint64_t offset, void* to, std::size_t most) const;

  // Throws Failure 65 (exit_bad_data): "PATH: reason".
  [[noreturn]] void reject(const std::string& reason) const;

 private:
  std::string path_;
  int file_;
  std::uint64_t size_;
};

// The content of a file, which is refused with 65 if it has more bytes than `most`.
std::string content_of(const std::filesystem::path& path, std::uint64_t most);

// The same of a file of the kernel's, below /proc or /sys: these hold more than the size that they tell, 0 or
// 4096. Only the first `most` bytes are read.
std::string content_of_kernel_file(const std::filesystem::path& path, std::size_t most);

}  // namespace tools
