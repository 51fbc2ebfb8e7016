// .npy files, with headers as numpy writes them and with wrong ones.
#include "tools/data/npy.h"

#include <cmath>
#include <cstring>
#include <map>

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"
#include "tools/bench/peak_memory.h"

using autograd::array;
using autograd::Real;
using tools::Images;
using tools::read_npy;
using tools::write_npy;

namespace {

const std::string magic = "\x93NUMPY";

// Version 1.0 with this dictionary, not padded.
std::string npy(const std::string& dictionary, const std::string& data) {
  return magic + bytes({1, 0, unsigned(dictionary.size() & 255), unsigned(dictionary.size() >> 8)}) +
         dictionary + data;
}

// 1, 0.5, -2 and 0.25.
const std::string four_floats = bytes({0, 0, 0x80, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x80, 0x3e});
const std::vector<float> their_values = {1, 0.5, -2, 0.25};

Images read(const std::string& file) {
  TemporaryDirectory dir;
  return read_npy(file_of(dir, "a.npy", file));
}

// The outcome without the path in its message.
Outcome refused(const std::string& file) {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "a.npy", file);
  Outcome o = outcome([&] { read_npy(path); });
  if (o.message.rfind(path + ": ", 0) == 0) o.message.erase(0, path.size() + 2);
  return o;
}

Outcome not_understood(std::size_t character) {
  return {65, "its .npy header is not understood at character " + std::to_string(character) +
                  ": 'descr' (one simple type), 'fortran_order' and 'shape' are expected"};
}

}  // namespace

TEST_CASE("npy: bytes [N,H,W] as numpy 1.24 writes them") {
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 3), }";
  const std::string padded = header + std::string(118 - header.size() - 1, ' ') + "\n";
  const Images images = read(magic + bytes({1, 0, 118, 0}) + padded + bytes({1, 2, 3, 253, 254, 255}));
  CHECK(images.count == 2);
  CHECK(images.height == 1);
  CHECK(images.width == 3);
  CHECK(images.bytes == std::vector<std::uint8_t>{1, 2, 3, 253, 254, 255});
  CHECK(images.floats.empty());
}

TEST_CASE("npy: floats [N,D] are rows of D pixels") {
  const Images images = read(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", four_floats));
  CHECK(images.count == 2);
  CHECK(images.height == 1);
  CHECK(images.width == 2);
  CHECK(images.floats == their_values);
  CHECK(images.bytes.empty());
}

TEST_CASE("npy: doubles become floats") {
  const std::string one_and_a_half = bytes({0, 0, 0, 0, 0, 0, 0xf8, 0x3f}),
                    minus_two = bytes({0, 0, 0, 0, 0, 0, 0, 0xc0});
  const Images images =
      read(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", one_and_a_half + minus_two));
  CHECK(images.floats == std::vector<float>{1.5, -2});
}

TEST_CASE("npy: a gzipped file is read") {
  CHECK(read(gzip(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", four_floats))).floats ==
        their_values);
}

TEST_CASE("npy: versions 2.0 and 3.0 have a longer length") {
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  for (const unsigned version : {2, 3})
    CHECK(read(magic + bytes({version, 0, unsigned(dictionary.size()), 0, 0, 0}) + dictionary + four_floats)
              .floats == their_values);
}

TEST_CASE("npy: the dictionary may be written in any way Python reads") {
  for (const std::string dictionary :
       {"{'shape':(2,2),'fortran_order':False,'descr':'<f4'}",
        "{\"fortran_order\": False, \"descr\": \"<f4\", \"shape\": (2, 2)}",
        "  {  'descr' :\t'<f4' ,\n 'shape' : ( 2 , 2 , ) , 'fortran_order' : False , }  \n"})
    CHECK(read(npy(dictionary, four_floats)).floats == their_values);
}

TEST_CASE("npy: a dictionary that is not one") {
  CHECK(refused(npy("", four_floats)) == not_understood(0));
  CHECK(refused(npy("[1]", four_floats)) == not_understood(0));
  CHECK(refused(npy("{'descr': '<f4", four_floats)) == not_understood(14));
  CHECK(refused(npy("{'descr': '<f4', 'shape': (2, 2)}", four_floats)) ==
        not_understood(33));  // a key too few
  CHECK(refused(npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}",
                    four_floats)) == not_understood(24));                 // twice
  CHECK(refused(npy("{'color': 1}", four_floats)) == not_understood(9));  // unknown
  CHECK(refused(npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 2)}", "")) ==
        not_understood(10));
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': Maybe}", four_floats)) == not_understood(34));
  CHECK(refused(npy("{'shape': (2, -2)}", four_floats)) == not_understood(14));
  CHECK(refused(npy("{'shape': (1000000000000000000000, 2)}", four_floats)) == not_understood(11));
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)} x", four_floats)) ==
        not_understood(58));
}

