// Reads IDX files: the header first, and the pixels only if the file holds exactly what the header declares.
// The usual mistake is to give another file, so the message says of what kind it is.
#include "tools/data/idx.h"

#include "tools/files/input_file.h"

namespace tools {

namespace {

// Limits far above any data set in this format, so that a damaged header is reported as such.
constexpr std::uint64_t most_images = 100'000'000;
constexpr std::uint64_t widest = 16'384;

// The dimensions that follow the magic. `expected` names the kind of file, for messages.
std::vector<std::uint64_t> read_header(InputFile& file, std::size_t rank, const std::string& expected) {
  const Bytes magic = file.read(4);
  if (magic != Bytes{0, 0, 0x08, std::uint8_t(rank)})
    file.reject("expected " + expected + ", but it is " + kind_of_file(magic));
  const Bytes words = file.read(4 * rank);
  if (words.size() < 4 * rank) file.reject("its header is cut short");

  std::vector<std::uint64_t> dimensions(rank);
  for (std::size_t i = 0; i < words.size(); ++i) dimensions[i / 4] = dimensions[i / 4] << 8 | words[i];
  if (dimensions[0] > most_images)
    file.reject("its header declares " + std::to_string(dimensions[0]) + " items, more than 10^8");
  for (std::size_t i = 1; i < rank; ++i)
    if (dimensions[i] > widest)
      file.reject("its header declares images " + std::to_string(dimensions[i]) + " pixels high or wide");
  return dimensions;
}

}  // namespace

Images read_idx(const std::string& images_path, const std::string& labels_path, std::uint64_t fewest) {
  // Compare the headers before pixels are read.
  InputFile pixels(images_path);
  const std::vector<std::uint64_t> shape = read_header(pixels, 3, "an IDX file of images");
  pixels.check_rest(shape);
  if (shape[0] < fewest)
    pixels.reject("holds " + std::to_string(shape[0]) + " images, at least " + std::to_string(fewest) +
                  " are needed");
  Images images;
  images.count = shape[0], images.height = shape[1], images.width = shape[2];
  if (labels_path.empty()) {
    images.bytes = pixels.rest(shape);
    return images;
  }
  InputFile labels(labels_path);
  const std::vector<std::uint64_t> count = read_header(labels, 1, "an IDX file of labels");
  if (count[0] != shape[0])
    labels.reject(std::to_string(count[0]) + " labels for the " + std::to_string(shape[0]) + " images of " +
                  images_path);
  images.bytes = pixels.rest(shape);
  images.labels = labels.rest(count);
  return images;
}

std::pair<std::uint64_t, std::uint64_t> idx_size(const std::string& images_path) {
  InputFile file(images_path);
  const std::vector<std::uint64_t> shape = read_header(file, 3, "an IDX file of images");
  return {shape[1], shape[2]};
}

}  // namespace tools
