// The IDX format of MNIST and its successors (LeCun, Cortes & Burges, "The MNIST database", file format
// section). Integers are big-endian:
//
//     images   00 00 08 03   count   height   width   then count·height·width bytes, 0 black … 255 white
//     labels   00 00 08 01   count                    then count bytes
//
// The third byte is the type, unsigned bytes; the fourth is the number of dimensions.
// Next: dataset.h, which files make a data set.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "tools/data/images.h"

namespace tools {

// Reads images and their labels (none if `labels_path` is empty), each file gzipped or raw. Failure 65 or 66.
// With fewer images than `fewest` they are refused before their pixels are read.
Images read_idx(const std::string& images_path, const std::string& labels_path, std::uint64_t fewest = 1);

// Height and width of the images that the header of a file declares.
std::pair<std::uint64_t, std::uint64_t> idx_size(const std::string& images_path);

}  // namespace tools
