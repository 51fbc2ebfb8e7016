// Finds the files of a data set and splits it. What is read has a training and a test part; the training part
// is then divided in the same way for all of them.
#include "tools/data/dataset.h"

#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>

#include "tools/data/idx.h"
#include "tools/data/npy.h"
#include "tools/data/shapes.h"
#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/files/input_file.h"
#include "tools/files/png.h"
#include "tools/text.h"

namespace tools {

namespace fs = std::filesystem;

namespace {

const std::string fashion_mnist_dir =
    "/usr/share/datasets/fashion-mnist";  // of Debian's dataset-fashion-mnist

// One of six images is for validation, and one of seven for the test.
constexpr std::uint64_t fewest_to_split = 7;

// A path that cannot be inspected counts as absent.
bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}
bool is_directory(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// What the files contain. Without a test part, it is taken from the images.
struct Parts {
  Images train;
  std::optional<Images> test;
};

// The file of `part` ("train", "t10k") and `content` ("images-idx3", "labels-idx1"), under any of its usual
// names: train-images-idx3-ubyte or train-images.idx3-ubyte, with or without .gz. Empty if there is none.
std::string find_idx(const std::string& directory, const std::string& part, const std::string& content) {
  const std::string dashed = part + "-" + content + "-ubyte";
  std::string dotted = dashed;
  dotted[dotted.rfind("-idx")] = '.';
  for (const std::string& name : {dashed, dashed + ".gz", dotted, dotted + ".gz"}) {
    const std::string path = (fs::path(directory) / name).string();
    if (exists(path)) return path;
  }
  return "";
}

std::string has_no(const std::string& directory, const std::string& part) {
  return directory + ": has no " + part + "-images-idx3-ubyte (or " + part + "-images-idx3-ubyte.gz, or " +
         part + "-images.idx3-ubyte)";
}

std::string size_of(const Images& images) {
  return std::to_string(images.height) + "x" + std::to_string(images.width);
}

Images load_idx(const std::string& directory, const std::string& part, std::uint64_t fewest) {
  return read_idx(find_idx(directory, part, "images-idx3"), find_idx(directory, part, "labels-idx1"), fewest);
}

// A data set with a name must have its test images; another directory may have training images alone.
Parts load_idx_directory(const std::string& directory, bool needs_test, std::uint64_t fewest) {
  const std::string train = find_idx(directory, "train", "images-idx3"),
                    test = find_idx(directory, "t10k", "images-idx3");
  if (train.empty()) throw Failure(exit_no_input, has_no(directory, "train"));
  if (test.empty() && needs_test) throw Failure(exit_no_input, has_no(directory, "t10k"));
  if (test.empty()) return {load_idx(directory, "train", fewest), std::nullopt};

  // Compare the sizes that the headers declare before pixels are read. With a test set of its own one image
  // less is needed.
  const auto size = idx_size(train), test_size = idx_size(test);
  const auto text = [](const auto& of) { return std::to_string(of.first) + "x" + std::to_string(of.second); };
  if (size != test_size)
    throw Failure(exit_bad_data, directory + ": training images are " + text(size) + " pixels, test images " +
                                     text(test_size));
  return {load_idx(directory, "train", std::max<std::uint64_t>(fewest, 2) - 1),
          load_idx(directory, "t10k", 1)};
}

// ---- PNG images -------------------------------------------------------------------------------------------

// The names end in .png, in any case of letters; in their order.
std::vector<std::string> png_files(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    std::string extension = entry.path().extension().string();
    for (char& c : extension) c = char(std::tolower(static_cast<unsigned char>(c)));
    if (extension == ".png") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Images load_png_files(const std::vector<std::string>& files) {
  Images images;
  for (const std::string& file : files) {
    const GreyImage one = read_png(file);
    if (images.count == 0) images.height = one.height, images.width = one.width;
    if (one.height != images.height || one.width != images.width)
      throw Failure(exit_bad_data, file + ": is of " + std::to_string(one.height) + "x" +
                                       std::to_string(one.width) + " pixels, and " + files.front() + " of " +
                                       size_of(images));
    images.bytes.insert(images.bytes.end(), one.pixels.begin(), one.pixels.end());
    ++images.count;
    if (images.bytes.size() > InputFile::most_bytes)
      throw Failure(exit_bad_data, file + ": with it there are more than 2 GiB of pixels");
  }
  return images;
}

Parts load_directory(const std::string& directory, std::uint64_t fewest) {
  const std::vector<std::string> files = png_files(directory);
  if (!find_idx(directory, "train", "images-idx3").empty())
    return load_idx_directory(directory, false, fewest);
  if (files.empty()) {
    std::string folders;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
      if (entry.is_directory(error) && !png_files(entry.path().string()).empty())
        folders =
            "; its folders, such as " + entry.path().filename().string() + ", hold some: name one of them";
    throw Failure(exit_no_input, has_no(directory, "train") + " and no .png files" + folders);
  }
  return {load_png_files(files), std::nullopt};
}

Parts load_file(const std::string& path, std::uint64_t fewest, const std::optional<GreyScale>& grey) {
  const std::string kind = kind_of_file(InputFile(path).read(8));
  if (kind == "a PNG image") return {load_png_files({path}), std::nullopt};
  return {kind == "an IDX file of images" ? read_idx(path, "", fewest) : read_npy(path, fewest, grey),
          std::nullopt};
}

// ---- splitting --------------------------------------------------------------------------------------------

Images shuffled(const Images& images, std::uint64_t seed) {
  autograd::Stream stream;
  stream.seed = seed;
  return images.take(permutation(stream.at(autograd::Purpose::order), images.count));
}

// Images 0 … n − ⌊n/6⌋ − 1, and the last sixth.
std::pair<Images, Images> split_last_sixth(const Images& images) {
  const std::size_t kept = images.count - images.count / 6;
  return {images.slice(0, kept), images.slice(kept, images.count)};
}

Dataset split(const std::string& name, Parts parts, std::uint64_t seed) {
  const bool own_test = parts.test.has_value();
  if (seed) parts.train = shuffled(parts.train, seed);
  if (!own_test) std::tie(parts.train, parts.test) = split_last_sixth(parts.train);
  auto [train, validation] = split_last_sixth(parts.train);
  if (validation.count == 0 || parts.test->count == 0)
    throw Failure(exit_bad_data, name + ": " + std::to_string(parts.train.count) + " training and " +
                                     std::to_string(parts.test->count) +
                                     " test images are too few to set a sixth apart");
  return {name, std::move(train), std::move(validation), std::move(*parts.test), !own_test && !seed};
}

bool is_drawn(const std::string& data) { return data == "shapes" || data == "moving-shapes"; }

Dataset draw_dataset(const std::string& name) {
  const std::size_t train = 12'000, validation = 2'000, test = 2'000;
  autograd::Stream stream;
  stream.seed = 20170601;  // its own, so that a run's --seed does not change the data
  const auto draw = name == "shapes" ? draw_shapes : draw_moving_shapes;
  const Images all = draw(train + validation + test, stream);
  return {name, all.slice(0, train), all.slice(train, train + validation),
          all.slice(train + validation, all.count), false};
}

Parts load_named(const std::string& name, const std::string& data_dir, std::uint64_t fewest) {
  const bool packaged = name == "fashion-mnist";
  const std::string directory = data_dir.empty() && packaged ? fashion_mnist_dir : data_dir;
  if (directory.empty())
    throw Failure(exit_no_input, "mnist: needs --data-dir DIR, the directory of its four IDX files");
  if (is_directory(directory)) return load_idx_directory(directory, true, fewest);
  throw Failure(
      exit_no_input,
      directory + ": no such directory" +
          (packaged ? ": apt-get install dataset-fashion-mnist, or --data-dir DIR of its four IDX files"
                    : ""));
}

bool is_named(const std::string& data) { return data == "fashion-mnist" || data == "mnist"; }

// Finds it by its name, or by what is at its path, and refuses fewer images than `fewest` where a header
// tells.
Parts load_parts(const std::string& data, const std::string& data_dir, std::uint64_t fewest,
                 const std::optional<GreyScale>& grey) {
  if (is_named(data)) return load_named(data, data_dir, fewest);
  if (is_directory(data)) return load_directory(data, fewest);
  if (exists(data)) return load_file(data, fewest, grey);
  throw Failure(exit_no_input,
                "no data set '" + printable(data) +
                    "': shapes, moving-shapes, fashion-mnist, mnist, or the path of an .npy file or a "
                    "directory of IDX files or PNG images" +
                    did_you_mean(data, dataset_names()));
}

void keep_first(Images& images, std::size_t limit) {
  if (limit > 0 && limit < images.count) images = images.slice(0, limit);
}

// (zlib would begin the sum anew at an empty part.)
std::string digest_of(const Images& images) {
  const uLong crc = images.floats.empty() ? crc32_z(0, images.bytes.data(), images.bytes.size())
                                          : crc32_z(0, reinterpret_cast<const Bytef*>(images.floats.data()),
                                                    images.floats.size() * sizeof(float));
  return text("%08lx", crc);
}

}  // namespace

const std::vector<std::string>& dataset_names() {
  static const std::vector<std::string> names = {"shapes", "moving-shapes", "fashion-mnist", "mnist"};
  return names;
}

std::size_t Dataset::size_in_bytes() const {
  std::size_t size = 0;
  for (const Images* images : {&train, &validation, &test})
    size += images->bytes.size() + images->floats.size() * sizeof(float);
  return size;
}

Dataset load_dataset(const std::string& data, const DatasetOptions& o) {
  if (!is_named(data) && !o.data_dir.empty())
    throw Failure(exit_usage, "--data-dir is where mnist or fashion-mnist is; it means nothing for '" +
                                  printable(data) + "'");
  if (is_drawn(data) && o.split_seed)
    throw Failure(exit_usage, "--split-seed means nothing for '" + data + "', which are drawn in no order");
  Dataset dataset = is_drawn(data)
                        ? draw_dataset(data)
                        : split(data, load_parts(data, o.data_dir, fewest_to_split, o.grey), o.split_seed);
  keep_first(dataset.train, o.limit_train);
  keep_first(dataset.validation, o.limit_validation);
  dataset.digest =
      digest_of(dataset.train) + "-" + digest_of(dataset.validation) + "-" + digest_of(dataset.test);
  return dataset;
}

std::string digest_of_labels(const Dataset& data) {
  uLong crc = 0;
  for (const Images* images : {&data.train, &data.validation, &data.test})
    crc = crc32_z(crc, images->labels.data(), images->labels.size());
  return text("%08lx", crc);
}

Images load_images(const std::string& data, const std::optional<GreyScale>& grey) {
  if (is_drawn(data)) return draw_dataset(data).test;
  Parts parts = load_parts(data, "", 1, grey);
  return parts.test ? std::move(*parts.test) : std::move(parts.train);
}

}  // namespace tools
