// Finds the files of a data set and splits it. What is read has a training and a test part; the training part
// is then divided in the same way for all of them.
#include "tools/data/dataset.h"

#include <filesystem>

#include "tools/data/idx.h"
#include "tools/data/npy.h"
#include "tools/data/shapes.h"
#include "tools/errors.h"

namespace tools {

namespace fs = std::filesystem;

namespace {

const std::string fashion_mnist_dir =
    "/usr/share/datasets/fashion-mnist";  // of Debian's dataset-fashion-mnist

// Of six images one is for validation; one more is for the test.
constexpr std::uint64_t fewest = 6;

// A path that cannot be inspected counts as absent.
bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}
bool is_directory(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// What the files contain.
struct Parts {
  Images train, test;
};

// The file of `part` ("train", "t10k") and `content` ("images-idx3", "labels-idx1"), under any of its usual
// names: train-images-idx3-ubyte or train-images.idx3-ubyte, with or without .gz.
std::string find_idx(const std::string& directory, const std::string& part, const std::string& content) {
  const std::string dashed = part + "-" + content + "-ubyte";
  std::string dotted = dashed;
  dotted[dotted.rfind("-idx")] = '.';
  for (const std::string& name : {dashed, dashed + ".gz", dotted, dotted + ".gz"}) {
    const std::string path = (fs::path(directory) / name).string();
    if (exists(path)) return path;
  }
  throw Failure(exit_no_input,
                directory + ": has no " + dashed + " (or " + dashed + ".gz, or " + dotted + ")");
}

Parts load_idx_directory(const std::string& directory) {
  // Compare the sizes that the headers declare before pixels are read.
  const auto images_of = [&](const std::string& part) { return find_idx(directory, part, "images-idx3"); };
  const auto train = idx_size(images_of("train")), test = idx_size(images_of("t10k"));
  const auto text = [](const auto& size) {
    return std::to_string(size.first) + "x" + std::to_string(size.second);
  };
  if (train != test)
    throw Failure(exit_bad_data,
                  directory + ": training images are " + text(train) + " pixels, test images " + text(test));

  const auto load = [&](const std::string& part, std::uint64_t images) {
    return read_idx(images_of(part), find_idx(directory, part, "labels-idx1"), images);
  };
  return {load("train", fewest), load("t10k", 1)};
}

// Images 0 … n − ⌊n/6⌋ − 1 as `train`, and the last sixth as `test`.
Parts split_last_sixth(const Images& images) {
  const std::size_t kept = images.count - images.count / 6;
  return {images.slice(0, kept), images.slice(kept, images.count)};
}

Dataset draw_dataset() {
  const std::size_t train = 12'000, validation = 2'000, test = 2'000;
  autograd::Stream stream;
  stream.seed = 20170601;  // its own, so that a run's --seed does not change the data
  const Images all = draw_shapes(train + validation + test, stream);
  return {"shapes", all.slice(0, train), all.slice(train, train + validation),
          all.slice(train + validation, all.count)};
}

Parts load_named(const std::string& name, const std::string& data_dir) {
  const bool packaged = name == "fashion-mnist";
  const std::string directory = data_dir.empty() && packaged ? fashion_mnist_dir : data_dir;
  if (directory.empty())
    throw Failure(exit_no_input, "mnist: needs --data-dir DIR, the directory of its four IDX files");
  if (is_directory(directory)) return load_idx_directory(directory);
  throw Failure(
      exit_no_input,
      directory + ": no such directory" +
          (packaged ? ": apt-get install dataset-fashion-mnist, or --data-dir DIR of its four IDX files"
                    : ""));
}

Dataset split(const std::string& name, const Parts& parts) {
  const Parts rest = split_last_sixth(parts.train);
  Dataset dataset = {name, rest.train, rest.test, parts.test};
  if (dataset.validation.count == 0 || dataset.test.count == 0)
    throw Failure(exit_bad_data, name + ": " + std::to_string(parts.train.count) + " training and " +
                                     std::to_string(parts.test.count) +
                                     " test images are too few to set a sixth apart");
  return dataset;
}

}  // namespace

Dataset load_dataset(const std::string& data, const std::string& data_dir, std::size_t limit_train) {
  const bool named = data == "fashion-mnist" || data == "mnist";
  if (!named && !data_dir.empty())
    throw Failure(exit_usage,
                  "--data-dir is where mnist or fashion-mnist is; it means nothing for '" + data + "'");

  // Find it by its name, or by what is at its path.
  Dataset dataset;
  if (data == "shapes")
    dataset = draw_dataset();
  else if (named)
    dataset = split(data, load_named(data, data_dir));
  else if (is_directory(data))
    dataset = split(data, load_idx_directory(data));
  else if (exists(data))
    dataset = split(data, split_last_sixth(read_npy(data, fewest + 1)));
  else
    throw Failure(
        exit_no_input,
        "no data set '" + data +
            "': shapes, fashion-mnist, mnist, or the path of an .npy file or a directory of IDX files");

  if (limit_train > 0 && limit_train < dataset.train.count)
    dataset.train = dataset.train.slice(0, limit_train);
  return dataset;
}

}  // namespace tools
