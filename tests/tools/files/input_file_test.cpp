// Reading untrusted files: raw, gzipped, damaged, or of the wrong size.
#include "tools/files/input_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"

using tools::Bytes;
using tools::InputFile;

namespace {

Bytes whole(const std::string& path) { return InputFile(path).read(1000); }

}  // namespace

TEST_CASE("input file: a raw file is read as it is") {
  TemporaryDirectory dir;
  CHECK(whole(file_of(dir, "f", "abc")) == Bytes{'a', 'b', 'c'});
}

TEST_CASE("input file: a gzipped file is inflated, whatever its name") {
  TemporaryDirectory dir;
  CHECK(whole(file_of(dir, "f.txt", gzip("abc"))) == Bytes{'a', 'b', 'c'});
}

TEST_CASE("input file: a raw file is read, though it is named .gz") {
  TemporaryDirectory dir;
  CHECK(whole(file_of(dir, "f.gz", "abc")) == Bytes{'a', 'b', 'c'});
}

TEST_CASE("input file: a file of one byte is read") {
  TemporaryDirectory dir;
  CHECK(whole(file_of(dir, "f", "\x1f")) == Bytes{0x1f});
}

TEST_CASE("input file: reads go on where the last one stopped") {
  TemporaryDirectory dir;
  for (const std::string& letters : {std::string("abcdef"), gzip("abcdef")}) {
    InputFile file(file_of(dir, "f", letters));
    CHECK(file.read(2) == Bytes{'a', 'b'});
    CHECK(file.rest({2, 2}) == Bytes{'c', 'd', 'e', 'f'});
    CHECK(file.at_end());
  }
}

TEST_CASE("input file: a missing file") {
  TemporaryDirectory dir;
  const std::string path = (dir / "none").string();
  CHECK(outcome([&] { whole(path); }) == Outcome{66, path + ": cannot be opened: No such file or directory"});
}

TEST_CASE("input file: a directory") {
  TemporaryDirectory dir;
  CHECK(outcome([&] { whole(dir.path.string()); }) ==
        Outcome{66, dir.path.string() + ": is a directory, not a file"});
}

TEST_CASE("input file: a pipe is refused, not waited for") {
  TemporaryDirectory dir;
  const std::string path = (dir / "pipe").string();
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK(outcome([&] { whole(path); }) == Outcome{66, path + ": is not a regular file"});
}

TEST_CASE("input file: an unreadable file") {
  if (geteuid() == 0) return;  // root reads everything
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "abc");
  REQUIRE(chmod(path.c_str(), 0) == 0);
  CHECK(outcome([&] { whole(path); }) == Outcome{66, path + ": cannot be opened: Permission denied"});
}

TEST_CASE("input file: an empty file") {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "");
  CHECK(outcome([&] { whole(path); }) == Outcome{65, path + ": is empty"});
}

TEST_CASE("input file: a gzip stream cut short, at every length") {
  TemporaryDirectory dir;
  const std::string packed = gzip("abcabcabcabc");
  for (std::size_t length = 2; length < packed.size(); ++length) {
    const std::string path = file_of(dir, "f", packed.substr(0, length));
    CHECK(outcome([&] { InputFile(path).rest({12}); }) ==
          Outcome{65, path + ": its gzip stream is cut short"});
  }
}

TEST_CASE("input file: a wrong gzip checksum") {
  TemporaryDirectory dir;
  std::string packed = gzip("abc");
  packed[packed.size() - 8] ^= 1;
  const std::string path = file_of(dir, "f", packed);
  CHECK(outcome([&] { InputFile(path).rest({3}); }) ==
        Outcome{65, path + ": its gzip stream is corrupt: incorrect data check"});
}

TEST_CASE("input file: bytes after the gzip stream") {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", gzip("abc") + "xy");
  CHECK(outcome([&] { InputFile(path).rest({3}); }) ==
        Outcome{65, path + ": 2 bytes follow the end of its gzip stream"});
}

TEST_CASE("input file: more bytes than declared") {
  TemporaryDirectory dir;
  const std::string raw = file_of(dir, "raw", "abcd"), packed = file_of(dir, "gz", gzip("abcd"));
  CHECK(outcome([&] { InputFile(raw).rest({3}); }) ==
        Outcome{65, raw + ": its header declares 3 bytes of data, but 4 follow it"});
  CHECK(outcome([&] { InputFile(packed).rest({3}); }) ==
        Outcome{65, packed + ": its header declares 3 bytes of data, but more follow it"});
}

TEST_CASE("input file: fewer bytes than declared") {
  TemporaryDirectory dir;
  const std::string raw = file_of(dir, "raw", "abcd"), packed = file_of(dir, "gz", gzip("abcd"));
  CHECK(outcome([&] { InputFile(raw).rest({5}); }) ==
        Outcome{65, raw + ": its header declares 5 bytes of data, but 4 follow it"});
  CHECK(outcome([&] { InputFile(packed).rest({5}); }) ==
        Outcome{65, packed + ": its header declares 5 bytes of data, but 4 follow it"});
}

TEST_CASE("input file: no bytes declared") {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "abcd");
  CHECK(outcome([&] {
          InputFile(path).rest({4, 0});
        }) == Outcome{65, path + ": its header declares 4x0 bytes of data, which is none"});
}

TEST_CASE("input file: dimensions whose product overflows to the right size") {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "f", "abcd");
  const std::uint64_t two_to_32 = 4294967296;
  CHECK(outcome([&] {
          InputFile(path).rest({two_to_32, two_to_32, 4});
        }) ==
        Outcome{65, path + ": its header declares 4294967296x4294967296x4 bytes of data, more than 2 GiB"});
  CHECK(outcome([&] { InputFile(path).rest({(two_to_32 << 30) + 1, 4}); }).code == 65);
}

TEST_CASE("input file: a gzip bomb costs no more than what was asked for") {
  TemporaryDirectory dir;
  const std::string path = (dir / "bomb").string();
  const std::string megabyte(1 << 20, '\0');
  gzFile bomb = gzopen(path.c_str(), "wb1");
  for (int i = 0; i < 400; ++i) gzwrite(bomb, megabyte.data(), unsigned(megabyte.size()));
  gzclose(bomb);

  rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  CHECK(outcome([&] { InputFile(path).rest({100}); }) ==
        Outcome{65, path + ": its header declares 100 bytes of data, but more follow it"});
  CHECK(
      outcome([&] {
        InputFile(path).rest({400, 1 << 20});
      }) ==
      Outcome{65,
              path + ": its header declares 400x1048576 bytes of data, more than 128 MiB: gunzip it first"});
  CHECK(InputFile(path).read(1 << 30).size() == 128 << 20);
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 200 * 1024);  // KiB
}

TEST_CASE("input file: kinds of files are named by how they begin") {
  CHECK(tools::kind_of_file({0, 0, 8, 1}) == "an IDX file of labels");
  CHECK(tools::kind_of_file({0, 0, 8, 3}) == "an IDX file of images");
  CHECK(tools::kind_of_file({0, 0, 13, 3}) == "an IDX file of another type or rank, beginning 00 00 0d 03");
  CHECK(tools::kind_of_file({0x93, 'N', 'U', 'M', 'P', 'Y'}) == "a numpy .npy file");
  CHECK(tools::kind_of_file({0x89, 'P', 'N', 'G'}) == "a PNG image");
  CHECK(tools::kind_of_file({0x1f, 0x8b, 8, 0}) == "gzipped twice");
  CHECK(tools::kind_of_file({'a', 0xff}) == "of an unknown kind, beginning 61 ff");
}
