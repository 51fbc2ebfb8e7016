// The convolution as it is defined, in seven loops, with sums in double:
// y[n,o,i,j] = Σ_{c,k,l} W[o,c,k,l] x[n,c, i s + k − p, j s + l − p], over the first taps (k,l)
#pragma once

#include "autograd/ops.h"

inline autograd::Array reference_conv2d(const autograd::Array& x, const autograd::Array& W,
                                        const autograd::Convolution& how) {
  // How often the kernel fits into the padded image.
  const auto fits = [&](std::size_t length, std::size_t kernel) {
    std::size_t count = 0;
    while (count * how.stride + kernel <= length + 2 * how.padding) ++count;
    return count;
  };
  const std::size_t per_group = W.shape(0) / how.groups;
  autograd::Array y =
      autograd::empty({x.shape(0), W.shape(0), fits(x.shape(2), W.shape(2)), fits(x.shape(3), W.shape(3))});
  for (std::size_t n = 0; n < y.shape(0); ++n)
    for (std::size_t o = 0; o < y.shape(1); ++o)
      for (std::size_t i = 0; i < y.shape(2); ++i)
        for (std::size_t j = 0; j < y.shape(3); ++j) {
          double sum = 0;
          for (std::size_t c = 0; c < W.shape(1); ++c)
            for (std::size_t k = 0; k < W.shape(2); ++k)
              for (std::size_t l = 0; l < W.shape(3); ++l) {
                const std::ptrdiff_t h = std::ptrdiff_t(i * how.stride + k) - std::ptrdiff_t(how.padding);
                const std::ptrdiff_t w = std::ptrdiff_t(j * how.stride + l) - std::ptrdiff_t(how.padding);
                if (k * W.shape(3) + l >= how.taps) continue;
                if (h < 0 || w < 0 || h >= std::ptrdiff_t(x.shape(2)) || w >= std::ptrdiff_t(x.shape(3)))
                  continue;
                sum += double(W(o, c, k, l)) * double(x(n, o / per_group * W.shape(1) + c, h, w));
              }
          y(n, o, i, j) = autograd::Real(sum);
        }
  return y;
}
