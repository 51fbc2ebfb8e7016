// Atomic replacement by POSIX calls: C++ streams have no fsync, and do not say why a write failed. The order
// of the calls protects the files; each step names the state in which a crash right after it leaves them.
#include "tools/files/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>

#include "tools/errors.h"
#include "tools/files/regular_file.h"

namespace fs = std::filesystem;

namespace tools {
namespace {

constexpr std::uint64_t most_copied = std::uint64_t(4) << 30;  // bytes of a file that cannot be linked

[[noreturn]] void fail(ExitCode code, const fs::path& path, const std::string& action, int reason) {
  throw Failure(code, path.string() + ": cannot " + action + ": " + std::strerror(reason));
}

// The file that `path` leads to through symbolic links, which need not exist.
fs::path followed(fs::path path) {
  const int most_links = 40;
  for (int links = 0; links < most_links; ++links) {
    std::error_code is_no_link;
    const fs::path target = fs::read_symlink(path, is_no_link);
    if (is_no_link) return path;
    path = path.parent_path() / target;
  }
  fail(exit_cannot_create, path, "create", ELOOP);
}

// Writes all bytes and pushes them to the disk. Returns 0, or the errno of what failed.
int write_fully(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  // EINVAL: a device or a pipe has nothing to sync.
  return ::fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
}

fs::path directory_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

// Makes the renames in the directory of `path` durable.
void sync_directory(const fs::path& path) {
  const fs::path directory = directory_of(path);
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) fail(exit_io, directory, "open the directory", errno);
  const int reason = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  // EINVAL: this file system cannot sync a directory, and there is nothing better to do.
  if (reason != 0 && reason != EINVAL) fail(exit_io, directory, "sync the directory", reason);
}

// ---- temporary names --------------------------------------------------------------------------------------

const std::string temporary_prefix = ".elbo-", temporary_suffix = ".tmp";

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// Whether the open file is a regular one, and what stands at the path.
bool stands_at(int file, const fs::path& path) {
  struct stat opened = {}, named = {};
  return ::fstat(file, &opened) == 0 && S_ISREG(opened.st_mode) && ::lstat(path.c_str(), &named) == 0 &&
         is_same_file(opened, named);
}

// Locks the file that was just made at a temporary name. False, with errno EEXIST, if another process took it
// for abandoned before. Where a file system has no locks, it takes none for abandoned.
bool is_held(int file, const fs::path& path) {
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
  const bool held = locked && stands_at(file, path);
  errno = EEXIST;
  return held;
}

// Removes a file at a temporary name unless a living process holds its lock.
void remove_abandoned(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0 && stands_at(file, path)) ::unlink(path.c_str());
  ::close(file);
}

// Calls `make` with the temporary names beside `target` in turn until it returns true, and returns that one.
// It returns false with errno EEXIST if the name is taken, or else with the reason why it is impossible.
fs::path at_temporary_name(const fs::path& target, const std::function<bool(const fs::path& name)>& make) {
  const int most_names = 100;
  for (int attempt = 0; attempt < 2 * most_names; ++attempt) {
    const fs::path name =
        directory_of(target) / (temporary_prefix + std::to_string(attempt / 2) + temporary_suffix);
    if (make(name)) return name;
    if (errno != EEXIST) break;
    if (attempt % 2 == 0) remove_abandoned(name);  // and try it again
  }
  fail(exit_cannot_create, target, "create", errno);
}

