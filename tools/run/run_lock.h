// One writer per run directory: a second process that would write checkpoints and metrics into it is refused.
//
// The lock is an advisory flock on DIRECTORY/.lock. The kernel drops it when the process ends, however it
// ends, so a crash leaves nothing to clean up. The empty file stays: another process may just have opened it.
#pragma once

#include <filesystem>

namespace tools {

// Holds the lock of a directory as long as it lives.
class RunLock {
 public:
  // Failure 75 (exit_locked) if another process holds it, 73 (exit_cannot_create) if locking is impossible.
  explicit RunLock(const std::filesystem::path& directory);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  // To be called before anything is written. Failure 75 if somebody has removed the file or put another in
  // its place: another process may then hold a lock, too.
  void check() const;

 private:
  std::filesystem::path path_;
  int file_;
};

}  // namespace tools
