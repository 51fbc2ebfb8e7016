// Sheets pixel by pixel, and the PNG files as libpng's own reader sees them.
#include "tools/files/png.h"

#include <limits>
#include <stdexcept>

#include "tests/catch.h"
#include "tests/tools/picture.h"
#include "tests/tools/temporary_directory.h"

using tools::GreyImage;
using tools::sheet;
using tools::write_png;

namespace {

int pixel(const GreyImage& image, std::size_t x, std::size_t y) {
  return image.pixels.at(y * image.width + x);
}

}  // namespace

TEST_CASE("a written image reads back pixel by pixel", "[png]") {
  const TemporaryDirectory directory;
  const GreyImage image{3, 2, {0, 127, 255, 1, 2, 254}};
  write_png(directory / "a.png", image);
  const Picture back = read_png(directory / "a.png");
  CHECK(back.width == 3);
  CHECK(back.height == 2);
  CHECK(back.pixels == image.pixels);
}

TEST_CASE("noise, which cannot be compressed, is written too", "[png]") {
  const TemporaryDirectory directory;
  GreyImage image{300, 200, {}};
  unsigned state = 1;
  for (int i = 0; i < 300 * 200; ++i) {
    state = state * 1664525u + 1013904223u;
    image.pixels.push_back(std::uint8_t(state >> 24));
  }
  write_png(directory / "a.png", image);
  CHECK(read_png(directory / "a.png").pixels == image.pixels);
}

TEST_CASE("an image that cannot be written is refused", "[png]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(write_png(directory / "a.png", GreyImage{2, 2, {1, 2, 3}}), std::invalid_argument);
  CHECK_THROWS_AS(write_png(directory / "a.png", GreyImage{0, 0, {}}), std::invalid_argument);

  const std::string path = directory / "wide.png";
  const Outcome too_wide = outcome([&] {
    write_png(path, GreyImage{2'000'000, 1, std::vector<std::uint8_t>(2'000'000)});
  });
  CHECK(too_wide.code == 73);
  CHECK(too_wide.message.find(path + ": cannot encode the image: ") == 0);
  CHECK(directory.names().empty());

  const std::string nowhere = directory / "none/a.png";
  CHECK(outcome([&] {
          write_png(nowhere, GreyImage{1, 1, {0}});
        }).message == nowhere + ": cannot create: No such file or directory");
}

TEST_CASE("a 28x28 image is shown three times as large, with separators of 4 pixels", "[png]") {
  const GreyImage page = sheet(autograd::zeros({64, 784}), 28, 28, 8);
  CHECK(page.width == 4 + 8 * (84 + 4));
  CHECK(page.height == 4 + 8 * (84 + 4));
  CHECK(page.pixels.size() == page.width * page.height);
}

TEST_CASE("images of 64x64 and more are not enlarged", "[png]") {
  CHECK(sheet(autograd::zeros({1, 64 * 64}), 64, 64, 1).width == 4 + 64 + 4);
  CHECK(sheet(autograd::zeros({1, 2 * 300}), 2, 300, 1).width == 4 + 300 + 4);
}

