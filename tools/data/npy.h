// The .npy format of numpy arrays (NEP 1; numpy.lib.format), for a user's own images and for exported arrays.
//
//     93 'NUMPY'   major minor   header length (2 bytes, or 4 from version 2.0)   header   data
//
// The header is a Python dictionary as text:
//
//     {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "autograd/array.h"
#include "tools/data/images.h"

namespace tools {

// Reads versions 1.0 to 3.0, gzipped or raw, in C or Fortran order, of images [N,H,W], [N,1,H,W], [N,H,W,1],
// or [N,D] as N rows of D pixels (of √D × √D if that is a whole number). Bytes are grey values of 0 to 255;
// so are other integers, but 0 and 1 alone, like truth values, are black and white. Floats, of 2, 4 or 8
// bytes, must be finite, or NaN where a pixel is missing (not all of them), and, on a grey scale, not beyond
// black or white. With fewer images than `fewest` it is refused before their pixels are read.
Images read_npy(const std::string& path, std::uint64_t fewest = 1,
                const std::optional<GreyScale>& grey = std::nullopt);

// Writes version 1.0 of '<f4' in C order, as write_output does (../files/atomic_file.h).
void write_npy(const std::string& path, const autograd::Array& array);
void write_npy(const std::string& path, const std::vector<double>& numbers);  // [n]

}  // namespace tools
