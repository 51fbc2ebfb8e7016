// Sheets, and PNG files by libpng's simplified interface: it returns errors, where the full one leaves C++
// functions by longjmp.
#include "tools/files/png.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/files/input_file.h"

namespace tools {
namespace {

constexpr std::size_t shown_side = 84;        // images are enlarged up to about this many pixels
constexpr std::size_t separator = 4;          // pixels
constexpr std::uint8_t separator_shade = 70;  // unlike the black ground of most images

// At a place of the page, where NaN is a checkerboard.
std::uint8_t shade(autograd::Real value, std::size_t x, std::size_t y) {
  if (std::isnan(value)) return (x + y) % 2 ? 90 : 170;
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp<autograd::Real>(value, 0, 1)));
}

// A chunk is its length, big-endian in four bytes, its type in four, so many bytes, and a checksum of four.
// libpng takes memory for the length, which need not be true.
void check_chunks(const Bytes& png, const InputFile& file) {
  const std::size_t signature = 8, frame = 8, checksum = 4;
  for (std::size_t at = signature; at + frame <= png.size();) {
    const std::uint64_t length =
        std::uint64_t(png[at]) << 24 | png[at + 1] << 16 | png[at + 2] << 8 | png[at + 3];
    const std::size_t left = png.size() - at - frame;
    if (length > left)
      file.reject("cannot be decoded: a chunk declares " + std::to_string(length) + " bytes, but " +
                  std::to_string(left) + " follow");
    if (std::equal(&png[at + 4], &png[at + 8], "IEND")) return;
    at += frame + std::size_t(length) + checksum;
  }
}

// The pixels that `count` cells of this size take, with separators between and around them.
std::size_t extent(std::size_t count, std::size_t cell) { return separator + count * (cell + separator); }

}  // namespace

GreyImage sheet(const autograd::Array& images, std::size_t height, std::size_t width, std::size_t columns) {
  if (height == 0 || width == 0 || columns == 0 || images.dimension() != 2 ||
      images.shape()[1] != height * width)
    throw std::invalid_argument("[sheet] images are " + autograd::to_string(images.shape()) + " but " +
                                std::to_string(columns) + " columns of " + std::to_string(height) + "x" +
                                std::to_string(width) + " are asked for");
  // Lay out a page of cells, each an image enlarged `zoom` times.
  const std::size_t count = images.shape()[0];
  const std::size_t rows = (count + columns - 1) / columns;
  const std::size_t zoom = std::max<std::size_t>(1, shown_side / std::max(height, width));
  const std::size_t cell_height = zoom * height, cell_width = zoom * width;

  GreyImage page{extent(columns, cell_width), extent(rows, cell_height), {}};
  page.pixels.assign(page.width * page.height, separator_shade);

  // Fill the cell of each image.
  for (std::size_t n = 0; n < count; ++n) {
    const autograd::Real* image = images.data() + n * height * width;
    const std::size_t top = extent(n / columns, cell_height), left = extent(n % columns, cell_width);
    for (std::size_t y = 0; y < cell_height; ++y)
      for (std::size_t x = 0; x < cell_width; ++x)
        page.pixels[(top + y) * page.width + left + x] = shade(image[y / zoom * width + x / zoom], x, y);
  }
  return page;
}

GreyImage read_png(const std::string& path) {
  InputFile file(path);
  const std::size_t most_bytes = std::size_t(64) << 20, most_side = 4096;
  const Bytes bytes = file.read(most_bytes);
  const std::string kind =
      kind_of_file({bytes.begin(), bytes.begin() + std::ptrdiff_t(std::min<std::size_t>(bytes.size(), 8))});
  if (kind != "a PNG image") file.reject("expected a PNG image, but it is " + kind);
  check_chunks(bytes, file);
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&header, bytes.data(), bytes.size()))
    file.reject(std::string("cannot be decoded: ") + header.message);
  if (header.width > most_side || header.height > most_side) {
    png_image_free(&header);
    file.reject("is of more than 4096 pixels a side");
  }
  header.format = PNG_FORMAT_GRAY;
  header.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // two bytes are a byte and its fraction, not linear light
  GreyImage image{header.width, header.height, Bytes(PNG_IMAGE_SIZE(header))};
  const png_color black = {0, 0, 0};
  if (!png_image_finish_read(&header, &black, image.pixels.data(), 0, nullptr))
    file.reject(std::string("cannot be decoded: ") + header.message);
  return image;
}

std::string to_png(const GreyImage& image) {
  if (image.pixels.empty() || image.pixels.size() != image.width * image.height)
    throw std::invalid_argument("[to_png] " + std::to_string(image.pixels.size()) +
                                " pixels are not an image of " + std::to_string(image.width) + "x" +
                                std::to_string(image.height));
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  header.format = PNG_FORMAT_GRAY;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);

  // Allocate for the worst case: asking libpng for the size would compress everything twice.
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(header), '\0');
  png_alloc_size_t size = bytes.size();
  const int row_stride = 0, convert_to_8_bit = 0;
  if (!png_image_write_to_memory(&header, bytes.data(), &size, convert_to_8_bit, image.pixels.data(),
                                 row_stride, nullptr))
    throw Failure(exit_cannot_create, std::string("cannot encode the image: ") + header.message);
  bytes.resize(size);
  return bytes;
}

void write_png(const std::filesystem::path& path, const GreyImage& image) {
  try {
    write_output(path, to_png(image));
  } catch (const Failure& failure) {
    if (std::string(failure.what()).rfind("cannot encode", 0) != 0) throw;
    throw Failure(failure.code(), path.string() + ": " + failure.what());
  }
}

}  // namespace tools
