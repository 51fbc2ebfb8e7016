// Data sets by name: `shapes`, `moving-shapes`, `fashion-mnist`, `mnist`, or the path of an .npy or IDX file,
// of a directory of IDX files, or of a directory of PNG images.
//
// A data set comes in three parts. The test part is what its authors set aside, of one file or of PNG images
// its last sixth; nothing is chosen by it. The last sixth of the rest is for validation, which makes 50,000 /
// 10,000 / 10,000 of MNIST and of Fashion-MNIST. Images are taken in the order of their file (PNG images in
// that of their names) unless a seed is given that shuffles them first.
//
// Next: idx.h, npy.h and shapes.h, which it calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/data/images.h"

namespace tools {

enum class Split { train, validation, test };

struct Dataset {
  const Images& operator[](Split split) const {
    return split == Split::train ? train : split == Split::validation ? validation : test;
  }

  std::size_t size_in_bytes() const;

  std::string name;
  Images train, validation, test;
  bool by_position = false;  // the test images are the last of one file, in its order
  std::string digest = {};   // CRC-32 of the images of each part, as they are in the file
};

// The names of data sets; anything else is a path.
const std::vector<std::string>& dataset_names();

// `data_dir` is where the IDX files of mnist or fashion-mnist are; empty: where Debian's package puts them.
// Limits above 0 keep only so many training or validation images, the first. A `split_seed` above 0 shuffles
// the images before they are split; a test part of its own stays. A file of floats must not go beyond the
// black and white of `grey`. Failure 2, 65 or 66.
struct DatasetOptions {
  std::string data_dir;
  std::size_t limit_train = 0, limit_validation = 0;
  std::uint64_t split_seed = 0;
  std::optional<GreyScale> grey = std::nullopt;
};
Dataset load_dataset(const std::string& data, const DatasetOptions& options = {});

std::string digest_of_labels(const Dataset& data);  // CRC-32 of those of the three parts

// All images of a file or of a directory of PNG images; of other data sets, the test part.
Images load_images(const std::string& data, const std::optional<GreyScale>& grey = std::nullopt);

}  // namespace tools
