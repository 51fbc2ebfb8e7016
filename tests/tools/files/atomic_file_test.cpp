// Saving: the file is the old one or the new one, whatever fails, and nothing else is left behind.
#include "tools/files/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using tools::write_atomically;
using tools::write_atomically_keeping_previous;
using tools::write_output;
using FileNames = std::set<std::string>;

namespace {

ino_t inode(const std::filesystem::path& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

}  // namespace

TEST_CASE("a file is written, and replaced", "[atomic_file]") {
  const TemporaryDirectory directory;
  const std::string binary("\0one\n\xff", 6);
  write_atomically(directory / "a", binary);
  CHECK(content(directory / "a") == binary);
  write_atomically(directory / "a", "");
  CHECK(content(directory / "a") == "");
  CHECK(directory.names() == FileNames{"a"});
}

TEST_CASE("what a killed process left at a temporary name is removed", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / ".elbo-0.tmp", "half a file, longer than the new one");
  write_atomically(directory / "a", "whole");
  CHECK(content(directory / "a") == "whole");
  CHECK(directory.names() == FileNames{"a"});
}

TEST_CASE("a temporary name left on another file does not harm that file", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "b", "other");
  std::filesystem::create_hard_link(directory / "b", directory / ".elbo-0.tmp");
  write_atomically(directory / "a", "new");
  CHECK(content(directory / "a") == "new");
  CHECK(content(directory / "b") == "other");
}

TEST_CASE("a temporary name that another process uses, or that is no file, is passed over", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / ".elbo-0.tmp", "in use");
  const int other = ::open((directory / ".elbo-0.tmp").c_str(), O_RDONLY);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  std::filesystem::create_directory(directory / ".elbo-1.tmp");
  REQUIRE(::mkfifo((directory / ".elbo-2.tmp").c_str(), 0600) == 0);
  std::filesystem::create_symlink("mine", directory / ".elbo-3.tmp");
  put(directory / "a", "old");
  write_atomically_keeping_previous(directory / "a", directory / "b", "new");
  ::close(other);
  CHECK(content(directory / "a") == "new");
  CHECK(content(directory / "b") == "old");
  CHECK(content(directory / ".elbo-0.tmp") == "in use");
  CHECK(directory.names() == FileNames{".elbo-0.tmp", ".elbo-1.tmp", ".elbo-2.tmp", ".elbo-3.tmp", "a", "b"});
}

TEST_CASE("a lock that another process has for a moment is waited for", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "a", "old");
  const int other = ::open((directory / "a").c_str(), O_RDONLY);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  std::thread leaves([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::close(other);
  });
  write_atomically_keeping_previous(directory / "a", directory / "b", "new");
  leaves.join();
  CHECK(content(directory / "b") == "old");
  CHECK(directory.names() == FileNames{"a", "b"});
}

TEST_CASE("files of the user's own beside the target stay", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "a.tmp", "mine");
  write_atomically(directory / "a", "new");
  CHECK(content(directory / "a.tmp") == "mine");
  CHECK(directory.names() == FileNames{"a", "a.tmp"});
}

TEST_CASE("processes that write the same file at the same time leave the whole file of one",
          "[atomic_file]") {
  const TemporaryDirectory directory;
  std::vector<pid_t> children;
  for (const char letter : std::string("abcd")) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    const std::string bytes(100'000, letter);
    int failures = 0;
    const auto own = directory / std::string(1, letter),
               previous = directory / (std::string("previous-") + letter);
    for (int i = 0; i < 25; ++i) {
      failures += outcome([&] { write_atomically(directory / "x", bytes); }).code != 0;
      failures += outcome([&] { write_atomically_keeping_previous(own, previous, bytes); }).code != 0;
    }
    ::_exit(failures);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  for (const std::string name : {"x", "previous-a", "previous-b", "previous-c", "previous-d"}) {
    const std::string bytes = content(directory / name);
    CHECK(bytes.size() == 100'000);
    CHECK((bytes == std::string(bytes.size(), bytes[0])));
  }
  CHECK(directory.names().size() == 9);
}

TEST_CASE("through a symbolic link its target is replaced or made, and the link stays", "[atomic_file]") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "d");
  put(directory / "d/target", "old");
  std::filesystem::create_symlink("d/link", directory / "chain");
  std::filesystem::create_symlink("target", directory / "d/link");
  std::filesystem::create_symlink(directory / "d/new", directory / "dangling");
  write_atomically(directory / "chain", "new");
  write_atomically(directory / "dangling", "made");
  CHECK(content(directory / "d/target") == "new");
  CHECK(content(directory / "d/new") == "made");
  for (const std::string link : {"chain", "d/link", "dangling"})
    CHECK(std::filesystem::is_symlink(directory / link));
  write_atomically_keeping_previous(directory / "chain", directory / "previous", "newer");
  CHECK(content(directory / "previous") == "new");
  CHECK_FALSE(std::filesystem::is_symlink(directory / "previous"));
}

