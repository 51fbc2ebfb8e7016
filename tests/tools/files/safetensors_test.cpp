// The safetensors format, against files written here byte by byte, and every way in which a file can be
// wrong.
#include "tools/files/safetensors.h"

#include <sys/stat.h>

#include <cstring>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/bench/peak_memory.h"

using tools::Safetensors;
using tools::SafetensorsFile;
using tools::to_bytes;

namespace {

Safetensors read_safetensors(const std::filesystem::path& path) { return SafetensorsFile(path).read(); }

std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += char(value >> (8 * i));
  return bytes;
}

std::string file_of(const std::string& header, const std::string& payload) {
  return little_endian(header.size()) + header + payload;
}

// 1, 2, 3, 4, 5, 6 and -1 as little-endian float32.
const std::string one_to_six("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40\0\0\xc0\x40", 24);
const std::string minus_one("\0\0\x80\xbf", 4);

// The digest was computed by Python's zlib.crc32 over
// step 0 7 0   bias 0 [1] 0 data   weight 0 [2,3] 0 data
const std::string written_header =
    "{\"__metadata__\":{\"digest\":\"0d59be75\",\"step\":\"7\"},"
    "\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
    "\"bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}";
const std::string written_file = file_of(written_header, one_to_six + minus_one);

Safetensors example() {
  return {{{"weight", autograd::array({2, 3}, {1, 2, 3, 4, 5, 6})}, {"bias", autograd::array({1}, {-1})}},
          {{"step", "7"}}};
}

Safetensors read_bytes(const std::string& bytes) {
  const TemporaryDirectory directory;
  put(directory / "f", bytes);
  return read_safetensors(directory / "f");
}

std::vector<float> values(const autograd::Array& a) { return {a.data(), a.data() + a.size()}; }

std::string shape(const autograd::Array& a) { return autograd::to_string(a.shape()); }

// Why a file of these bytes is refused, after its name; "" if it is not.
std::string refusal(const std::string& bytes) {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  put(path, bytes);
  const Outcome refused = outcome([&] { read_safetensors(path); });
  if (refused.code == 0) return "";
  CHECK(refused.code == 65);
  CHECK(refused.message.substr(0, path.size() + 2) == path + ": ");
  CHECK(refused.message.find('\n') == std::string::npos);
  return refused.message.substr(path.size() + 2);
}

// The same for a header in front of 8 bytes of payload.
std::string refusal_of_header(const std::string& header) {
  return refusal(file_of(header, std::string(8, '\0')));
}

bool same_content(const Safetensors& a, const Safetensors& b) { return to_bytes(a) == to_bytes(b); }

}  // namespace

TEST_CASE("a file is written byte by byte as the format says", "[safetensors]") {
  CHECK(to_bytes(example()) == written_file);
}

TEST_CASE("what was written is read back", "[safetensors]") {
  const Safetensors contents = read_bytes(written_file);
  REQUIRE(contents.tensors.size() == 2);
  CHECK(contents.tensors[0].first == "weight");
  CHECK(shape(contents.tensors[0].second) == "[2,3]");
  CHECK(values(contents.tensors[0].second) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(contents.tensors[1].first == "bias");
  CHECK(values(contents.tensors[1].second) == std::vector<float>{-1});
  CHECK(contents.metadata == std::map<std::string, std::string>{{"step", "7"}});
  CHECK(contents.verified);
}

TEST_CASE("a file as Python's library writes it is read, unverified", "[safetensors]") {
  const Safetensors contents = read_bytes(
      file_of("{\"__metadata__\":{\"format\":\"pt\"},"
              "\"decoder.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
              "\"decoder.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[4,28]}}     ",
              minus_one + one_to_six));
  REQUIRE(contents.tensors.size() == 2);
  CHECK(contents.tensors[0].first == "decoder.bias");
  CHECK(values(contents.tensors[0].second) == std::vector<float>{-1});
  CHECK(contents.tensors[1].first == "decoder.weight");
  CHECK(shape(contents.tensors[1].second) == "[2,3]");
  CHECK(values(contents.tensors[1].second) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(contents.metadata == std::map<std::string, std::string>{{"format", "pt"}});
  CHECK_FALSE(contents.verified);
}

TEST_CASE("the digest covers the content, not the layout", "[safetensors]") {
  std::string bytes = file_of(
      "{ \"bias\": {\"shape\": [1], \"data_offsets\": [0, 4], \"dtype\": \"F32\"},\n"
      "  \"weight\": {\"shape\": [2, 3], \"data_offsets\": [4, 28], \"dtype\": \"F32\"},\n"
      "  \"__metadata__\": {\"step\": \"\\u0037\", \"digest\": \"0d59be75\"} }",
      minus_one + one_to_six);
  CHECK(read_bytes(bytes).verified);
  bytes[bytes.find("[2, 3]") + 1] = '3';
  bytes[bytes.find("[3, 3]") + 4] = '2';
  CHECK(refusal(bytes) == "content does not match its digest: the file is damaged");
}

TEST_CASE("the order in the file is that of the data, not of the names", "[safetensors]") {
  const Safetensors contents =
      read_bytes(file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[4,28]},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                         minus_one + one_to_six));
  CHECK(contents.tensors[0].first == "b");
  CHECK(values(contents.tensors[0].second) == std::vector<float>{-1});
  CHECK(contents.tensors[1].first == "a");
}

