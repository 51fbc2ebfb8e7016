// Opening files to read them, and refusing everything else.
#include "tools/files/regular_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"

using tools::content_of;
using tools::content_of_kernel_file;
using tools::RegularFile;

TEST_CASE("regular file: parts of it are read", "[regular_file]") {
  const TemporaryDirectory dir;
  const RegularFile file(file_of(dir, "f", "abcdef"));
  CHECK(file.size() == 6);
  char part[3] = {};
  file.read(4, part, 2);
  CHECK(std::string(part) == "ef");
  file.read(0, part, 2);
  CHECK(std::string(part) == "ab");
}

TEST_CASE("regular file: through a link, also an empty one", "[regular_file]") {
  const TemporaryDirectory dir;
  file_of(dir, "f", "");
  std::filesystem::create_symlink("f", dir / "link");
  CHECK(content_of(dir / "link", 0) == "");
}

TEST_CASE("regular file: what is none is refused with 66, and not waited for", "[regular_file]") {
  const TemporaryDirectory dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  std::filesystem::create_symlink("loop", dir / "loop");
  std::filesystem::create_symlink("pipe", dir / "link");
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (dir / "socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(listening);
  for (const auto& [name, reason] : std::vector<std::pair<std::string, std::string>>{
           {"pipe", "is not a regular file"},
           {"link", "is not a regular file"},
           {"socket", "is not a regular file"},
           {".", "is a directory, not a file"},
           {"none", "cannot be opened: No such file or directory"},
           {"loop", "cannot be opened: Too many levels of symbolic links"}}) {
    const std::string path = dir / name;
    CHECK(outcome([&] { RegularFile file(path); }) == Outcome{66, path + ": " + reason});
  }
  CHECK(outcome([] { RegularFile file("/dev/zero"); }) == Outcome{66, "/dev/zero: is not a regular file"});
}

TEST_CASE("regular file: its content is read up to a limit", "[regular_file]") {
  const TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "abc");
  CHECK(content_of(path, 3) == "abc");
  CHECK(outcome([&] { content_of(path, 2); }) == Outcome{65, path + ": has 3 bytes, at most 2 are read"});
}

TEST_CASE("regular file: one of the kernel's holds more than the size that it tells", "[regular_file]") {
  CHECK(RegularFile("/proc/self/status").size() == 0);
  CHECK(content_of_kernel_file("/proc/self/status", 100'000).find("VmRSS:") != std::string::npos);
  CHECK(content_of_kernel_file("/proc/self/status", 5) == "Name:");
  CHECK(outcome([] { content_of_kernel_file("/proc/self/none", 5); }).code == 66);
}

TEST_CASE("regular file: one that fails, or becomes shorter, while it is read is named", "[regular_file]") {
  const TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "abcdef");
  const RegularFile file(path);
  std::filesystem::resize_file(path, 3);
  char part[6];
  CHECK(outcome([&] { file.read(0, part, 6); }) == Outcome{74, path + ": became shorter while it was read"});

  // Reading address 0 of this process's memory fails with EIO.
  const RegularFile memory("/proc/self/mem");
  CHECK(outcome([&] { memory.read(0, part, 1); }) ==
        Outcome{74, "/proc/self/mem: cannot be read: Input/output error"});
}
