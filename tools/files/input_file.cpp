// Reading and inflating. zlib's gzread silently accepts trailing bytes and plain files, so the gzip stream is
// inflated here: its end, which carries a checksum, must be the end of the file.
#include "tools/files/input_file.h"

#include <zlib.h>

#include <algorithm>
#include <iomanip>
#include <new>
#include <sstream>
#include <utility>

#include "tools/printable.h"

namespace tools {

namespace {

constexpr std::uint64_t deflate_ratio = 1032;  // the best possible: 2 bits encode 258 bytes
constexpr std::size_t compressed_chunk = 1 << 16;

const std::pair<std::string, std::string> known_magics[] = {
    {"\x1f\x8b", "gzipped twice"},    {"\x93NUM", "a numpy .npy file"},        {"\x89PNG", "a PNG image"},
    {"\xff\xd8\xff", "a JPEG image"}, {"PK\x03\x04", "a zip or .npz archive"},
};

}  // namespace

std::string kind_of_file(const Bytes& start) {
  for (const auto& [magic, kind] : known_magics)
    if (std::string(start.begin(), start.end()).compare(0, magic.size(), magic) == 0) return kind;

  // An IDX file begins with two zero bytes, the type of the values, and the number of dimensions.
  const bool idx =
      start.size() >= 4 && start[0] == 0 && start[1] == 0 && start[2] >= 0x08 && start[2] <= 0x0e;
  if (idx && start[2] == 0x08 && start[3] == 1) return "an IDX file of labels";
  if (idx && start[2] == 0x08 && start[3] == 3) return "an IDX file of images";

  std::ostringstream hex;
  hex << (idx ? "an IDX file of another type or rank, beginning" : "of an unknown kind, beginning")
      << std::hex << std::setfill('0');
  for (std::size_t i = 0; i < std::min<std::size_t>(4, start.size()); ++i)
    hex << ' ' << std::setw(2) << unsigned(start[i]);
  return hex.str();
}

InputFile::InputFile(const std::string& path) : file_(path), left_(file_.size()) {
  if (left_ == 0) reject("is empty");
  std::uint8_t magic[2] = {};
  file_.read(0, magic, std::size_t(std::min<std::uint64_t>(left_, 2)));
  if (magic[0] != 0x1f || magic[1] != 0x8b) return;

  // Prepare to inflate it.
  gzip_ = {new z_stream(), [](z_stream* z) {
             inflateEnd(z);
             delete z;
           }};
  const int only_gzip = 16;
  if (inflateInit2(gzip_.get(), MAX_WBITS + only_gzip) != Z_OK) throw std::bad_alloc();
}

std::size_t InputFile::read_raw(std::uint8_t* out, std::size_t most) {
  const std::size_t count = std::size_t(std::min<std::uint64_t>(most, left_));
  file_.read(file_.size() - left_, out, count);
  left_ -= count;
  return count;
}

std::size_t InputFile::inflate(std::uint8_t* out, std::size_t most) {
  z_stream& z = *gzip_;
  z.next_out = out;
  z.avail_out = uInt(most);
  while (z.avail_out > 0 && !gzip_ended_) {
    // Refill the input.
    if (z.avail_in == 0) {
      compressed_.resize(compressed_chunk);
      z.next_in = compressed_.data();
      z.avail_in = uInt(read_raw(compressed_.data(), compressed_chunk));
      if (z.avail_in == 0) reject("its gzip stream is cut short");
    }
    // Inflate; the end of the stream must be the end of the file.
    const int status = ::inflate(&z, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END)
      reject(std::string("its gzip stream is corrupt: ") + (z.msg ? z.msg : "invalid"));
    gzip_ended_ = status == Z_STREAM_END;
    if (gzip_ended_ && z.avail_in + left_ > 0)
      reject(std::to_string(z.avail_in + left_) + " bytes follow the end of its gzip stream");
  }
  return most - z.avail_out;
}

Bytes InputFile::read(std::size_t most) {
  const std::uint64_t possible =
      gzip_ ? std::min(most_inflated, deflate_ratio * (left_ + compressed_.size())) : left_;
  Bytes bytes(std::size_t(std::min<std::uint64_t>(most, possible)));
  bytes.resize(gzip_ ? inflate(bytes.data(), bytes.size()) : read_raw(bytes.data(), bytes.size()));
  return bytes;
}

bool InputFile::at_end() { return read(1).empty(); }

namespace {

std::string declaration(const std::vector<std::uint64_t>& dimensions) {
  std::string text = "its header declares ";
  for (const std::uint64_t d : dimensions) text += (text.back() == ' ' ? "" : "x") + std::to_string(d);
  return printable(text, 200) + " bytes of data";
}

}  // namespace

void InputFile::check_rest(const std::vector<std::uint64_t>& dimensions) const {
  const std::string declared = declaration(dimensions);
  std::uint64_t size = 1;
  for (const std::uint64_t d : dimensions) {
    if (d == 0) reject(declared + ", which is none");
    if (d > most_bytes / size) reject(declared + ", more than 2 GiB");
    size *= d;
  }
  if (!gzip_ && size != left_) reject(declared + ", but " + std::to_string(left_) + " follow it");
  if (gzip_ && size > most_inflated) reject(declared + ", more than 128 MiB: gunzip it first");
}

Bytes InputFile::rest(const std::vector<std::uint64_t>& dimensions) {
  // Read exactly that many bytes; nothing may follow.
  check_rest(dimensions);
  std::size_t size = 1;
  for (const std::uint64_t d : dimensions) size *= std::size_t(d);
  Bytes bytes = read(size);
  if (bytes.size() < size)
    reject(declaration(dimensions) + ", but " + std::to_string(bytes.size()) + " follow it");
  if (!at_end()) reject(declaration(dimensions) + ", but more follow it");
  return bytes;
}

}  // namespace tools
