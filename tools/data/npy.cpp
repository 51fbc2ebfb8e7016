// Reads and writes .npy files. The header is parsed as a Python literal with its three keys in any order; a
// type, order or shape that the program cannot use is refused with the reason. Values are copied byte by
// byte, so the machine must be little-endian, as x86 and ARM are.
#include "tools/data/npy.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "tools/files/atomic_file.h"
#include "tools/files/input_file.h"
#include "tools/printable.h"

namespace tools {

namespace {

constexpr std::size_t longest_header = 65'535;

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

// A dictionary literal, read from left to right:
//
//     dictionary = '{' [ key ':' value { ',' key ':' value } [ ',' ] ] '}'
//     value      = string | True | False | '(' [ integer { ',' integer } [ ',' ] ] ')'
class HeaderParser {
 public:
  HeaderParser(const InputFile& file, const std::string& text) : file_(file), text_(text) {}

  Header parse() {
    Header header;
    std::set<std::string> keys;
    expect('{');
    while (!next_is('}')) {
      const std::string key = string();
      if (!keys.insert(key).second) fail();
      expect(':');
      if (key == "descr")
        header.descr = string();
      else if (key == "fortran_order")
        header.fortran_order = boolean();
      else if (key == "shape")
        header.shape = integers();
      else
        fail();
      if (!next_is('}')) expect(',');
    }
    expect('}');
    skip_space();
    if (keys.size() != 3 || position_ < text_.size()) fail();
    return header;
  }

 private:
  [[noreturn]] void fail() const {
    file_.reject("its .npy header is not understood at character " + std::to_string(position_) +
                 ": 'descr' (one simple type), 'fortran_order' and 'shape' are expected");
  }

  void skip_space() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])))
      ++position_;
  }
  bool next_is(char c) {
    skip_space();
    return position_ < text_.size() && text_[position_] == c;
  }
  void expect(char c) {
    if (!next_is(c)) fail();
    ++position_;
  }

  std::string string() {
    const char quote = next_is('"') ? '"' : '\'';
    expect(quote);
    const std::size_t start = position_;
    position_ = text_.find(quote, start);
    if (position_ == std::string::npos) {
      position_ = text_.size();
      fail();
    }
    return text_.substr(start, position_++ - start);
  }

  bool boolean() {
    skip_space();
    for (const std::string word : {"False", "True"}) {
      if (text_.compare(position_, word.size(), word) != 0) continue;
      position_ += word.size();
      return word == "True";
    }
    fail();
  }

  std::vector<std::uint64_t> integers() {
    std::vector<std::uint64_t> values;
    expect('(');
    while (!next_is(')')) {
      values.push_back(integer());
      if (!next_is(')')) expect(',');
    }
    expect(')');
    return values;
  }

  std::uint64_t integer() {
    skip_space();
    const std::size_t end = std::min(text_.find_first_not_of("0123456789", position_), text_.size());
    const std::size_t digits = end - position_, most_digits = 18;  // more could overflow 64 bits
    if (digits == 0 || digits > most_digits) fail();
    const std::uint64_t value = std::stoull(text_.substr(position_, digits));
    position_ = end;
    return value;
  }

  const InputFile& file_;
  const std::string text_;
  std::size_t position_ = 0;
};

Header read_header(InputFile& file) {
  // Check the magic and the version.
  const Bytes magic = file.read(6);
  if (magic != Bytes{0x93, 'N', 'U', 'M', 'P', 'Y'})
    file.reject("expected a numpy .npy file, but it is " + kind_of_file(magic));
  const Bytes version = file.read(2);
  if (version.size() < 2) file.reject("its .npy header is cut short");
  const unsigned major = version[0];
  if (major < 1 || major > 3)
    file.reject("is .npy version " + std::to_string(major) + ", only 1 to 3 are known");

  // Read and parse the dictionary.
  const Bytes length_bytes = file.read(major == 1 ? 2 : 4);
  std::size_t length = 0;
  for (std::size_t i = length_bytes.size(); i-- > 0;) length = length << 8 | length_bytes[i];
  if (length > longest_header)
    file.reject("its .npy header declares " + std::to_string(length) + " bytes of itself, more than 65535");
  const Bytes text = file.read(length);
  if (text.size() < length) file.reject("its .npy header is cut short");
  return HeaderParser(file, std::string(text.begin(), text.end())).parse();
}

}  // namespace

Images read_npy(const std::string& path, std::uint64_t fewest) {
  // Read the header, and refuse what is not a set of images in a known type.
  InputFile file(path);
  const Header header = read_header(file);
  const std::vector<std::uint64_t>& shape = header.shape;
  if (header.fortran_order) file.reject("is in Fortran order: save it with numpy.ascontiguousarray");
  if (shape.size() != 2 && shape.size() != 3)
    file.reject("is of rank " + std::to_string(shape.size()) + ": images are [N,H,W] or [N,D]");
  const std::map<std::string, std::size_t> sizes = {
      {"|u1", 1}, {"<f4", sizeof(float)}, {"<f8", sizeof(double)}};
  const auto size = sizes.find(header.descr);
  if (size == sizes.end())
    file.reject("holds type '" + printable(header.descr) +
                "', only '|u1', '<f4' and '<f8' are read: save it with .astype('<f4')");

  // Refuse too few before their pixels are read.
  if (shape[0] < fewest && shape[0] > 0)
    file.reject("holds " + std::to_string(shape[0]) + " images, at least " + std::to_string(fewest) +
                " are needed");

  // Read the data: N × H × W or N × D values of `size` bytes.
  std::vector<std::uint64_t> dimensions = shape;
  dimensions.push_back(size->second);
  Bytes data = file.rest(dimensions);

  Images images;
  images.count = shape[0];
  images.height = shape.size() == 3 ? shape[1] : 1;
  images.width = shape.back();
  if (header.descr == "|u1") {
    images.bytes = std::move(data);
    return images;
  }

  // Convert to float, and refuse what is not finite.
  images.floats.resize(images.count * images.pixels());
  for (std::size_t i = 0; i < images.floats.size(); ++i) {
    double value;
    if (header.descr == "<f8") {
      std::memcpy(&value, &data[8 * i], 8);
    } else {
      float narrow;
      std::memcpy(&narrow, &data[4 * i], 4);
      value = narrow;
    }
    images.floats[i] = float(value);
    if (!std::isfinite(images.floats[i]))
      file.reject("row " + std::to_string(i / images.pixels()) + " holds a value that is not a finite float");
  }
  return images;
}

void write_npy(const std::string& path, const autograd::Array& array) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const std::size_t d : array.shape()) header += std::to_string(d) + ", ";
  header += "), }";

  // Pad with spaces to a line end at a multiple of 64 bytes, where the data begins.
  const std::size_t prefix = 10;
  while ((prefix + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  const std::uint8_t start[prefix] = {
      0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, std::uint8_t(header.size()), std::uint8_t(header.size() >> 8)};
  const std::vector<float> data(array.data(), array.data() + array.size());
  std::string bytes(start, start + prefix);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(data.data()), data.size() * sizeof(float));
  write_output(path, bytes);
}

}  // namespace tools