TEST_CASE("scalars, empty tensors and empty files go there and back", "[safetensors]") {
  const Safetensors scalar = read_bytes(to_bytes({{{"s", autograd::array({}, {3})}}, {}}));
  CHECK(shape(scalar.tensors.at(0).second) == "[]");
  CHECK(values(scalar.tensors.at(0).second) == std::vector<float>{3});

  const Safetensors empty = read_bytes(to_bytes({{{"zero", autograd::zeros({0, 3})},
                                                  {"one", autograd::array({1}, {1})},
                                                  {"last", autograd::zeros({2, 0})}},
                                                 {}}));
  REQUIRE(empty.tensors.size() == 3);
  CHECK(empty.tensors[0].first == "zero");
  CHECK(shape(empty.tensors[0].second) == "[0,3]");
  CHECK(values(empty.tensors[1].second) == std::vector<float>{1});
  CHECK(shape(empty.tensors[2].second) == "[2,0]");

  CHECK(read_bytes(to_bytes({})).tensors.empty());
  CHECK(read_bytes(to_bytes({})).verified);
  CHECK(read_bytes(file_of("{}", "")).tensors.empty());
}

TEST_CASE("names and texts may hold anything that is UTF-8", "[safetensors]") {
  const std::string odd = "π \"quoted\" \\ \n\t\x01";
  const Safetensors contents = read_bytes(to_bytes({{{odd, autograd::zeros({1})}}, {{odd, odd}}}));
  CHECK(contents.tensors.at(0).first == odd);
  CHECK(contents.metadata.at(odd) == odd);
  CHECK(contents.verified);
}

TEST_CASE("the payload starts at a multiple of 8 bytes", "[safetensors]") {
  for (std::size_t length = 0; length < 9; ++length) {
    const std::string bytes = to_bytes({{}, {{"key", std::string(length, 'x')}}});
    CHECK(bytes.size() % 8 == 0);
  }
}

TEST_CASE("equal content gives equal bytes, also after a round trip", "[safetensors]") {
  CHECK(to_bytes(example()) == to_bytes(example()));
  CHECK(to_bytes(read_bytes(written_file)) == written_file);
}

TEST_CASE("two tensors of one name are not written", "[safetensors]") {
  const autograd::Array one = autograd::zeros({1});
  CHECK_THROWS_AS(to_bytes({{{"a", one}, {"a", one}}, {}}), std::invalid_argument);
  CHECK_THROWS_AS(to_bytes({{{"__metadata__", one}}, {}}), std::invalid_argument);
}

