// A library to be loaded before the C library (LD_PRELOAD), in which one call on the files of a run fails.
// The environment says which:
//
//     FAULT_PATH=run    calls on paths that begin so, and on what was opened there, are counted from 1
//     FAULT_AT=7        the seventh of them
//     FAULT_ERRNO=28    fails with this errno, here ENOSPC; 0: kills the process instead
//     FAULT_THREADS=1   no thread can be started
//     FAULT_LOG=calls   every call is written into this file, a line each
#undef _FILE_OFFSET_BITS  // open and open64 are two functions here

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int most_files = 1024;
std::atomic<bool> watched[most_files];  // descriptors of files of the run
std::atomic<long> calls{0};

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_watched(const char* path) {
  const char* prefix = setting("FAULT_PATH");
  return *prefix && std::strncmp(path, prefix, std::strlen(prefix)) == 0;
}
bool is_watched(int file) { return file >= 0 && file < most_files && watched[file]; }

template <class Function>
Function* real(const char* name, Function*) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// Counts a call. Whether it is the one that fails; errno is then set.
bool fails(const char* name) {
  if (const char* log = setting("FAULT_LOG"); *log) {
    const int file = real("open", &::open)(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
    char line[32] = {};
    std::strncat(std::strncpy(line, name, 30), "\n", 2);
    if (real("write", &::write)(file, line, std::strlen(line)) < 0) std::abort();
    real("close", &::close)(file);
  }
  if (++calls != std::atol(setting("FAULT_AT"))) return false;
  const int reason = std::atoi(setting("FAULT_ERRNO"));
  if (reason == 0) ::kill(::getpid(), SIGKILL);
  errno = reason;
  return true;
}

int opened(int file, const char* path) {
  if (file >= 0 && file < most_files) watched[file] = is_watched(path);
  return file;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (is_watched(path) && fails("open")) return -1;
  return opened(real("open", &::open)(path, flags, mode), path);
}
int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (is_watched(path) && fails("open")) return -1;
  return opened(real("open64", &::open)(path, flags, mode), path);
}
ssize_t write(int file, const void* bytes, size_t count) {
  return is_watched(file) && fails("write") ? -1 : real("write", &::write)(file, bytes, count);
}
ssize_t pread(int file, void* bytes, size_t count, off_t offset) {
  return is_watched(file) && fails("read") ? -1 : real("pread", &::pread)(file, bytes, count, offset);
}
ssize_t pread64(int file, void* bytes, size_t count, off64_t offset) {
  return is_watched(file) && fails("read") ? -1 : real("pread64", &::pread64)(file, bytes, count, offset);
}
int fsync(int file) { return is_watched(file) && fails("fsync") ? -1 : real("fsync", &::fsync)(file); }
int close(int file) {
  const bool failed = is_watched(file) && fails("close");
  if (file >= 0 && file < most_files) watched[file] = false;
  const int result = real("close", &::close)(file);  // the descriptor is gone in either case
  return failed ? -1 : result;
}
int ftruncate(int file, off_t size) {
  return is_watched(file) && fails("truncate") ? -1 : real("ftruncate", &::ftruncate)(file, size);
}
int ftruncate64(int file, off64_t size) {
  return is_watched(file) && fails("truncate") ? -1 : real("ftruncate64", &::ftruncate64)(file, size);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  return *setting("FAULT_THREADS")
             ? EAGAIN
             : real("pthread_create", &::pthread_create)(thread, attributes, start, argument);
}
int rename(const char* from, const char* to) {
  return is_watched(to) && fails("rename") ? -1 : real("rename", &::rename)(from, to);
}
int link(const char* from, const char* to) {
  return is_watched(to) && fails("link") ? -1 : real("link", &::link)(from, to);
}
int unlink(const char* path) {
  return is_watched(path) && fails("unlink") ? -1 : real("unlink", &::unlink)(path);
}

}  // extern "C"
