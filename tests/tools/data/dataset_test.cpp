// Data sets by name, and their parts.
#include "tools/data/dataset.h"

#include <algorithm>
#include <set>

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"
#include "tools/data/npy.h"
#include "tools/files/png.h"

using tools::Dataset;
using tools::load_dataset;

namespace {

// `count` images of 1 × 2 pixels [first, 0], [first + 1, 0], …, with labels 0, 1, …
std::string idx_images(unsigned count, unsigned first, unsigned width = 2) {
  std::string file = bytes({0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, width});
  for (unsigned i = 0; i < count; ++i) file += bytes({first + i}) + std::string(width - 1, '\0');
  return file;
}
std::string idx_labels(unsigned count) {
  std::string file = bytes({0, 0, 8, 1, 0, 0, 0, count});
  for (unsigned i = 0; i < count; ++i) file += bytes({i});
  return file;
}

// The four files of `train` and `test` images.
void put_mnist(const TemporaryDirectory& dir, unsigned train, unsigned test) {
  put(dir / "train-images-idx3-ubyte", idx_images(train, 0));
  put(dir / "train-labels-idx1-ubyte", idx_labels(train));
  put(dir / "t10k-images-idx3-ubyte", idx_images(test, 100));
  put(dir / "t10k-labels-idx1-ubyte", idx_labels(test));
}

}  // namespace

TEST_CASE("dataset: shapes are 12,000, 2,000 and 2,000 different images") {
  const Dataset shapes = load_dataset("shapes");
  CHECK(shapes.name == "shapes");
  CHECK(shapes.train.count == 12000);
  CHECK(shapes.validation.count == 2000);
  CHECK(shapes.test.count == 2000);
  CHECK(shapes.test.factors.size() == 2000);
  const auto first = [](const tools::Images& images) { return images.slice(0, 1).bytes; };
  CHECK(first(shapes.train) != first(shapes.validation));
  CHECK(first(shapes.train) != first(shapes.test));
  CHECK(first(shapes.validation) != first(shapes.test));
}

TEST_CASE("dataset: the last sixth of the training images is for validation") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  const Dataset mnist = load_dataset("mnist", {dir.path.string()});
  CHECK(mnist.name == "mnist");
  CHECK(mnist.train.count == 11);
  CHECK(mnist.train.labels == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(mnist.validation.bytes == std::vector<std::uint8_t>{11, 0, 12, 0});
  CHECK(mnist.validation.labels == std::vector<std::uint8_t>{11, 12});
  CHECK(mnist.test.bytes == std::vector<std::uint8_t>{100, 0, 101, 0, 102, 0});
}

TEST_CASE("dataset: a limit keeps the first training images and leaves the other parts") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  const Dataset mnist = load_dataset("mnist", {dir.path.string(), 2});
  CHECK(mnist.train.bytes == std::vector<std::uint8_t>{0, 0, 1, 0});
  CHECK(mnist.train.labels == std::vector<std::uint8_t>{0, 1});
  CHECK(mnist.validation.bytes == std::vector<std::uint8_t>{11, 0, 12, 0});
  CHECK(mnist.test.count == 3);
}

TEST_CASE("dataset: a limit above the number of training images keeps all") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  CHECK(load_dataset("mnist", {dir.path.string(), 100}).train.count == 11);
}

TEST_CASE("dataset: files may be gzipped, or spelled with a dot") {
  TemporaryDirectory dir;
  put(dir / "train-images-idx3-ubyte.gz", gzip(idx_images(6, 0)));
  put(dir / "train-labels.idx1-ubyte", idx_labels(6));
  put(dir / "t10k-images.idx3-ubyte.gz", gzip(idx_images(1, 100)));
  put(dir / "t10k-labels-idx1-ubyte", idx_labels(1));
  CHECK(load_dataset("fashion-mnist", {dir.path.string()}).train.count == 5);
}

TEST_CASE("dataset: a directory of IDX files by its path") {
  TemporaryDirectory dir;
  put_mnist(dir, 6, 1);
  CHECK(load_dataset(dir.path.string()).train.count == 5);
}

