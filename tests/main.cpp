// main() of the test programs with Catch2 2; Catch2 3 brings its own (Catch2Main).
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
