// Images enlarged and reduced by a whole factor. Repeating a pixel in a square and summing over a square are
// each other's adjoint.
#include <stdexcept>
#include <string>
#include <type_traits>

#include "autograd/kernels/array_work.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

void check(const char* op, const Shape& x, std::size_t factor) {
  if (x.size() != 4)
    throw std::invalid_argument(std::string("[") + op + "] x is " + to_string(x) + ", not [N,C,H,W]");
  if (factor == 0)
    throw std::invalid_argument(std::string("[") + op + "] of x " + to_string(x) + " by a factor of 0");
}

// Calls f(factor). For 2, the usual factor, it is a constant, so that loops over it are unrolled.
template <class F>
void with_factor(std::size_t factor, const F& f) {
  if (factor == 2)
    f(std::integral_constant<std::size_t, 2>());
  else
    f(factor);
}

// x: [N,C,H,W] with each pixel repeated in a square of this side
auto upsample_nearest2d(const Array& x, std::size_t factor) {
  const Shape& s = x.shape();
  check("upsample_nearest2d", s, factor);
  return ArrayWork({s[0], s[1], s[2] * factor, s[3] * factor}, [&x, factor](Array& out, bool add) {
    const std::size_t rows = x.shape(0) * x.shape(1) * x.shape(2), width = x.shape(3);
    with_factor(factor, [&](auto f) {
      for (std::size_t row = 0; row < rows * f; ++row) {
        const Real* from = x.data() + row / f * width;
        Real* to = out.data() + row * width * f;
        for (std::size_t j = 0; j < width; ++j)
          for (std::size_t b = 0; b < f; ++b) to[j * f + b] = from[j] + (add ? to[j * f + b] : Real(0));
      }
    });
  });
}

// x: [N,C,H,W] summed over squares of this side
auto sum_pool2d(const Array& x, std::size_t factor) {
  const Shape& s = x.shape();
  check("sum_pool2d", s, factor);
  if (s[2] % factor || s[3] % factor)
    throw std::invalid_argument("[sum_pool2d] x is " + to_string(s) + ", which squares of side " +
                                std::to_string(factor) + " do not tile");
  return ArrayWork({s[0], s[1], s[2] / factor, s[3] / factor}, [&x, factor](Array& out, bool add) {
    const std::size_t rows = out.shape(0) * out.shape(1) * out.shape(2), width = out.shape(3);
    with_factor(factor, [&](auto f) {
      for (std::size_t row = 0; row < rows * f; ++row) {
        // Sum runs of a row, and begin the sums of squares with the first of `factor` rows.
        const Real* from = x.data() + row * width * f;
        Real* to = out.data() + row / f * width;
        for (std::size_t j = 0; j < width; ++j) {
          Real sum = 0;
          for (std::size_t b = 0; b < f; ++b) sum += from[j * f + b];
          to[j] = sum + (add || row % f ? to[j] : Real(0));
        }
      }
    });
  });
}

}  // namespace

// ---- on the tape ------------------------------------------------------------------------------------------

// y = x, each pixel repeated        x̄ += ȳ summed over squares
Var upsample_nearest2d(Var x, std::size_t factor) {
  return record(
      "upsample_nearest2d", {x}, [=](const auto& x) { return upsample_nearest2d(x, factor); },
      [=](const auto& g, const auto&) { return sum_pool2d(g, factor); });
}

// y = x summed over squares         x̄ += ȳ, each pixel repeated
Var sum_pool2d(Var x, std::size_t factor) {
  return record(
      "sum_pool2d", {x}, [=](const auto& x) { return sum_pool2d(x, factor); },
      [=](const auto& g, const auto&) { return upsample_nearest2d(g, factor); });
}

Var avg_pool2d(Var x, std::size_t factor) { return sum_pool2d(x, factor) / Real(factor * factor); }

}  // namespace autograd
