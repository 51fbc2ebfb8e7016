// By flock, not by fcntl's record locks, which are lost when the process closes any descriptor of the file.
#include "tools/run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/errors.h"

namespace tools {

RunLock::RunLock(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / ".lock";
  // O_CLOEXEC: a program started from here must not inherit the lock.
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0)
    throw Failure(exit_cannot_create, path.string() + ": cannot create: " + std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  if (reason == EWOULDBLOCK)
    throw Failure(exit_locked, directory.string() + ": another elbo process is writing here");
  throw Failure(exit_cannot_create, path.string() + ": cannot lock: " + std::strerror(reason));
}

RunLock::~RunLock() { ::close(file_); }

}  // namespace tools
