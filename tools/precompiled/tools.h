// What meson parses once for the program (cpp_pch): the headers that take most of a source's compile time.
// Nothing includes this.
#include <functional>
#include <nlohmann/json.hpp>

#include "autograd/random.h"
#include "autograd/tape.h"
