// By flock, not by fcntl's record locks, which are lost when the process closes any descriptor of the file.
#include "tools/run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/errors.h"

namespace tools {

RunLock::RunLock(const std::filesystem::path& directory) : path_(directory / ".lock") {
  // O_CLOEXEC: a program started from here must not inherit the lock.
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  if (file_ < 0)
    throw Failure(exit_cannot_create, path_.string() + ": cannot create: " + std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  if (reason == EWOULDBLOCK)
    throw Failure(exit_locked, directory.string() + ": another elbo process is writing here");
  throw Failure(exit_cannot_create, path_.string() + ": cannot lock: " + std::strerror(reason));
}

void RunLock::check() const {
  struct stat held = {}, named = {};
  if (::fstat(file_, &held) == 0 && ::stat(path_.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
      held.st_ino == named.st_ino)
    return;
  throw Failure(exit_locked, path_.string() +
                                 ": was removed or replaced, so that another process may be writing here; "
                                 "this one stops, and what it has saved stays");
}

RunLock::~RunLock() { ::close(file_); }

}  // namespace tools
