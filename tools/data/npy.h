// The .npy format of numpy arrays (NEP 1; numpy.lib.format), for a user's own images and for exported arrays.
//
//     93 'NUMPY'   major minor   header length (2 bytes, or 4 from version 2.0)   header   data
//
// The header is a Python dictionary as text:
//
//     {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
#pragma once

#include <cstdint>
#include <string>

#include "autograd/array.h"
#include "tools/data/images.h"

namespace tools {

// Reads versions 1.0 to 3.0 of images [N,H,W], or [N,D] as N rows of D pixels, of '|u1', '<f4' or '<f8' in C
// order, gzipped or raw. Every float must be finite; binarize.h checks whether it is a grey value.
// With fewer images than `fewest` it is refused before their pixels are read.
Images read_npy(const std::string& path, std::uint64_t fewest = 1);

// Writes version 1.0 of '<f4' in C order, as write_output does (../files/atomic_file.h).
void write_npy(const std::string& path, const autograd::Array& array);

}  // namespace tools
