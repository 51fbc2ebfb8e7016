// One writer per run directory: a second process that would write checkpoints and metrics into it is refused.
//
// The lock is an advisory flock on DIRECTORY/.lock. The kernel drops it when the process ends, however it
// ends, so a crash leaves nothing to clean up; the empty file stays, since removing it could take it from
// under a process that just opened it.
#pragma once

#include <filesystem>

namespace tools {

// Holds the lock of a directory for as long as it lives.
class RunLock {
 public:
  // Failure 75 (exit_locked) if somebody else holds it, 73 (exit_cannot_create) if it cannot be had at all.
  explicit RunLock(const std::filesystem::path& directory);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int file_;
};

}  // namespace tools
