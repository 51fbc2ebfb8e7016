// What meson parses once for each test program (cpp_pch). Nothing includes this.
#include "autograd/precompiled.h"
#include "tests/catch.h"
