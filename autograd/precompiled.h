// What meson parses once for each library (cpp_pch): xtensor's headers, most of a source's compile time.
// Nothing includes this.
#include "autograd/xtensor.h"