// A new file under a temporary name, from its creation until it gets the target's name or is removed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& path) : target_(followed(path)) {
    check_replaceable(target_);
    path_ = at_temporary_name(target_, [this](const fs::path& name) {
      file_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file_ < 0 || is_held(file_, name)) return file_ >= 0;
      ::close(file_);
      errno = EEXIST;
      return false;
    });
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_) ::unlink(path_.c_str());
    ::close(file_);
  }

  // Afterwards the bytes are on the disk.
  void write(std::string_view bytes) {
    if (const int reason = write_fully(file_, bytes)) fail(exit_io, target_, "write", reason);
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

// Gives the file at `path` a second name, durably, replacing a file that has it.
void add_name(const fs::path& path, const fs::path& second) {
  // After a crash both may be this file already; a rename would then do nothing and leave the link.
  std::error_code error;
  if (fs::equivalent(path, second, error)) return;

  // Link it to a temporary name, under its own lock, which all its names share: a process that takes one of
  // them for abandoned has it for a moment, and may have removed this one.
  int file = -1;
  bool linked = false;
  const fs::path link = at_temporary_name(second, [&](const fs::path& name) {
    linked = ::link(path.c_str(), name.c_str()) == 0;
    if (!linked) return errno != EEXIST;
    if (file >= 0) ::close(file);
    file = ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (::flock(file, LOCK_EX) != 0 && errno == EINTR) {
    }
    const bool held = stands_at(file, name);
    errno = EEXIST;
    return held;
  });
  const int reason = !linked || ::rename(link.c_str(), second.c_str()) == 0 ? 0 : errno;
  if (reason != 0) ::unlink(link.c_str());
  if (file >= 0) ::close(file);

  // Without hard links, or on another file system, copy.
  if (!linked) return write_atomically(second, content_of(path, most_copied));
  if (reason != 0) fail(exit_io, second, "rename " + link.string() + " to it", reason);
  sync_directory(second);
}

// What takes an output is a standard stream, a device, or a file that is replaced.
bool is_replaced(const fs::path& path) {
  std::error_code error;
  return standard_stream(path) < 0 && !fs::is_character_file(path, error);
}

}  // namespace

// ---- what the program calls -------------------------------------------------------------------------------

bool is_temporary_name(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.rfind(temporary_prefix, 0) == 0 && path.extension() == temporary_suffix;
}

void check_replaceable(const fs::path& path) {
  std::error_code reason;
  const fs::file_status status = fs::status(path, reason);
  if (reason && status.type() != fs::file_type::not_found)
    fail(exit_cannot_create, path, "create", reason.value());  // for example a loop of links
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Failure(exit_cannot_create, path.string() + ": cannot replace it: not a regular file");
}

void write_atomically(const fs::path& path, std::string_view bytes) {
  TemporaryFile file(path);
  file.write(bytes);
  file.replace_target();
}

void write_atomically_keeping_previous(const fs::path& path, const fs::path& previous_path,
                                       std::string_view bytes) {
  // Write the new file: PATH and PREVIOUS are the old ones.
  check_replaceable(previous_path);
  TemporaryFile file(path);
  file.write(bytes);
  // Keep the old one: PATH and PREVIOUS are both the file that stood at PATH.
  std::error_code error;
  if (fs::exists(path, error)) add_name(followed(path), followed(previous_path));
  // Put the new one in place: PATH is new, PREVIOUS stood at PATH.
  file.replace_target();
}

void append_lines(const fs::path& path, const std::string& lines) {
  check_replaceable(path);
  const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (file < 0) fail(exit_cannot_create, path, "create", errno);

  // End a line that was cut short.
  struct stat status = {};
  char last = '\n';
  int reason = ::fstat(file, &status) == 0 ? 0 : errno;
  if (status.st_size > 0 && ::pread(file, &last, 1, status.st_size - 1) != 1) reason = errno;

  // Write, or take back the part that was written.
  if (reason == 0) reason = write_fully(file, (last == '\n' ? "" : "\n") + lines);
  if (reason != 0 && ::ftruncate(file, status.st_size) != 0) reason = errno;
  ::close(file);
  if (reason != 0) fail(exit_io, path, "write", reason);
}

int standard_stream(const fs::path& path) {
  struct stat named = {}, opened = {};
  if (::stat(path.c_str(), &named) != 0) return -1;
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
    if (::fstat(stream, &opened) == 0 && is_same_file(named, opened)) return stream;
  return -1;
}

void check_output(const fs::path& path) {
  if (is_replaced(path)) TemporaryFile removed_again(path);
}

void write_output(const fs::path& path, std::string_view bytes) {
  if (is_replaced(path)) return write_atomically(path, bytes);
  std::fflush(stdout);
  const int stream = standard_stream(path);
  const int file = stream >= 0 ? ::dup(stream) : ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (file < 0) fail(exit_cannot_create, path, "open", errno);
  const int reason = write_fully(file, bytes);
  ::close(file);
  if (reason != 0) fail(exit_io, path, "write", reason);
}

}  // namespace tools
