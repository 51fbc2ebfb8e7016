// Reads and writes .npy files. The header is parsed as a Python literal with its three keys in any order; a
// type or shape that the program cannot use is refused with the reason.
#include "tools/data/npy.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "tools/files/atomic_file.h"
#include "tools/files/input_file.h"
#include "tools/printable.h"
#include "tools/text.h"

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
    position_ = end + (end < text_.size() && text_[end] == 'L');  // Python 2 writes (120L, 8L)
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

// ---- types ------------------------------------------------------------------------------------------------

// '<f4': the order of the bytes, the kind (b truth values, u and i integers, f floats), and their number.
struct Type {
  char kind;
  std::size_t size;
  bool big_endian;
};

Type type_of(const std::string& descr, const InputFile& file) {
  static const std::set<std::string> known = {"b1", "u1", "u2", "u4", "u8", "i1",
                                              "i2", "i4", "i8", "f2", "f4", "f8"};
  if (descr.size() != 3 || !known.count(descr.substr(1)) || (descr[0] == '|' && descr[2] != '1') ||
      std::string("<>|").find(descr[0]) == std::string::npos)
    file.reject("holds type '" + printable(descr) +
                "', and truth values, integers and floats of 2, 4 or 8 bytes are read: save grey values of 0 "
                "to 255 with .astype('u1'), others with .astype('<f4')");
  return {descr[1], std::size_t(descr[2] - '0'), descr[0] == '>'};
}

// A half: sign, 5 bits of exponent e, 10 of mantissa m.   (1024 + m) 2^(e − 25), below the normal range m
// 2^−24
double half(std::uint64_t bits) {
  const int exponent = int(bits >> 10 & 31), mantissa = int(bits & 1023);
  const double size = exponent == 31  ? (mantissa ? std::nan("") : HUGE_VAL)
                      : exponent == 0 ? std::ldexp(mantissa, -24)
                                      : std::ldexp(1024 + mantissa, exponent - 25);
  return bits >> 15 ? -size : size;
}

double value_of(const std::uint8_t* bytes, const Type& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.size; ++i)
    bits = bits << 8 | bytes[type.big_endian ? i : type.size - 1 - i];
  if (type.kind == 'b') return bits ? 1 : 0;
  if (type.kind == 'u') return double(bits);
  if (type.kind == 'i') {  // the sign bit moves to the top and back
    const std::size_t unused = 64 - 8 * type.size;
    return double(std::int64_t(bits << unused) >> unused);
  }
  if (type.size == 2) return half(bits);
  if (type.size == 4) {
    const std::uint32_t narrow = std::uint32_t(bits);
    float value;
    std::memcpy(&value, &narrow, 4);
    return value;
  }
  double value;
  std::memcpy(&value, &bits, 8);
  return value;
}

// ---- shapes -----------------------------------------------------------------------------------------------

// [N,H,W], of what may also have one channel, [N,1,H,W] or [N,H,W,1], or be rows, [N,D].
std::vector<std::uint64_t> images_of(std::vector<std::uint64_t> shape, const InputFile& file) {
  const std::string images = ": images are [N,H,W], [N,1,H,W], [N,H,W,1] or [N,D]";
  if (shape.size() == 4) {
    if (shape[1] != 1 && shape[3] != 1) file.reject("has more than one channel" + images);
    shape.erase(shape.begin() + (shape[1] == 1 ? 1 : 3));
  }
  if (shape.size() == 2) shape.insert(shape.begin() + 1, 1);
  if (shape.size() != 3) file.reject("is of rank " + std::to_string(shape.size()) + images);
  return shape;
}

// Calls `look` with the index and the value of each number in a file, in the order of the file. Only a piece
// of it is in memory at a time, because a bad file may be large.
void look_at_values(const std::string& path, const std::vector<std::uint64_t>& dimensions, const Type& type,
                    const std::function<void(std::size_t i, double value)>& look) {
  const std::size_t piece = std::size_t(1) << 16;  // numbers
  InputFile file(path);
  read_header(file);
  std::uint64_t left = 1;
  for (const std::uint64_t d : dimensions) left *= d;
  for (std::size_t i = 0; left > 0;) {
    const Bytes bytes = file.read(std::min<std::uint64_t>(left, piece * type.size));
    if (bytes.size() < std::min<std::uint64_t>(left, piece * type.size)) return;  // `rest` will say so
    for (std::size_t at = 0; at < bytes.size(); at += type.size) look(i++, value_of(&bytes[at], type));
    left -= bytes.size();
  }
}