TEST_CASE("values become shades: clamped, rounded, and a checkerboard for NaN", "[png]") {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {0, 1, 0.5f, 0.2f, -3, 7, nan, infinity, -infinity};
  autograd::Array images = autograd::zeros({9, 100 * 100});
  for (std::size_t n = 0; n < 9; ++n) images.data()[n * 10'000] = values[n];  // the upper left pixel
  const GreyImage page = sheet(images, 100, 100, 9);
  std::vector<int> shades;
  for (std::size_t n = 0; n < 9; ++n) shades.push_back(pixel(page, 4 + 104 * n, 4));
  CHECK(shades == std::vector<int>{0, 255, 128, 51, 0, 255, 170, 255, 0});
  for (std::size_t i = 1; i < 100; ++i) images.data()[6 * 10'000 + i] = nan;
  CHECK(pixel(sheet(images, 100, 100, 9), 4 + 104 * 6 + 1, 4) == 90);
}

TEST_CASE("images stand in reading order, upright, each pixel a square", "[png]") {
  // Three images of 1x2 pixels in two columns; 84 / 2 enlarges 42 times.
  const GreyImage page = sheet(autograd::array({3, 2}, {0.2f, 0.4f, 0.6f, 0.8f, 1, 0}), 1, 2, 2);
  REQUIRE(page.width == 4 + 2 * (84 + 4));
  REQUIRE(page.height == 4 + 2 * (42 + 4));
  const auto corners_are = [&](std::size_t left, std::size_t top, int shade) {
    return pixel(page, left, top) == shade && pixel(page, left + 41, top) == shade &&
           pixel(page, left, top + 41) == shade && pixel(page, left + 41, top + 41) == shade;
  };
  CHECK(corners_are(4, 4, 51));
  CHECK(corners_are(46, 4, 102));
  CHECK(corners_are(92, 4, 153));
  CHECK(corners_are(134, 4, 204));
  CHECK(corners_are(4, 50, 255));
  CHECK(corners_are(46, 50, 0));

  const int separator = pixel(page, 0, 0);
  CHECK(pixel(page, 3, 3) == separator);
  CHECK(pixel(page, 88, 4) == separator);
  CHECK(pixel(page, 4, 46) == separator);
  CHECK(corners_are(92, 50, separator));  // no fourth image
}

TEST_CASE("a sheet of the wrong size is refused", "[png]") {
  CHECK_THROWS_AS(sheet(autograd::zeros({2, 5}), 2, 2, 1), std::invalid_argument);
  CHECK_THROWS_AS(sheet(autograd::zeros({4}), 2, 2, 1), std::invalid_argument);
  CHECK_THROWS_AS(sheet(autograd::zeros({2, 4}), 2, 2, 0), std::invalid_argument);
}

TEST_CASE("a PNG image is read as it was written, and another file is named", "[png]") {
  const TemporaryDirectory directory;
  const GreyImage image{3, 2, {0, 127, 255, 1, 2, 254}};
  write_png(directory / "a.png", image);
  const GreyImage read = tools::read_png((directory / "a.png").string());
  CHECK(read.width == 3);
  CHECK(read.height == 2);
  CHECK(read.pixels == image.pixels);
  const std::string bytes = content(directory / "a.png");
  const auto refusal = [&](const std::string& file) {
    put(directory / "b.png", file);
    const Outcome o = outcome([&] { tools::read_png((directory / "b.png").string()); });
    CHECK(o.code == 65);
    return o.message.substr(o.message.find("b.png: ") + 7);
  };
  CHECK(refusal("no picture").find("expected a PNG image, but it is of an unknown kind") == 0);
  CHECK(refusal(bytes.substr(0, bytes.size() - 20)).find("cannot be decoded: ") == 0);
  CHECK(refusal(bytes.substr(0, 33) + "\x7f\xff\xff\xfftEXtab")
            .find("cannot be decoded: a chunk declares 2147483647 bytes, but 2 follow") == 0);
  std::string huge = bytes;
  huge[18] = 0x40;  // of the width, 3 + 2^14
  CHECK(refusal(huge) != "");
  CHECK(outcome([&] { tools::read_png((directory / "absent.png").string()); }).code == 66);
}

TEST_CASE("colours become grey, two bytes one, and what is transparent black", "[png]") {
  const TemporaryDirectory directory;
  const auto read = [&](unsigned format, const std::vector<std::uint8_t>& pixels) {
    png_image header = {};
    header.version = PNG_IMAGE_VERSION, header.format = format, header.width = 2, header.height = 1;
    const std::string path = (directory / "a.png").string();
    REQUIRE(png_image_write_to_file(&header, path.c_str(), 0, pixels.data(), 0, nullptr));
    return tools::read_png(path).pixels;
  };
  CHECK(read(PNG_FORMAT_RGB, {7, 7, 7, 255, 255, 255}) == std::vector<std::uint8_t>{7, 255});
  CHECK(read(PNG_FORMAT_GA, {200, 255, 200, 0}) == std::vector<std::uint8_t>{200, 0});
  // Two bytes a pixel, 20 · 257 and 65535, as another program wrote them.
  const std::vector<std::uint8_t> sixteen = {
      137, 80, 78,  71,  13, 10,  26,  10, 0,  0,  0,   13,  73,  72,  68, 82,  0, 0,
      0,   2,  0,   0,   0,  1,   16,  0,  0,  0,  0,   129, 217, 252, 21, 0,   0, 0,
      13,  73, 68,  65,  84, 120, 156, 99, 16, 17, 249, 255, 31,  0,   3,  142, 2, 39,
      112, 70, 178, 255, 0,  0,   0,   0,  73, 69, 78,  68,  174, 66,  96, 130};
  put(directory / "b.png", std::string(sixteen.begin(), sixteen.end()));
  CHECK(tools::read_png((directory / "b.png").string()).pixels == std::vector<std::uint8_t>{20, 255});
}
