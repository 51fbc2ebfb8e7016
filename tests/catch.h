// Catch2, whichever version the system has: 2.13 (Debian 12) is one header, 3 (Debian 13) moved its headers
// and put Approx into its namespace. Tests include this and write `Approx` unqualified; main() comes from
// tests/main.cpp or from Catch2 itself.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
