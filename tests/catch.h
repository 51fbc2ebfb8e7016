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

// Under a sanitizer a program takes more memory and time, and what is preloaded comes too late.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
