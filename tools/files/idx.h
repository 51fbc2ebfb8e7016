// The IDX format, in which MNIST and its successors come (LeCun, Cortes & Burges, "The MNIST database", file
// format section).
//
// All integers are big-endian:
//
//     images   00 00 08 03   count   height   width   then count·height·width bytes, 0 black … 255 white
//     labels   00 00 08 01   count                    then count bytes
//
// The third byte is the type, unsigned bytes; the fourth is the number of dimensions.
// Next: dataset.h names the files of a data set.
#pragma once

#include <string>

#include "tools/data/images.h"

namespace tools {

// Reads two files that belong together, each gzipped or raw.
Images read_idx(const std::string& images_path, const std::string& labels_path);

}  // namespace tools
