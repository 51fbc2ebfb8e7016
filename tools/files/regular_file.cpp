// By POSIX calls, which say why something failed.
#include "tools/files/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "tools/errors.h"

namespace tools {

// The kind of the file is that of what was opened: what stands at the path may change at any moment.
RegularFile::RegularFile(const std::filesystem::path& path) : path_(path.string()) {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);  // does not wait for a pipe
  const int reason = errno;
  if (file_ < 0 && reason != ENXIO)  // of a socket, and of a device that is not there
    throw Failure(exit_no_input, path_ + ": cannot be opened: " + std::strerror(reason));
  struct stat status = {};
  if (file_ >= 0 && ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode)) {
    size_ = std::uint64_t(status.st_size);
    return;
  }
  if (file_ >= 0) ::close(file_);
  throw Failure(exit_no_input, path_ + (S_ISDIR(status.st_mode) ? ": is a directory, not a file"
                                                                : ": is not a regular file"));
}

RegularFile::RegularFile(RegularFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_) {}

RegularFile::~RegularFile() {
  if (file_ >= 0) ::close(file_);
}

std::size_t RegularFile::read_until_end(std::uint64_t offset, void* to, std::size_t most) const {
  std::size_t count = 0;
  while (count < most) {
    const ssize_t done = ::pread(file_, static_cast<char*>(to) + count, most - count, off_t(offset + count));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw Failure(exit_io, path_ + ": cannot be read: " + std::strerror(errno));
    if (done == 0) break;
    count += std::size_t(done);
  }
  return count;
}

void RegularFile::read(std::uint64_t offset, void* to, std::size_t count) const {
  if (read_until_end(offset, to, count) < count)
    throw Failure(exit_io, path_ + ": became shorter while it was read");
}

void RegularFile::reject(const std::string& reason) const {
  throw Failure(exit_bad_data, path_ + ": " + reason);
}

std::string content_of(const std::filesystem::path& path, std::uint64_t most) {
  const RegularFile file(path);
  if (file.size() > most)
    file.reject("has " + std::to_string(file.size()) + " bytes, at most " + std::to_string(most) +
                " are read");
  std::string content(std::size_t(file.size()), '\0');
  file.read(0, content.data(), content.size());
  return content;
}

std::string content_of_kernel_file(const std::filesystem::path& path, std::size_t most) {
  std::string content(most, '\0');
  content.resize(RegularFile(path).read_until_end(0, content.data(), most));
  return content;
}

}  // namespace tools
