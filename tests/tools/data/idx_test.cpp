// IDX files, from bytes written by hand.
#include "tools/data/idx.h"

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"
#include "tools/bench/peak_memory.h"

using tools::read_idx;

namespace {

// Two images of 2 × 3 pixels, and their labels.
const std::string image_header = bytes({0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3});
const std::string pixels = bytes({0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255});
const std::string labels = bytes({0, 0, 8, 1, 0, 0, 0, 2, 7, 9});

// The outcome without the path in its message.
Outcome refused(const std::string& images, const std::string& labels, const std::string& culprit) {
  TemporaryDirectory dir;
  const std::string images_path = file_of(dir, "images", images),
                    labels_path = file_of(dir, "labels", labels);
  Outcome o = outcome([&] { read_idx(images_path, labels_path); });
  const std::string prefix = (dir / culprit).string() + ": ";
  if (o.message.rfind(prefix, 0) == 0) o.message.erase(0, prefix.size());
  return o;
}
Outcome refused_images(const std::string& images) { return refused(images, labels, "images"); }
Outcome refused_labels(const std::string& labels) { return refused(image_header + pixels, labels, "labels"); }

}  // namespace

TEST_CASE("idx: images and labels are read, gzipped or raw") {
  TemporaryDirectory dir;
  for (const bool zip : {false, true}) {
    const std::string images_path =
        file_of(dir, "images", zip ? gzip(image_header + pixels) : image_header + pixels);
    const tools::Images images = read_idx(images_path, file_of(dir, "labels", zip ? gzip(labels) : labels));
    CHECK(images.count == 2);
    CHECK(images.height == 2);
    CHECK(images.width == 3);
    CHECK(images.bytes == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255});
    CHECK(images.floats.empty());
    CHECK(images.labels == std::vector<std::uint8_t>{7, 9});
  }
}

TEST_CASE("idx: images without labels") {
  TemporaryDirectory dir;
  const tools::Images images = read_idx(file_of(dir, "images", image_header + pixels), "");
  CHECK(images.count == 2);
  CHECK(images.labels.empty());
}

TEST_CASE("idx: pixels cut short") {
  CHECK(refused_images(image_header + pixels.substr(1)) ==
        Outcome{65, "its header declares 2x2x3 bytes of data, but 11 follow it"});
}

TEST_CASE("idx: gzipped pixels cut short") {
  CHECK(refused_images(gzip(image_header + pixels.substr(1))) ==
        Outcome{65, "its header declares 2x2x3 bytes of data, but 11 follow it"});
}

TEST_CASE("idx: the gzip stream cut short") {
  const std::string packed = gzip(image_header + pixels);
  CHECK(refused_images(packed.substr(0, packed.size() - 9)) == Outcome{65, "its gzip stream is cut short"});
}

TEST_CASE("idx: a byte too many") {
  CHECK(refused_images(image_header + pixels + "x") ==
        Outcome{65, "its header declares 2x2x3 bytes of data, but 13 follow it"});
  CHECK(refused_images(gzip(image_header + pixels + "x")) ==
        Outcome{65, "its header declares 2x2x3 bytes of data, but more follow it"});
}

TEST_CASE("idx: a header cut short") {
  CHECK(refused_images(image_header.substr(0, 15)) == Outcome{65, "its header is cut short"});
  CHECK(refused_images(gzip(image_header.substr(0, 7))) == Outcome{65, "its header is cut short"});
}

TEST_CASE("idx: an empty file") { CHECK(refused_images("") == Outcome{65, "is empty"}); }

TEST_CASE("idx: labels given as images, and images as labels") {
  CHECK(refused_images(labels) ==
        Outcome{65, "expected an IDX file of images, but it is an IDX file of labels"});
  CHECK(refused_labels(image_header + pixels) ==
        Outcome{65, "expected an IDX file of labels, but it is an IDX file of images"});
}

