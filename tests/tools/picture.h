// A grey PNG file as libpng's own reader sees it.
#pragma once

#include <png.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tests/catch.h"

struct Picture {
  std::size_t width, height;
  std::vector<std::uint8_t> pixels;

  int at(std::size_t x, std::size_t y) const { return pixels.at(y * width + x); }
};

inline Picture read_png(const std::filesystem::path& path) {
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_file(&header, path.c_str()));
  CHECK(header.format == PNG_FORMAT_GRAY);
  Picture picture{header.width, header.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(header))};
  REQUIRE(png_image_finish_read(&header, nullptr, picture.pixels.data(), 0, nullptr));
  return picture;
}
