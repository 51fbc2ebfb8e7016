// What every test includes, parsed once per test program.
#include "autograd/array.h"
#include "tests/catch.h"
