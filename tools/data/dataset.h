// Data sets by name: `shapes`, `fashion-mnist`, `mnist`, or the path of a directory of IDX files or of an
// .npy file.
//
// A data set comes in three parts. The test part is what its authors set aside, of an .npy file its last
// sixth; nothing is chosen by it. The last sixth of the rest is for validation, which makes 50,000 / 10,000 /
// 10,000 of MNIST and of Fashion-MNIST. Images are taken in the order of their file, not shuffled.
//
// Next: idx.h, npy.h and shapes.h, which it calls.
#pragma once

#include <cstddef>
#include <string>

#include "tools/data/images.h"

namespace tools {

enum class Split { train, validation, test };

struct Dataset {
  const Images& operator[](Split split) const {
    return split == Split::train ? train : split == Split::validation ? validation : test;
  }

  std::string name;
  Images train, validation, test;
};

// `data_dir` is where the IDX files of mnist or fashion-mnist are; empty: where Debian's package puts them. A
// `limit_train` above 0 keeps only so many training images, the first. Failure 2, 65 or 66.
Dataset load_dataset(const std::string& data, const std::string& data_dir, std::size_t limit_train);

}  // namespace tools
