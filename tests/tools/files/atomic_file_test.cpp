// Saving: the file is the old one or the new one, whatever fails, and nothing else is left behind.
#include "tools/files/atomic_file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using tools::write_atomically;
using tools::write_atomically_keeping_previous;
using Names = std::set<std::string>;

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
  CHECK(directory.names() == Names{"a"});
}

TEST_CASE("a temporary file left by a crash does not disturb", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "a.tmp", "half a file, longer than the new one");
  write_atomically(directory / "a", "whole");
  CHECK(content(directory / "a") == "whole");
  CHECK(directory.names() == Names{"a"});
}

TEST_CASE("a temporary name left on another file does not harm that file", "[atomic_file]") {
  const TemporaryDirectory directory;
  put(directory / "b", "other");
  std::filesystem::create_hard_link(directory / "b", directory / "a.tmp");
  write_atomically(directory / "a", "new");
  CHECK(content(directory / "a") == "new");
  CHECK(content(directory / "b") == "other");
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
  CHECK(directory.names() == Names{"directory", "pipe"});
}

TEST_CASE("the file that was there is kept under the other name", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  write_atomically_keeping_previous(path, previous, "1");
  CHECK(directory.names() == Names{"last"});
  write_atomically_keeping_previous(path, previous, "2");
  CHECK(content(path) == "2");
  CHECK(content(previous) == "1");
  write_atomically_keeping_previous(path, previous, "3");
  CHECK(content(path) == "3");
  CHECK(content(previous) == "2");
  CHECK(directory.names() == Names{"last", "previous"});
}

TEST_CASE("saving goes on after a crash between its steps", "[atomic_file]") {
  const TemporaryDirectory directory;
  const auto path = directory / "last", previous = directory / "previous";
  put(path, "1");
  put(directory / "last.tmp", "2");
  const ino_t old_file = inode(path);
  SECTION("with the old file linked but not yet renamed") {
    std::filesystem::create_hard_link(path, directory / "previous.tmp");
  }
  SECTION("with both names on the old file") { std::filesystem::create_hard_link(path, previous); }
  write_atomically_keeping_previous(path, previous, "2");
  CHECK(content(path) == "2");
  CHECK(content(previous) == "1");
  CHECK(inode(previous) == old_file);  // linked, not copied
  CHECK(directory.names() == Names{"last", "previous"});
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
  CHECK(directory.names() == Names{"last", "previous"});
}
