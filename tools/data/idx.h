// The IDX format of MNIST and its successors (LeCun, Cortes & Burges, "The MNIST database", file format
// section). Integers are big-endian:
//
//     images   00 00 08 03   count   height   width   then count·height·width bytes, 0 black … 255 white
//     labels   00 00 08 01   count                    then count bytes
//
// The third byte is the type, unsigned bytes; the fourth is the number of dimensions.
// Next: dataset.h, which files make a data set.
#pragma once

#include <string>

#include "tools/data/images.h"

namespace tools {

// Reads images and their labels (none if `labels_path` is empty), each file gzipped or raw. Failure 65 or 66.
Images read_idx(const std::string& images_path, const std::string& labels_path);

}  // namespace tools
