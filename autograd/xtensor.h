// The only header that includes xtensor and xsimd: where their headers live differs between versions (0.26
// moved them).
#pragma once

#ifndef XTENSOR_USE_XSIMD
#error "build with XTENSOR_USE_XSIMD, as meson.build does: without it arrays are not vectorised"
#endif

#if defined(__FAST_MATH__) || __FINITE_MATH_ONLY__
#error "build without -ffast-math, -Ofast and -ffinite-math-only: they delete the tests for NaN and infinity"
#endif

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/core/xnoalias.hpp>
#else
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#endif
#include <xsimd/xsimd.hpp>