TEST_CASE("dataset: the last sixth of an .npy file is the test set") {
  TemporaryDirectory dir;
  std::vector<autograd::Real> rows;
  for (int i = 0; i < 13; ++i) rows.push_back(autograd::Real(i));
  const std::string path = (dir / "a.npy").string();
  tools::write_npy(path, autograd::array({13, 1}, rows));
  const Dataset data = load_dataset(path);
  CHECK(data.train.floats == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(data.validation.floats == std::vector<float>{10});
  CHECK(data.test.floats == std::vector<float>{11, 12});
}

TEST_CASE("dataset: too few images to split") {
  TemporaryDirectory dir;
  put_mnist(dir, 5, 3);
  CHECK(outcome([&] { load_dataset("mnist", {dir.path.string()}); }) ==
        Outcome{65, (dir / "train-images-idx3-ubyte").string() + ": holds 5 images, at least 6 are needed"});
}

TEST_CASE("dataset: an .npy file of too few images to split") {
  TemporaryDirectory dir;
  const std::string path = (dir / "a.npy").string();
  tools::write_npy(path, autograd::array({3, 1}, {0, 1, 0}));
  CHECK(outcome([&] { load_dataset(path); }) ==
        Outcome{65, path + ": holds 3 images, at least 7 are needed"});
}

TEST_CASE("dataset: training and test images of different sizes") {
  TemporaryDirectory dir;
  put_mnist(dir, 6, 1);
  put(dir / "t10k-images-idx3-ubyte", idx_images(1, 0, 3));
  CHECK(outcome([&] { load_dataset("mnist", {dir.path.string()}); }) ==
        Outcome{65, dir.path.string() + ": training images are 1x2 pixels, test images 1x3"});
}

TEST_CASE("dataset: labels are not needed, and images are") {
  TemporaryDirectory dir;
  put_mnist(dir, 12, 1);
  std::filesystem::remove(dir / "t10k-labels-idx1-ubyte");
  std::filesystem::remove(dir / "train-labels-idx1-ubyte");
  const Dataset unlabelled = load_dataset("mnist", {dir.path.string()});
  CHECK(unlabelled.train.count == 10);
  CHECK(unlabelled.train.labels.empty());
  CHECK_FALSE(unlabelled.by_position);

  // Another directory may have images for training alone, the last sixth of which is then for testing.
  std::filesystem::remove(dir / "t10k-images-idx3-ubyte");
  CHECK(outcome([&] { load_dataset("mnist", {dir.path.string()}); }) ==
        Outcome{66, dir.path.string() + ": has no t10k-images-idx3-ubyte (or t10k-images-idx3-ubyte.gz, or "
                                        "t10k-images.idx3-ubyte)"});
  CHECK(load_dataset(dir.path.string()).test.bytes == std::vector<std::uint8_t>{10, 0, 11, 0});
  CHECK(load_dataset(dir.path.string()).by_position);
}

TEST_CASE("dataset: an IDX file by its path") {
  TemporaryDirectory dir;
  put(dir / "images.gz", gzip(idx_images(12, 0)));
  CHECK(load_dataset((dir / "images.gz").string()).test.bytes == std::vector<std::uint8_t>{10, 0, 11, 0});
}

TEST_CASE("dataset: PNG images of a directory, in the order of their names") {
  TemporaryDirectory dir;
  for (int i = 0; i < 12; ++i)
    tools::write_png(dir / (std::string(1, char('a' + 11 - i)) + ".png"), {2, 1, {std::uint8_t(i), 9}});
  put(dir / "notes.txt", "mine");
  const Dataset data = load_dataset(dir.path.string());
  CHECK(data.train.count == 9);  // of 12, ⌊12/6⌋ for testing and ⌊10/6⌋ of the rest for validation
  CHECK(data.train.height == 1);
  CHECK(data.train.width == 2);
  CHECK(data.train.slice(0, 2).bytes == std::vector<std::uint8_t>{11, 9, 10, 9});
  CHECK(data.test.bytes == std::vector<std::uint8_t>{1, 9, 0, 9});
  CHECK(tools::load_images((dir / "a.png").string()).bytes == std::vector<std::uint8_t>{11, 9});
  tools::write_png(dir / "z.PNG", {1, 2, {0, 0}});
  CHECK(outcome([&] { load_dataset(dir.path.string()); }) ==
        Outcome{65, (dir / "z.PNG").string() + ": is of 2x1 pixels, and " + (dir / "a.png").string() +
                        " of 1x2"});
}

TEST_CASE("dataset: a directory of other files") {
  TemporaryDirectory dir;
  put(dir / "a.jpg", "x");
  CHECK(outcome([&] { load_dataset(dir.path.string()); }) ==
        Outcome{66, dir.path.string() + ": has no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz, or "
                                        "train-images.idx3-ubyte) and no .png files"});
  std::filesystem::create_directory(dir / "cats");
  tools::write_png(dir / "cats/1.png", {1, 1, {0}});
  const std::string message = outcome([&] { load_dataset(dir.path.string()); }).message;
  CHECK(message.find("; its folders, such as cats, hold some: name one of them") != std::string::npos);
}

TEST_CASE("dataset: a seed shuffles the images before they are split, and no test part of their own") {
  TemporaryDirectory dir;
  put_mnist(dir, 60, 3);
  const Dataset a = load_dataset("mnist", {dir.path.string(), 0, 0, 1}),
                b = load_dataset("mnist", {dir.path.string(), 0, 0, 2});
  CHECK(a.train.count == 50);
  CHECK(a.train.bytes != b.train.bytes);
  CHECK(a.test.bytes == b.test.bytes);
  std::set<int> all(a.train.labels.begin(), a.train.labels.end());
  CHECK(*std::max_element(all.begin(), all.end()) > 52);  // some that would be for validation
  all.insert(a.validation.labels.begin(), a.validation.labels.end());
  CHECK(all.size() == 60);
  for (std::size_t i = 0; i < 50; ++i) CHECK(a.train.bytes[2 * i] == a.train.labels[i]);
  CHECK(outcome([] { load_dataset("shapes", {"", 0, 0, 1}); }).code == 2);
}

TEST_CASE("dataset: a label that differs changes the digest of the labels, in each part") {
  Dataset data = load_dataset("shapes", {"", 50});
  const std::string before = digest_of_labels(data);
  for (Images* images : {&data.train, &data.validation, &data.test}) {
    images->labels[3] ^= 1;
    CHECK(digest_of_labels(data) != before);
    images->labels[3] ^= 1;
    CHECK(digest_of_labels(data) == before);
  }
}

TEST_CASE("dataset: a limit of the validation images") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  CHECK(load_dataset("mnist", {dir.path.string(), 0, 1}).validation.bytes ==
        std::vector<std::uint8_t>{11, 0});
}