TEST_CASE("npy: in Fortran order the first index runs fastest") {
  CHECK(read(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", four_floats)).floats ==
        std::vector<float>{1, -2, 0.5, 0.25});
  // numpy.asfortranarray(numpy.arange(12, dtype='u1').reshape(2, 3, 2))
  const std::string data = bytes({0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
  CHECK(read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }", data)).bytes ==
        std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("npy: other types") {
  for (const std::string type : {"<c8", "|S4", "<U1", "|O", "<f16", "|f4", "=f4", ""})
    CHECK(refused(npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2, 2), }", four_floats)) ==
          Outcome{65, "holds type '" + type +
                          "', and truth values, integers and floats of 2, 4 or 8 bytes are read: save grey "
                          "values of 0 to 255 with .astype('u1'), others with .astype('<f4')"});
}

TEST_CASE("npy: floats of 2, 4 and 8 bytes, in both orders of bytes") {
  const auto floats = [](const std::string& type, const std::string& data) {
    return read(npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2, 1), }", data)).floats;
  };
  const std::vector<float> expected = {1.5, -2};
  CHECK(floats(">f4", bytes({0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0})) == expected);
  CHECK(floats(">f8", bytes({0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0})) == expected);
  CHECK(floats("<f2", bytes({0, 0x3e, 0, 0xc0})) == expected);
  CHECK(floats(">f2", bytes({0x3e, 0, 0xc0, 0})) == expected);
  // the largest and the smallest half: 65504 and 2^-24
  CHECK(floats("<f2", bytes({0xff, 0x7b, 1, 0})) == std::vector<float>{65504, 0x1p-24f});
  CHECK(refused(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }", bytes({0, 0x7c, 0, 0})))
            .message == "row 0 holds a value that is not a finite float");
}

TEST_CASE("npy: truth values are black and white, and integers of 0 to 255 grey values") {
  const auto grey = [](const std::string& type, const std::string& data) {
    return read(npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2, 1), }", data)).bytes;
  };
  CHECK(grey("|b1", bytes({0, 1})) == std::vector<std::uint8_t>{0, 255});
  const std::vector<std::uint8_t> expected = {7, 200};
  CHECK(grey("<i8", bytes({7, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0})) == expected);
  CHECK(grey("<i4", bytes({7, 0, 0, 0, 200, 0, 0, 0})) == expected);
  CHECK(grey(">i2", bytes({0, 7, 0, 200})) == expected);
  CHECK(grey(">u4", bytes({0, 0, 0, 7, 0, 0, 0, 200})) == expected);
  CHECK(grey("<i2", bytes({0, 0, 1, 0})) == std::vector<std::uint8_t>{0, 255});
  CHECK(grey("|u1", bytes({0, 1})) == std::vector<std::uint8_t>{0, 1});
  const auto refusal = [](const std::string& type, const std::string& data) {
    return refused(npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2, 1), }", data)).message;
  };
  CHECK(
      refusal("|i1", bytes({0xff, 3})) ==
      "holds integers from -1 to 3, and grey values are 0 to 255: save it with .astype('u1') when they are, "
      "or as numbers for --likelihood gaussian with .astype('<f4')");
  CHECK(refusal("<u2", bytes({0, 1, 3, 0})).find("holds integers from 0 to 256, ") == 0);
}

TEST_CASE("npy: Python 2 wrote long integers") {
  CHECK(read(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 2L), }", four_floats)).floats ==
        their_values);
}

TEST_CASE("npy: one channel is no channel, and a row that is a square is drawn as one") {
  const auto size = [](const std::string& shape, unsigned count) {
    const Images i = read(
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + "), }", std::string(count, 1)));
    return std::to_string(i.count) + " of " + std::to_string(i.height) + "x" + std::to_string(i.width);
  };
  CHECK(size("2, 1, 3, 4", 24) == "2 of 3x4");
  CHECK(size("2, 3, 4, 1", 24) == "2 of 3x4");
  CHECK(size("2, 256", 512) == "2 of 16x16");
  CHECK(size("2, 1, 256", 512) == "2 of 16x16");
  CHECK(size("2, 255", 510) == "2 of 1x255");
}