// One row of 784 pixels is drawn as an image of 28 × 28.
void make_square(Images& images) {
  const std::size_t pixels = images.pixels(), side = std::size_t(std::lround(std::sqrt(double(pixels))));
  if ((images.height == 1 || images.width == 1) && side * side == pixels) images.height = images.width = side;
}

}  // namespace

Images read_npy(const std::string& path, std::uint64_t fewest, const std::optional<GreyScale>& grey) {
  // Read the header, and refuse what is not enough images in a known type.
  InputFile file(path);
  const Header header = read_header(file);
  const Type type = type_of(header.descr, file);
  const std::vector<std::uint64_t> shape = images_of(header.shape, file);
  std::vector<std::uint64_t> dimensions = header.shape;
  dimensions.push_back(type.size);
  file.check_rest(dimensions);
  if (shape[0] < fewest)
    file.reject("holds " + std::to_string(shape[0]) + " images, at least " + std::to_string(fewest) +
                " are needed");

  Images images;
  images.count = shape[0], images.height = shape[1], images.width = shape[2];
  const std::size_t N = images.count, H = images.height, W = images.width, D = H * W;
  make_square(images);
  if (type.kind == 'u' && type.size == 1 && !header.fortran_order) {
    images.bytes = file.rest(dimensions);
    return images;
  }

  // Look at all values before any is kept: floats must be finite or missing, and grey if so wanted; integers
  // become bytes.
  double least = 0, greatest = 0;
  std::size_t missing = 0;
  look_at_values(path, dimensions, type, [&](std::size_t i, double v) {
    if (type.kind == 'f' && std::isnan(v)) {
      if (++missing == N * D) file.reject("holds NaN alone: every pixel is missing");
      return;
    }
    least = std::min(least, v), greatest = std::max(greatest, v);
    if (type.kind == 'f' && !std::isfinite(float(v)))
      file.reject("row " + std::to_string(header.fortran_order ? i % N : i / D) +
                  " holds a value that is not a finite float");
    const float place = grey ? (*grey)(float(v)) : 0;
    if (type.kind == 'f' && !(place >= 0 && place <= 1))
      file.reject(
          text("holds the value %.*g, and grey values to be binarized are within %g and %g: name the "
               "values of black and white by --black and --white, or take --likelihood gaussian",
               std::numeric_limits<float>::max_digits10, v, grey->black, grey->white));
  });
  if (type.kind != 'f' && (least < 0 || greatest > 255))
    file.reject(
        text("holds integers from %.0f to %.0f, and grey values are 0 to 255: save it with "
             ".astype('u1') when they are, or as numbers for --likelihood gaussian with "
             ".astype('<f4')",
             least, greatest));

  // Value i in C order; in Fortran order the first index runs fastest.
  const Bytes data = file.rest(dimensions);
  const auto value = [&](std::size_t i) {
    const std::size_t n = i / D, y = i % D / W, x = i % W;
    return value_of(&data[type.size * (header.fortran_order ? n + N * (y + H * x) : i)], type);
  };

  // Floats stay as they are. Of integers that are wider than bytes and none of which is above 1, 1 is white.
  if (type.kind == 'f') {
    images.floats.resize(N * D);
    for (std::size_t i = 0; i < N * D; ++i) images.floats[i] = float(value(i));
    return images;
  }
  const bool white_is_1 = greatest <= 1 && !(type.kind == 'u' && type.size == 1);
  images.bytes.resize(N * D);
  for (std::size_t i = 0; i < N * D; ++i)
    images.bytes[i] = std::uint8_t(value(i)) * std::uint8_t(white_is_1 ? 255 : 1);
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

void write_npy(const std::string& path, const std::vector<double>& numbers) {
  write_npy(path, autograd::array({numbers.size()}, {numbers.begin(), numbers.end()}));
}

}  // namespace tools
