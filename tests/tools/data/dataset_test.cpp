// Data sets by name, and their parts.
#include "tools/data/dataset.h"

#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"
#include "tools/data/npy.h"

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
  const Dataset shapes = load_dataset("shapes", "", 0);
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
  const Dataset mnist = load_dataset("mnist", dir.path.string(), 0);
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
  const Dataset mnist = load_dataset("mnist", dir.path.string(), 2);
  CHECK(mnist.train.bytes == std::vector<std::uint8_t>{0, 0, 1, 0});
  CHECK(mnist.train.labels == std::vector<std::uint8_t>{0, 1});
  CHECK(mnist.validation.bytes == std::vector<std::uint8_t>{11, 0, 12, 0});
  CHECK(mnist.test.count == 3);
}

TEST_CASE("dataset: a limit above the number of training images keeps all") {
  TemporaryDirectory dir;
  put_mnist(dir, 13, 3);
  CHECK(load_dataset("mnist", dir.path.string(), 100).train.count == 11);
}

TEST_CASE("dataset: files may be gzipped, or spelled with a dot") {
  TemporaryDirectory dir;
  put(dir / "train-images-idx3-ubyte.gz", gzip(idx_images(6, 0)));
  put(dir / "train-labels.idx1-ubyte", idx_labels(6));
  put(dir / "t10k-images.idx3-ubyte.gz", gzip(idx_images(1, 100)));
  put(dir / "t10k-labels-idx1-ubyte", idx_labels(1));
  CHECK(load_dataset("fashion-mnist", dir.path.string(), 0).train.count == 5);
}

TEST_CASE("dataset: a directory of IDX files by its path") {
  TemporaryDirectory dir;
  put_mnist(dir, 6, 1);
  CHECK(load_dataset(dir.path.string(), "", 0).train.count == 5);
}

TEST_CASE("dataset: the last sixth of an .npy file is the test set") {
  TemporaryDirectory dir;
  std::vector<autograd::Real> rows;
  for (int i = 0; i < 13; ++i) rows.push_back(autograd::Real(i));
  const std::string path = (dir / "a.npy").string();
  tools::write_npy(path, autograd::array({13, 1}, rows));
  const Dataset data = load_dataset(path, "", 0);
  CHECK(data.train.floats == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(data.validation.floats == std::vector<float>{10});
  CHECK(data.test.floats == std::vector<float>{11, 12});
}

TEST_CASE("dataset: too few images to split") {
  TemporaryDirectory dir;
  put_mnist(dir, 5, 3);
  CHECK(outcome([&] { load_dataset("mnist", dir.path.string(), 0); }) ==
        Outcome{65, (dir / "train-images-idx3-ubyte").string() + ": holds 5 images, at least 6 are needed"});
}

TEST_CASE("dataset: an .npy file of too few images to split") {
  TemporaryDirectory dir;
  const std::string path = (dir / "a.npy").string();
  tools::write_npy(path, autograd::array({3, 1}, {0, 1, 0}));
  CHECK(outcome([&] { load_dataset(path, "", 0); }) ==
        Outcome{65, path + ": holds 3 images, at least 7 are needed"});
}

TEST_CASE("dataset: training and test images of different sizes") {
  TemporaryDirectory dir;
  put_mnist(dir, 6, 1);
  put(dir / "t10k-images-idx3-ubyte", idx_images(1, 0, 3));
  CHECK(outcome([&] { load_dataset("mnist", dir.path.string(), 0); }) ==
        Outcome{65, dir.path.string() + ": training images are 1x2 pixels, test images 1x3"});
}

TEST_CASE("dataset: one of the four files missing") {
  TemporaryDirectory dir;
  put_mnist(dir, 6, 1);
  std::filesystem::remove(dir / "t10k-labels-idx1-ubyte");
  CHECK(outcome([&] { load_dataset("mnist", dir.path.string(), 0); }) ==
        Outcome{
            66,
            dir.path.string() +
                ": has no t10k-labels-idx1-ubyte (or t10k-labels-idx1-ubyte.gz, or t10k-labels.idx1-ubyte)"});
}

TEST_CASE("dataset: how to get fashion-mnist") {
  CHECK(outcome([] { load_dataset("fashion-mnist", "/no/such", 0); }) ==
        Outcome{66,
                "/no/such: no such directory: apt-get install dataset-fashion-mnist, or --data-dir DIR of "
                "its four IDX files"});
}

TEST_CASE("dataset: mnist needs a directory") {
  CHECK(outcome([] { load_dataset("mnist", "", 0); }) ==
        Outcome{66, "mnist: needs --data-dir DIR, the directory of its four IDX files"});
  CHECK(outcome([] { load_dataset("mnist", "/no/such", 0); }) == Outcome{66, "/no/such: no such directory"});
}

TEST_CASE("dataset: a name that is none") {
  CHECK(outcome([] { load_dataset("minst", "", 0); }) ==
        Outcome{66,
                "no data set 'minst': shapes, fashion-mnist, mnist, or the path of an .npy file or a "
                "directory of IDX files"});
}

TEST_CASE("dataset: a data directory for what has none") {
  CHECK(outcome([] { load_dataset("shapes", "/tmp", 0); }) ==
        Outcome{2, "--data-dir is where mnist or fashion-mnist is; it means nothing for 'shapes'"});
}

TEST_CASE("dataset: Debian's fashion-mnist") {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) return;
  const Dataset fashion = load_dataset("fashion-mnist", "", 0);
  CHECK(fashion.train.count == 50000);
  CHECK(fashion.validation.count == 10000);
  CHECK(fashion.test.count == 10000);
  CHECK(fashion.train.pixels() == 784);
  CHECK(int(fashion.train.labels[0]) == 9);  // an ankle boot
}