TEST_CASE("npy: other numbers of dimensions") {
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", four_floats.substr(0, 4))) ==
        Outcome{65, "is of rank 0: images are [N,H,W], [N,1,H,W], [N,H,W,1] or [N,D]"});
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", four_floats)) ==
        Outcome{65, "is of rank 1: images are [N,H,W], [N,1,H,W], [N,H,W,1] or [N,D]"});
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 1, 2), }", four_floats)) ==
        Outcome{65, "has more than one channel: images are [N,H,W], [N,1,H,W], [N,H,W,1] or [N,D]"});
}

TEST_CASE("npy: data cut short, and too much of it") {
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  CHECK(refused(npy(dictionary, four_floats.substr(1))) ==
        Outcome{65, "its header declares 2x2x4 bytes of data, but 15 follow it"});
  CHECK(refused(npy(dictionary, four_floats + "x")) ==
        Outcome{65, "its header declares 2x2x4 bytes of data, but 17 follow it"});
}

TEST_CASE("npy: a shape whose size overflows") {
  CHECK(refused(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952, 1), }", ""))
            .code == 65);
  CHECK(
      refused(
          npy("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999999, 999999999999999999), }",
              "")) ==
      Outcome{65,
              "its header declares 999999999999999999x999999999999999999x8 bytes of data, more than 2 GiB"});
}

TEST_CASE("npy: an array of nothing") {
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 784), }", "")) ==
        Outcome{65, "its header declares 0x784x4 bytes of data, which is none"});
}

TEST_CASE("npy: NaN is a missing pixel, unless all are, and infinity is refused") {
  const std::string nan = bytes({0, 0, 0xc0, 0x7f}), infinity = bytes({0, 0, 0x80, 0xff});
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }";
  TemporaryDirectory dir;
  for (const bool grey : {true, false}) {
    const Images images = read_npy(file_of(dir, "a.npy", npy(dictionary, nan + bytes({0, 0, 0, 0x3f}))), 1,
                                   grey ? std::optional(tools::GreyScale()) : std::nullopt);
    CHECK(std::isnan(images.floats[0]));
    CHECK(images.floats[1] == 0.5f);
    CHECK(missing_share(images) == 0.5);
    CHECK(grey_share(images) == 0.5);
  }
  CHECK(refused(npy(dictionary, nan + nan)) == Outcome{65, "holds NaN alone: every pixel is missing"});
  CHECK(refused(npy(dictionary, nan + infinity)) ==
        Outcome{65, "row 1 holds a value that is not a finite float"});
}

TEST_CASE("npy: a header cut short") {
  CHECK(refused(magic + bytes({1})) == Outcome{65, "its .npy header is cut short"});
  CHECK(refused(magic + bytes({1, 0, 60})) == Outcome{65, "its .npy header is cut short"});
  CHECK(refused(magic + bytes({1, 0, 60, 0}) + "{'descr'") == Outcome{65, "its .npy header is cut short"});
}

TEST_CASE("npy: a header longer than any") {
  CHECK(refused(magic + bytes({2, 0, 255, 255, 255, 255}) + "{}") ==
        Outcome{65, "its .npy header declares 4294967295 bytes of itself, more than 65535"});
}

TEST_CASE("npy: an unknown version") {
  CHECK(refused(magic + bytes({4, 0, 2, 0}) + "{}") ==
        Outcome{65, "is .npy version 4, only 1 to 3 are known"});
}

TEST_CASE("npy: another kind of file") {
  CHECK(refused(bytes({0, 0, 8, 3, 0, 0, 0, 1})) ==
        Outcome{65, "expected a numpy .npy file, but it is an IDX file of images"});
  CHECK(refused(bytes({'P', 'K', 3, 4, 0, 0})) ==
        Outcome{65, "expected a numpy .npy file, but it is a zip or .npz archive"});
}

TEST_CASE("npy: an array is written as numpy would") {
  TemporaryDirectory dir;
  write_npy((dir / "a.npy").string(), array({2, 2}, {1, 0.5, -2, 0.25}));
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, ), }";
  CHECK(content(dir / "a.npy") == magic + bytes({1, 0, 118, 0}) + header +
                                      std::string(118 - 1 - header.size(), ' ') + "\n" + four_floats);
}