TEST_CASE("dataset: all images of a file, and the test images of a data set") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  CHECK(tools::load_images(dir.path.string()).count == 3);
  CHECK(tools::load_images((dir / "train-images-idx3-ubyte").string()).count == 13);
  CHECK(tools::load_images("shapes").count == 2000);
}

TEST_CASE("dataset: how to get fashion-mnist") {
  CHECK(outcome([] { load_dataset("fashion-mnist", {"/no/such"}); }) ==
        Outcome{66,
                "/no/such: no such directory: apt-get install dataset-fashion-mnist, or --data-dir DIR of "
                "its four IDX files"});
}

TEST_CASE("dataset: mnist needs a directory") {
  CHECK(outcome([] { load_dataset("mnist"); }) ==
        Outcome{66, "mnist: needs --data-dir DIR, the directory of its four IDX files"});
  CHECK(outcome([] { load_dataset("mnist", {"/no/such"}); }) == Outcome{66, "/no/such: no such directory"});
}

TEST_CASE("dataset: a name that is none") {
  CHECK(
      outcome([] { load_dataset("minst"); }) ==
      Outcome{66,
              "no data set 'minst': shapes, moving-shapes, fashion-mnist, mnist, or the path of an .npy file "
              "or a directory of IDX files or PNG images; did you mean mnist?"});
}

TEST_CASE("dataset: a data directory for what has none") {
  CHECK(outcome([] { load_dataset("shapes", {"/tmp"}); }) ==
        Outcome{2, "--data-dir is where mnist or fashion-mnist is; it means nothing for 'shapes'"});
}

TEST_CASE("dataset: Debian's fashion-mnist") {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) return;
  const Dataset fashion = load_dataset("fashion-mnist");
  CHECK(fashion.train.count == 50000);
  CHECK(fashion.validation.count == 10000);
  CHECK(fashion.test.count == 10000);
  CHECK(fashion.train.pixels() == 784);
  CHECK(int(fashion.train.labels[0]) == 9);  // an ankle boot
}
