// What the tests of input files share: byte strings, gzip, a file of given bytes, and outcomes that can be
// compared.
#pragma once

#include <zlib.h>

#include <initializer_list>
#include <ostream>
#include <string>

#include "tests/tools/temporary_directory.h"

inline std::string bytes(std::initializer_list<unsigned> values) {
  return std::string(values.begin(), values.end());
}

inline std::string gzip(const std::string& plain) {
  z_stream z = {};
  const int only_gzip = 16;
  deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + only_gzip, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, uLong(plain.size())), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = uInt(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = uInt(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

// Writes the file and gives its path.
inline std::string file_of(const TemporaryDirectory& directory, const std::string& name,
                           const std::string& bytes) {
  put(directory / name, bytes);
  return (directory / name).string();
}

inline bool operator==(const Outcome& a, const Outcome& b) {
  return a.code == b.code && a.message == b.message;
}
inline std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << o.code << ": " << o.message;
}