TEST_CASE("idx: other files given as images") {
  const std::string expected = "expected an IDX file of images, but it is ";
  CHECK(refused_images(bytes({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})) ==
        Outcome{65, expected + "a numpy .npy file"});
  CHECK(refused_images(bytes({0x89, 'P', 'N', 'G', 13, 10})) == Outcome{65, expected + "a PNG image"});
  CHECK(refused_images(gzip(gzip(image_header + pixels))) == Outcome{65, expected + "gzipped twice"});
  CHECK(refused_images("hello") == Outcome{65, expected + "of an unknown kind, beginning 68 65 6c 6c"});
  CHECK(refused_images("hi") == Outcome{65, expected + "of an unknown kind, beginning 68 69"});
}

TEST_CASE("idx: a header of the largest dimensions") {
  const std::string huge = bytes({0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
  CHECK(refused_images(huge + pixels) == Outcome{65, "its header declares 4294967295 items, more than 10^8"});
  CHECK(refused_images(gzip(huge + pixels)) ==
        Outcome{65, "its header declares 4294967295 items, more than 10^8"});
}

TEST_CASE("idx: a header of too large images") {
  const std::string wide = bytes({0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0});
  CHECK(refused_images(wide + pixels) == Outcome{65, "its header declares images 65536 pixels high or wide"});
}

TEST_CASE("idx: a header of more than 2 GiB, and one of more than a gzipped file may have") {
  const std::string four_gib = bytes({0, 0, 8, 3, 0, 0, 0x40, 0, 0, 0, 2, 0, 0, 0, 2, 0});
  CHECK(refused_images(four_gib + pixels) ==
        Outcome{65, "its header declares 16384x512x512 bytes of data, more than 2 GiB"});
  const std::string one_gib = bytes({0, 0, 8, 3, 0, 0, 0x10, 0, 0, 0, 2, 0, 0, 0, 2, 0});
  CHECK(refused_images(gzip(one_gib + pixels)) ==
        Outcome{65, "its header declares 4096x512x512 bytes of data, more than 128 MiB: gunzip it first"});
}

TEST_CASE("idx: a header of no images") {
  const std::string none = bytes({0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3});
  CHECK(refused_images(none) == Outcome{65, "its header declares 0x2x3 bytes of data, which is none"});
}

TEST_CASE("idx: another number of labels than of images") {
  TemporaryDirectory dir;
  const std::string images_path = file_of(dir, "images", image_header + pixels);
  const std::string path = file_of(dir, "labels", bytes({0, 0, 8, 1, 0, 0, 0, 1, 7}));
  CHECK(outcome([&] { read_idx(images_path, path); }) ==
        Outcome{65, path + ": 1 labels for the 2 images of " + images_path});
}

TEST_CASE("idx: labels cut short, and a label too many") {
  CHECK(refused_labels(labels.substr(0, 9)) ==
        Outcome{65, "its header declares 2 bytes of data, but 1 follow it"});
  CHECK(refused_labels(labels + "x") == Outcome{65, "its header declares 2 bytes of data, but 3 follow it"});
}

TEST_CASE("idx: a missing file") {
  TemporaryDirectory dir;
  const std::string path = (dir / "none").string();
  CHECK(outcome([&] { read_idx(path, path); }).code == 66);
}

TEST_CASE("idx: too few images, or too few labels, are refused before pixels are read") {
  TemporaryDirectory dir;
  const std::string path = file_of(dir, "images", bytes({0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 64, 0, 0, 0, 64, 0}));
  std::filesystem::resize_file(path, 16 + 2 * 16384 * std::uint64_t(16384));
  const std::string three = file_of(dir, "three", bytes({0, 0, 8, 1, 0, 0, 0, 3, 7, 9, 1}));
  CHECK(tools::idx_size(path) == std::pair<std::uint64_t, std::uint64_t>(16384, 16384));
  const auto refuse = [&] {
    CHECK(outcome([&] { read_idx(path, three, 6); }).message ==
          path + ": holds 2 images, at least 6 are needed");
    CHECK(outcome([&] { read_idx(path, three); }).message ==
          three + ": 3 labels for the 2 images of " + path);
  };
  CHECK(tools::peak_memory([] {}, refuse) < 1e7);
}