TEST_CASE("a loop of links is refused with 73, also in place of the previous file", "[atomic_file]") {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink("loop", directory / "loop");
  const std::string path = directory / "loop";
  const Outcome refused = outcome([&] { write_atomically(path, "x"); });
  CHECK(refused.code == 73);
  CHECK(refused.message == path + ": cannot create: Too many levels of symbolic links");
  put(directory / "a", "old");
  CHECK(outcome([&] { write_atomically_keeping_previous(path, directory / "b", "x"); }).code == 73);
  CHECK(outcome([&] { write_atomically_keeping_previous(directory / "a", path, "x"); }).code == 73);
  CHECK(content(directory / "a") == "old");
  CHECK(directory.names() == FileNames{"a", "loop"});
}

TEST_CASE("a file may have the longest name that a directory holds", "[atomic_file]") {
  const TemporaryDirectory directory;
  write_atomically(directory / std::string(255, 'x'), "x");
  CHECK(outcome([&] { write_atomically(directory / std::string(256, 'x'), "x"); }).code == 73);
  CHECK(directory.names().size() == 1);
}

TEST_CASE("what the user names is replaced if it is a file, and written to if it is a device",
          "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "a", "old");
  const ino_t old = inode(directory / "a");
  write_output(directory / "a", "new");
  CHECK(content(directory / "a") == "new");
  CHECK(inode(directory / "a") != old);
  write_output("/dev/null", "x");
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK(outcome([] { write_output("/dev/full", "x"); }).message ==
        "/dev/full: cannot write: No space left on device");
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK(outcome([&] { write_output(directory / "pipe", "x"); }).code == 73);
  CHECK(outcome([&] { write_output(directory.path, "x"); }).code == 73);
}

TEST_CASE("standard output is written to, whatever it is", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto child_writes = [&](const std::string& redirected) {
    const pid_t child = ::fork();
    if (child == 0) {
      const int file = ::open(redirected.c_str(), O_RDWR);
      ::dup2(file, STDOUT_FILENO);
      ::_exit(outcome([] { write_output("/dev/stdout", "picture"); }).code);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  put(directory / "file", "");
  const ino_t before = inode(directory / "file");
  CHECK(child_writes(directory / "file") == 0);
  CHECK(content(directory / "file") == "picture");
  CHECK(inode(directory / "file") == before);

  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  const int pipe = ::open((directory / "pipe").c_str(), O_RDWR);
  CHECK(child_writes(directory / "pipe") == 0);
  char read[8] = {};
  CHECK(::read(pipe, read, 7) == 7);
  CHECK(std::string(read) == "picture");
  ::close(pipe);
}

TEST_CASE("a name without a directory is in the current one", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path);
  write_atomically("a", "here");
  std::filesystem::current_path(before);
  CHECK(content(directory / "a") == "here");
}

TEST_CASE("what cannot be created is refused with 73 and the system's reason", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "file", "");
  const std::string below_a_file = directory / "file/a", in_no_directory = directory / "none/a";

  const Outcome not_a_directory = outcome([&] { write_atomically(below_a_file, "x"); });
  CHECK(not_a_directory.code == 73);
  CHECK(not_a_directory.message == below_a_file + ": cannot create: Not a directory");

  const Outcome no_directory = outcome([&] { write_atomically(in_no_directory, "x"); });
  CHECK(no_directory.code == 73);
  CHECK(no_directory.message == in_no_directory + ": cannot create: No such file or directory");
}

TEST_CASE("directories, pipes and devices are not replaced", "[atomic_file]") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "directory");
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  for (const std::string name : {"directory", "pipe"}) {
    const std::string path = directory / name;
    const Outcome refused = outcome([&] { write_atomically(path, "x"); });
    CHECK(refused.code == 73);
    CHECK(refused.message == path + ": cannot replace it: not a regular file");
  }
  CHECK(directory.names() == FileNames{"directory", "pipe"});
}

