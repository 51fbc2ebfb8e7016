// What meson parses once for each library (cpp_pch): the headers that take most of a source's compile time,
// and ours that nearly every source includes. Nothing includes this.
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/random.h"
