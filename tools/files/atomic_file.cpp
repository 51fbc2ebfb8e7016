// Atomic replacement by POSIX calls: C++ streams have no fsync, and do not say why a write failed. The order
// of the calls protects the files; each step names the state in which a crash right after it leaves them.
#include "tools/files/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "tools/errors.h"

namespace fs = std::filesystem;

namespace tools {
namespace {

[[noreturn]] void fail(ExitCode code, const fs::path& path, const std::string& action, int reason) {
  throw Failure(code, path.string() + ": cannot " + action + ": " + std::strerror(reason));
}

fs::path temporary_name(fs::path path) { return path += ".tmp"; }

// Makes the renames in the directory of `path` durable.
void sync_directory(const fs::path& path) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : ".";
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) fail(exit_io, directory, "open the directory", errno);
  const int reason = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  // EINVAL: this file system cannot sync a directory, and there is nothing better to do.
  if (reason != 0 && reason != EINVAL) fail(exit_io, directory, "sync the directory", reason);
}

// PATH.tmp, from its creation until it becomes PATH or is removed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : target_(target), path_(temporary_name(target)) {
    // Renaming onto a device such as /dev/null would replace it.
    std::error_code ignored;
    const fs::file_status status = fs::status(target, ignored);
    if (fs::exists(status) && !fs::is_regular_file(status))
      throw Failure(exit_cannot_create, target.string() + ": cannot replace it: not a regular file");
    ::unlink(path_.c_str());  // left by a crash, and perhaps another name of a file that matters
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0) fail(exit_cannot_create, target, "create", errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    ::close(file_);
    if (!renamed_) ::unlink(path_.c_str());
  }

  // Afterwards the bytes are on the disk.
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(exit_io, target_, "write", errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file_) != 0) fail(exit_io, target_, "write", errno);
  }

  void replace_target() {
    if (::rename(path_.c_str(), target_.c_str()) != 0)
      fail(exit_io, target_, "rename " + path_.string() + " to it", errno);
    renamed_ = true;
    sync_directory(target_);
  }

 private:
  fs::path target_, path_;
  int file_ = -1;
  bool renamed_ = false;
};

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file || bytes.size() != fs::file_size(path))
    throw Failure(exit_io, path.string() + ": cannot copy it");
  return bytes;
}

// Gives the file at `path` a second name, durably, replacing a file that has it.
void add_name(const fs::path& path, const fs::path& second) {
  const fs::path link = temporary_name(second);
  ::unlink(link.c_str());  // left by a crash
  if (::link(path.c_str(), link.c_str()) != 0) {
    // Without hard links, or on another file system, copy.
    write_atomically(second, content_of(path));
    return;
  }
  const int reason = ::rename(link.c_str(), second.c_str()) == 0 ? 0 : errno;
  // The link is still there if the rename failed, or did nothing because `second` already was this file.
  ::unlink(link.c_str());
  if (reason != 0) fail(exit_io, second, "rename " + link.string() + " to it", reason);
  sync_directory(second);
}

}  // namespace

void write_atomically(const fs::path& path, std::string_view bytes) {
  TemporaryFile file(path);
  file.write(bytes);
  file.replace_target();
}

void write_atomically_keeping_previous(const fs::path& path, const fs::path& previous_path,
                                       std::string_view bytes) {
  // Write the new file: PATH and PREVIOUS are the old ones.
  TemporaryFile file(path);
  file.write(bytes);
  // Keep the old one: PATH and PREVIOUS are both the file that stood at PATH.
  if (fs::exists(path)) add_name(path, previous_path);
  // Put the new one in place: PATH is new, PREVIOUS stood at PATH.
  file.replace_target();
}

}  // namespace tools