TEST_CASE("the file that was there is kept under the other name", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  write_atomically_keeping_previous(path, previous, "1");
  CHECK(directory.names() == FileNames{"last"});
  write_atomically_keeping_previous(path, previous, "2");
  CHECK(content(path) == "2");
  CHECK(content(previous) == "1");
  write_atomically_keeping_previous(path, previous, "3");
  CHECK(content(path) == "3");
  CHECK(content(previous) == "2");
  CHECK(directory.names() == FileNames{"last", "previous"});
}

TEST_CASE("saving goes on after a crash between its steps", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  put(path, "1");
  put(directory / ".elbo-0.tmp", "2");
  const ino_t old_file = inode(path);
  SECTION("with the old file linked but not yet renamed") {
    std::filesystem::create_hard_link(path, directory / ".elbo-1.tmp");
  }
  SECTION("with both names on the old file") { std::filesystem::create_hard_link(path, previous); }
  write_atomically_keeping_previous(path, previous, "2");
  CHECK(content(path) == "2");
  CHECK(content(previous) == "1");
  CHECK(inode(previous) == old_file);  // linked, not copied
  CHECK(directory.names() == FileNames{"last", "previous"});
}

TEST_CASE("where a hard link is impossible the previous file is copied", "[atomic_file]") {
  const TemporaryDirectory directory;
  struct stat here = {}, there = {};
  ::stat(directory.path.c_str(), &here);
  if (::stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev || ::access("/dev/shm", W_OK) != 0)
    return;
  const std::filesystem::path previous = "/dev/shm/elbo-test-" + std::to_string(::getpid());
  put(directory / "last", "1");
  write_atomically_keeping_previous(directory / "last", previous, "2");
  CHECK(content(directory / "last") == "2");
  CHECK(content(previous) == "1");
  std::filesystem::remove(previous);
}

TEST_CASE("a reader finds a whole file at every moment", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  const std::string a(100'000, 'a'), b(100'000, 'b');
  put(path, a);
  std::atomic<bool> done{false};
  int torn = 0;
  std::thread reader([&] {
    while (!done) {
      const std::string seen = content(path);
      torn += seen != a && seen != b;
    }
  });
  for (int i = 0; i < 50; ++i) {
    write_atomically(path, b);
    write_atomically_keeping_previous(path, previous, a);
  }
  done = true;
  reader.join();
  CHECK(torn == 0);
}

TEST_CASE("on a full disk the old files stay, and the failure is 74", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  put(path, "old");
  put(previous, "older");

  // A limit on the size of files stands for the full disk: the first write is short, the next one fails.
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10'000, 10'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string expected = path.string() + ": cannot write: File too large", bytes(1'000'000, 'x');
    const Outcome plain = outcome([&] { write_atomically(path, bytes); });
    const Outcome keeping = outcome([&] { write_atomically_keeping_previous(path, previous, bytes); });
    const bool as_expected =
        plain.code == 74 && plain.message == expected && keeping.code == 74 && keeping.message == expected;
    ::_exit(as_expected ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(content(path) == "old");
  CHECK(content(previous) == "older");
  CHECK(directory.names() == FileNames{"last", "previous"});
}

TEST_CASE("lines are appended, and a line that was cut short is ended first", "[atomic_file]") {
  const TemporaryDirectory directory;
  tools::append_lines(directory / "a", "1\n2\n");
  tools::append_lines(directory / "a", "3\n");
  CHECK(content(directory / "a") == "1\n2\n3\n");
  put(directory / "a", "{\"epoch\":1}");
  tools::append_lines(directory / "a", "{}\n");
  CHECK(content(directory / "a") == "{\"epoch\":1}\n{}\n");
}

TEST_CASE("lines are not appended to what is no regular file", "[atomic_file]") {
  const TemporaryDirectory directory;
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  std::filesystem::create_symlink("loop", directory / "loop");
  for (const std::string& path : {(directory / "pipe").string(), (directory / "loop").string(),
                                  directory.path.string(), std::string("/dev/null")})
    CHECK(outcome([&] { tools::append_lines(path, "x\n"); }).code == 73);
}

TEST_CASE("lines are appended whole or not at all", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "a", "old\n");
  const std::string path = directory / "a";
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Outcome full = outcome([&] { tools::append_lines(path, std::string(2000, 'x') + "\n"); });
    ::_exit(full.code == 74 && full.message == path + ": cannot write: File too large" ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(content(path) == "old\n");
}