TEST_CASE("npy: arrays of any rank are written, data at a multiple of 64") {
  TemporaryDirectory dir;
  write_npy((dir / "a.npy").string(), array({}, {1}));
  CHECK(content(dir / "a.npy").find("'shape': (), }") != std::string::npos);
  CHECK(content(dir / "a.npy").size() == 128 + 4);
  write_npy((dir / "b.npy").string(), array({3}, {1, 2, 3}));
  CHECK(content(dir / "b.npy").find("'shape': (3, ), }") != std::string::npos);
  CHECK((content(dir / "b.npy").size() - 3 * 4) % 64 == 0);
}

TEST_CASE("npy: what is written is read back") {
  TemporaryDirectory dir;
  write_npy((dir / "a.npy").string(), array({2, 1, 2}, {1, 0.5, -2, 0.25}));
  CHECK(read_npy((dir / "a.npy").string()).floats == their_values);
}

TEST_CASE("npy: a file that cannot be created") {
  TemporaryDirectory dir;
  const std::string path = (dir / "no/such/directory.npy").string();
  CHECK(outcome([&] { write_npy(path, array({1}, {1})); }) ==
        Outcome{73, path + ": cannot create: No such file or directory"});
}

TEST_CASE("npy: a full disk") {
  CHECK(outcome([] { write_npy("/dev/full", array({1}, {1})); }) ==
        Outcome{74, "/dev/full: cannot write: No space left on device"});
}

TEST_CASE("npy: too few images are refused before they are read, gzipped or as a hole in a file") {
  TemporaryDirectory dir;
  const std::string header = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 134217728)}", ""),
                    packed = file_of(dir, "gz", gzip(header + std::string(134217728, '\0'))),
                    sparse = file_of(dir, "raw", header);
  std::filesystem::resize_file(sparse, header.size() + 134217728);
  for (const std::string& path : {packed, sparse}) {
    const auto refuse = [&] {
      CHECK(outcome([&] { read_npy(path, 7); }) ==
            Outcome{65, path + ": holds 1 images, at least 7 are needed"});
    };
    CHECK((tools::peak_memory([] {}, refuse) < 1e7 || sanitized));
  }
}

TEST_CASE("npy: a bad value at the end of a large file costs no memory") {
  TemporaryDirectory dir;
  for (const auto& [value, reason] : std::map<std::string, std::string>{
           {bytes({0, 0, 0x80, 0x7f}), "row 99 holds a value that is not a finite float"},
           {bytes({0, 0, 0x80, 0xbe}), "holds the value -0.25, and grey values"}}) {
    const std::string path =
        file_of(dir, "a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (100, 500000)}", ""));
    const std::uint64_t begin = std::filesystem::file_size(path);
    std::filesystem::resize_file(path, begin + 200'000'000 - 4);
    std::ofstream(path, std::ios::binary | std::ios::app) << value;
    const auto refuse = [&] {
      const std::string message = outcome([&] { read_npy(path, 7, tools::GreyScale()); }).message;
      CHECK(message.find(path + ": " + reason) == 0);
    };
    CHECK((tools::peak_memory([] {}, refuse) < 1e7 || sanitized));
  }
}

TEST_CASE("npy: floats beyond black or white are refused, with the first of them") {
  TemporaryDirectory dir;
  const auto refused = [&](const std::vector<Real>& values, const tools::GreyScale& grey) {
    const std::string path = dir / "a.npy";
    write_npy(path, array({values.size(), 1}, values));
    Outcome o = outcome([&] { read_npy(path, 1, grey); });
    if (o.message.rfind(path + ": ", 0) == 0) o.message.erase(0, path.size() + 2);
    return o;
  };
  const auto holds = [](const std::string& value, const std::string& range) {
    return Outcome{65, "holds the value " + value + ", and grey values to be binarized are within " + range +
                           ": name the values of black and white by --black and --white, or take "
                           "--likelihood gaussian"};
  };
  const Outcome fine{0, ""};
  CHECK(refused({0.5, -0.25, 7}, {}) == holds("-0.25", "0 and 1"));
  CHECK(refused({0, 1, 255}, {}) == holds("255", "0 and 1"));
  CHECK(refused({std::nextafter(Real(1), Real(2))}, {}) == holds("1.00000012", "0 and 1"));
  CHECK(refused({0, 0.5, 1}, {}) == fine);
  CHECK(refused({-3, 255}, {-3, 255}) == fine);
  CHECK(refused({-3, 256}, {-3, 255}) == holds("256", "-3 and 255"));
  CHECK(refused({Real(0.1)}, {0, 0.1}) == fine);  // a float that is rounded up from 0.1
}