TEST_CASE("what is no readable file is refused with 66", "[safetensors]") {
  const TemporaryDirectory directory;
  const std::string none = directory / "none", pipe = directory / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);

  const Outcome missing = outcome([&] { read_safetensors(none); });
  CHECK(missing.code == 66);
  CHECK(outcome([&] { SafetensorsFile("/dev/zero"); }).message == "/dev/zero: is not a regular file");
  CHECK(missing.message == none + ": cannot be opened: No such file or directory");

  const Outcome not_a_file = outcome([&] { read_safetensors(pipe); });
  CHECK(not_a_file.code == 66);
  CHECK(not_a_file.message == pipe + ": is not a regular file");
  CHECK(outcome([&] { read_safetensors(directory.path); }).code == 66);
}

TEST_CASE("every truncation is refused", "[safetensors]") {
  for (std::size_t length = 0; length < written_file.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(written_file.substr(0, length)) != "");
  }
  CHECK(refusal("") == "not a safetensors file: shorter than 8 bytes");
  CHECK(refusal(written_file.substr(0, 100)) == "header of 168 bytes, but only 92 follow");
  CHECK(refusal(written_file.substr(0, written_file.size() - 4)) ==
        "tensors take 28 bytes, but the payload has 24");
  CHECK(refusal(written_file + "x") == "tensors take 28 bytes, but the payload has 29");
}

TEST_CASE("every flipped bit is refused, harmless, or leaves the file unverified", "[safetensors]") {
  const TemporaryDirectory directory;
  int refused = 0, unverified = 0;
  for (std::size_t bit = 0; bit < 8 * written_file.size(); ++bit) {
    std::string bytes = written_file;
    bytes[bit / 8] = char(bytes[bit / 8] ^ (1 << bit % 8));
    put(directory / "f", bytes);
    try {
      const Safetensors contents = read_safetensors(directory / "f");
      unverified += !contents.verified;
      CAPTURE(bit);
      CHECK((!contents.verified || same_content(contents, example())));
    } catch (const tools::Failure& failure) {
      refused += failure.code() == 65;
    }
  }
  CHECK(unverified <= 8 * 6);  // the word "digest" itself
  CHECK(refused > 8 * 160);    // all but spaces and that word
}

TEST_CASE("a flipped bit of the data is refused", "[safetensors]") {
  std::string bytes = written_file;
  bytes.back() ^= 1;
  CHECK(refusal(bytes) == "content does not match its digest: the file is damaged");
}

TEST_CASE("a header length that cannot be is refused", "[safetensors]") {
  CHECK(refusal(little_endian(~0ull) + "{}") == "header of 18446744073709551615 bytes, but only 2 follow");
  CHECK(refusal(little_endian(3) + "{}") == "header of 3 bytes, but only 2 follow");
  CHECK(refusal(file_of(std::string(10'000'001, ' '), "")) ==
        "header of 10000001 bytes, at most 10000000 are read");
}

TEST_CASE("a header that is not a JSON object is refused", "[safetensors]") {
  CHECK(refusal(file_of("", "")) == "header is not a JSON object");
  CHECK(refusal(file_of("[]", "")) == "header is not a JSON object");
  CHECK(refusal(file_of("{\"a\":}", "")) == "header is not valid JSON");
  CHECK(refusal(file_of("{\"a\":1e999}", "")) == "header is not valid JSON");
  CHECK(refusal(file_of("{} {}", "")) == "header is not valid JSON");
  CHECK(refusal(file_of("{\"\xff\":1}", "")) == "header is not valid JSON");
}

TEST_CASE("a header of too many items, or of values in values without end, is refused", "[safetensors]") {
  const std::string brackets(120'000, '[');
  std::string list;
  for (int i = 0; i < 200'000; ++i) list += "0,";
  CHECK(refusal(file_of("{\"a\":[" + list + "0]}", "")) == "header has more than 200000 items");
  for (const std::string place : {"\"a\":", "\"a\":{\"dtype\":", "\"a\":{\"dtype\":\"F32\",\"shape\":",
                                  "\"__metadata__\":", "\"__metadata__\":{\"k\":"})
    CHECK(refusal(file_of("{" + place + brackets, "")) == "header is nested more than 32 deep");
}

TEST_CASE("equal keys are refused at every level", "[safetensors]") {
  const std::string a = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
  CHECK(refusal_of_header("{" + a + "," + a + "}") == "header has the key 'a' twice");
  CHECK(refusal_of_header("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}") == "header has the key 'k' twice");
  CHECK(refusal_of_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[2],\"data_offsets\":[0,8]}}") ==
        "header has the key 'shape' twice");
}

TEST_CASE("metadata other than texts is refused", "[safetensors]") {
  CHECK(refusal_of_header("{\"__metadata__\":[]}") == "__metadata__ is not a JSON object");
  CHECK(refusal_of_header("{\"__metadata__\":{\"step\":7}}") == "metadata 'step' is not a string");
}

TEST_CASE("a tensor that is described wrongly is refused by name", "[safetensors]") {
  const auto described = [](const std::string& entry) {
    return refusal_of_header("{\"w.0\":" + entry + "}");
  };
  CHECK(described("7") == "tensor 'w.0' has no dtype");
  CHECK(described("{\"dtype\":\"F32\",\"data_offsets\":[0,8]}") == "tensor 'w.0' has no shape");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[2]}") == "tensor 'w.0' has no data_offsets");
  CHECK(described("{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}") ==
        "tensor 'w.0' has dtype F16, expected F32");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}") ==
        "tensor 'w.0' has shape [-2], expected non-negative integers");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}") ==
        "tensor 'w.0' has shape [2.0], expected non-negative integers");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}") ==
        "tensor 'w.0' has shape 2, expected non-negative integers");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}") ==
        "tensor 'w.0' has data_offsets [0,8,8], expected [begin, end]");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}") ==
        "tensor 'w.0' has data_offsets [8,0], expected [begin, end]");
  CHECK(described("{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}") ==
        "tensor 'w.0' of shape [3] needs 12 bytes, but its data_offsets are [0,8]");
}

TEST_CASE("a shape whose size overflows is refused", "[safetensors]") {
  // 2^32 · 2^32 elements are 0 modulo 2^64, and 2^62 elements of 4 bytes are 0 bytes.
  for (const std::string shape :
       {"[4294967296,4294967296]", "[4611686018427387904]", "[0,4294967296,4294967296]"})
    CHECK(refusal(file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}}",
                          "")) == "tensor 'a' has shape " + shape + ", which is too large");
}

TEST_CASE("a huge tensor in a small file is refused without its memory", "[safetensors]") {
  CHECK(refusal_of_header(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000000],\"data_offsets\":[0,4000000000000]}}") ==
        "tensors take 4000000000000 bytes, but the payload has 8");
}

TEST_CASE("gaps and overlaps in the payload are refused", "[safetensors]") {
  const auto two = [](const std::string& a, const std::string& b) {
    return refusal_of_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + a +
                             "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + b + "}}");
  };
  CHECK(two("[0,4]", "[4,8]") == "");
  CHECK(two("[0,4]", "[0,4]") == "tensor 'b' begins at byte 0 of the payload, expected 4");
  CHECK(two("[0,4]", "[2,6]") == "tensor 'b' begins at byte 2 of the payload, expected 4");
  CHECK(two("[0,4]", "[8,12]") == "tensor 'b' begins at byte 8 of the payload, expected 4");
  CHECK(two("[4,8]", "[8,12]") == "tensor 'a' begins at byte 4 of the payload, expected 0");
  CHECK(refusal_of_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}") ==
        "tensors take 4 bytes, but the payload has 8");
}

TEST_CASE("a name from a bad file stays on one short line", "[safetensors]") {
  CHECK(refusal_of_header("{\"a\\n\\u001b[2J\":7}") == "tensor 'a\\n\\x1b[2J' has no dtype");
  CHECK(refusal_of_header("{\"" + std::string(1000, 'x') + "\":7}").size() < 120);
}

TEST_CASE("opening a file takes no memory for its arrays", "[safetensors]") {
  const TemporaryDirectory directory;
  put(directory / "f",
      file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[268435456],\"data_offsets\":[0,1073741824]}}", ""));
  std::filesystem::resize_file(directory / "f", std::filesystem::file_size(directory / "f") + (1 << 30));
  CHECK(SafetensorsFile(directory / "f").entries().at(0).shape[0] == 268435456);
  CHECK(tools::peak_memory([] {}, [&] { SafetensorsFile(directory / "f"); }) < 1e7);
}
