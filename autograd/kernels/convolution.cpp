// Convolutions as products of matrices.
//
// Let U(x) be the windows of an image as the columns of a matrix (Chellapilla, Puri & Simard 2006):
//
//     U[(c,k,l), (i,j)] = x[c, i s + k − p, j s + l − p]        x: [C,H,W]  ->  U: [C·KH·KW, OH·OW]
//
// Then, with W as [O, C·KH·KW] and y as [O, OH·OW], which is how they lie in memory,
//
//     yᵀ = Uᵀ Wᵀ        W̄ᵀ = Σ_images U ȳᵀ        and x̄ is a product of the same kind with the windows of ȳ.
//
// The products are transposed so that their columns are the channels, of which there are many. U is never
// written: window_product reads its entries in an image that is padded with zeros. For 1×1 windows U is the
// image itself, and the products are plain ones. A group of channels is treated as an image of its own with
// its own weights. Threads share the images, several small ones at a time.
#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "autograd/kernels/blas.h"
#include "autograd/kernels/transpose.h"
#include "autograd/kernels/window_product.h"
#include "autograd/simd.h"
#include "autograd/threads.h"

namespace autograd {

namespace {

// ---- sizes ------------------------------------------------------------------------------------------------

// Where the channels of group g of image n begin.
std::size_t offset_in_x(const ConvSizes& s, std::size_t n, std::size_t g) {
  return (n * s.groups + g) * s.C * s.H * s.W;
}
std::size_t offset_in_y(const ConvSizes& s, std::size_t n, std::size_t g) {
  return (n * s.groups + g) * s.O * s.pixels();
}

// True if every pixel is its own window, so that U is x.
bool pointwise(const ConvSizes& s) {
  return s.KH == 1 && s.KW == 1 && s.stride == 1 && s.padding == 0 && s.uses(0, 0);
}

// True if images are one pixel, too: then the batch is a matrix x: [N,C], and the convolution a layer.
bool is_layer(const ConvSizes& s) { return pointwise(s) && s.pixels() == 1 && s.groups == 1; }

// The expected time, at 100 GFLOP/s.
double microseconds(const ConvSizes& s) {
  return 2e-5 * double(s.N * s.groups * s.O) * double(s.pixels() * s.C * std::min(s.taps, s.KH * s.KW));
}

// How many images one product takes. Each product reads all of the second factor, so that it should not be
// small.
std::size_t images_at_once(const ConvSizes& s) { return std::max<std::size_t>(1, 128 / s.pixels()); }

// ---- padded images and their windows ----------------------------------------------------------------------

// Images [C,H,W] with zeros around them, [C,height,width] each.
struct Padded {
  std::size_t C, H, W, top, left, height, width;

  std::size_t size() const { return C * height * width; }
  std::size_t offset(std::size_t n, std::size_t c, std::size_t i, std::size_t j) const {
    return ((n * C + c) * height + i) * width + j;
  }
  // Copies an image into the n-th of the padded images.
  void put(const Real* image, std::size_t n, Real* padded) const {
    for (std::size_t c = 0; c < C; ++c)
      for (std::size_t i = 0; i < H; ++i)
        std::copy_n(image + (c * H + i) * W, W, padded + offset(n, c, top + i, left));
  }
};

Padded padded_x(const ConvSizes& s) {
  return {s.C, s.H, s.W, s.padding, s.padding, s.H + 2 * s.padding, s.W + 2 * s.padding};
}

// The rows (c,k,l) of U that are used, and the rows of a matrix with this pitch.
std::vector<Offset> windows(const ConvSizes& s, const Padded& x, std::size_t pitch) {
  std::vector<Offset> used;
  for (std::size_t c = 0; c < s.C; ++c)
    for (std::size_t k = 0; k < s.KH; ++k)
      for (std::size_t l = 0; l < s.KW; ++l)
        if (s.uses(k, l)) used.push_back({x.offset(0, c, k, l), ((c * s.KH + k) * s.KW + l) * pitch});
  return used;
}

// The columns (i,j) of U, image after image, and the rows of a matrix with this pitch.
std::vector<Offset> pixels(const ConvSizes& s, const Padded& x, std::size_t pitch) {
  std::vector<Offset> all;
  for (std::size_t n = 0; n < images_at_once(s); ++n)
    for (std::size_t i = 0; i < s.OH; ++i)
      for (std::size_t j = 0; j < s.OW; ++j)
        all.push_back({x.offset(n, 0, i * s.stride, j * s.stride), all.size() * pitch});
  return all;
}

Offsets all_of(const std::vector<Offset>& offsets) {
  return {offsets.data(), offsets.data() + offsets.size()};
}

// Of `pixels`, those of the first `count` images.
Offsets of_images(const ConvSizes& s, const std::vector<Offset>& pixels, std::size_t count) {
  return {pixels.data(), pixels.data() + pixels.size() / images_at_once(s) * count};
}

// ---- threads ----------------------------------------------------------------------------------------------

// The memory that a thread works in: padded images and a matrix. It is kept between calls, because the first
// access to new memory is slow.
struct Memory {
  Buffer padded, matrix;
};

// Calls f(i, padded, matrix) for every i < count on all threads, with memory for images_at_once images of
// `padded_size` and matrices of `matrix_size`. The padded images are zero where f has not written.
void parallel(const ConvSizes& s, std::size_t count, std::size_t padded_size, std::size_t matrix_size,
              const std::function<void(std::size_t i, Real* padded, Real* matrix)>& f) {
  thread_local std::vector<Memory> kept;
  std::vector<Memory>& memory = kept;  // the calling thread's, which the other threads use too
  memory.resize(std::max(memory.size(), threads()));
  for (Memory& m : memory) {
    m.padded.assign(images_at_once(s) * padded_size + read_beyond_image, Real(0));
    m.matrix.resize(std::max(m.matrix.size(), images_at_once(s) * matrix_size));
  }
  parallel_for(count, microseconds(s), [&](std::size_t i, std::size_t worker) {
    f(i, memory[worker].padded.data(), memory[worker].matrix.data());
  });
}

// Some images of a batch, in one group of channels.
struct Images {
  std::size_t group, first, count;
};

// Calls f(images, padded, matrix) for all images and groups.
void for_all_images(const ConvSizes& s, std::size_t padded_size, std::size_t matrix_size,
                    const std::function<void(Images, Real* padded, Real* matrix)>& f) {
  const std::size_t at_once = images_at_once(s), batches = (s.N + at_once - 1) / at_once;
  parallel(s, batches * s.groups, padded_size, matrix_size, [&](std::size_t i, Real* padded, Real* matrix) {
    const std::size_t first = i / s.groups * at_once;
    f({i % s.groups, first, std::min(at_once, s.N - first)}, padded, matrix);
  });
}

}  // namespace

// ---- y = ∂L/∂y --------------------------------------------------------------------------------------------

// yᵀ = Uᵀ Wᵀ + b
void compute_conv2d(const ConvSizes& s, const Real* x, const Real* W, const Real* b, Real* y, bool add) {
  // For single pixels: y = x Wᵀ + b.
  if (is_layer(s))
    return b ? gemm(false, true, s.N, s.O, s.C, x, W, y, add, b)
             : gemm(false, true, s.N, s.O, s.C, x, W, y, add);

  // For 1×1 windows: y = W x + b.
  if (pointwise(s))
    return parallel_for(s.N * s.groups, microseconds(s), [&](std::size_t i, std::size_t) {
      const std::size_t n = i / s.groups, g = i % s.groups;
      Real* const y_ = y + offset_in_y(s, n, g);
      for (std::size_t o = 0; b && o < s.O; ++o)
        for_each_lane(s.pixels(), y_ + o * s.pixels(), add, [](auto v) { return v; }, {b[g * s.O + o]});
      gemm(false, false, s.O, s.pixels(), s.C, W + g * s.O * s.C, x + offset_in_x(s, n, g), y_, add || b);
    });

  // Transpose the weights of each group.
  const Padded image = padded_x(s);
  const std::size_t pitch = padded_columns(s.O);
  const std::vector<Offset> rows = pixels(s, image, pitch), terms = windows(s, image, pitch);
  Buffer weights(s.groups * s.window() * pitch);
  for (std::size_t g = 0; g < s.groups; ++g)
    transpose(s.O, s.window(), W + g * s.O * s.window(), s.window(), weights.data() + g * s.window() * pitch,
              pitch, false);

  for_all_images(s, image.size(), s.pixels() * pitch, [&](Images some, Real* padded, Real* y_t) {
    // Pad the images with zeros.
    for (std::size_t n = 0; n < some.count; ++n)
      image.put(x + offset_in_x(s, some.first + n, some.group), n, padded);
    // Begin with b, multiply, and transpose the result.
    for (std::size_t r = 0; b && r < some.count * s.pixels(); ++r)
      std::copy_n(b + some.group * s.O, s.O, y_t + r * pitch);
    const Real* W_t = weights.data() + some.group * s.window() * pitch;
    window_product(of_images(s, rows, some.count), all_of(terms), padded, W_t, s.O, y_t, b != nullptr);
    for (std::size_t n = 0; n < some.count; ++n)
      transpose(s.pixels(), s.O, y_t + n * s.pixels() * pitch, pitch,
                y + offset_in_y(s, some.first + n, some.group), s.pixels(), add);
  });
}

// ---- x = ∂L/∂x --------------------------------------------------------------------------------------------

namespace {

// The pixels (h, w) of x with one remainder of (h + p, w + p) modulo the stride: the rows of a product. Its
// terms are the (o,k,l) of the kernel for which the divisions below leave no remainder.
struct PixelClass {
  std::vector<Offset> pixels, terms;
};

PixelClass pixel_class(const ConvSizes& s, const Padded& y, std::size_t pitch, std::size_t a, std::size_t b) {
  const std::size_t p = s.padding;
  PixelClass one;
  // The pixels with h + p = a and w + p = b modulo the stride.
  for (std::size_t n = 0; n < images_at_once(s); ++n)
    for (std::size_t i = a; i < s.H + p; i += s.stride)
      for (std::size_t j = b; j < s.W + p; j += s.stride)
        if (i >= p && j >= p)
          one.pixels.push_back(
              {y.offset(n, 0, i / s.stride, j / s.stride), ((n * s.H + i - p) * s.W + j - p) * pitch});
  // The entries of the kernel with k = a and l = b modulo the stride.
  for (std::size_t o = 0; o < s.O; ++o)
    for (std::size_t k = a; k < s.KH; k += s.stride)
      for (std::size_t l = b; l < s.KW; l += s.stride)
        if (s.uses(k, l))
          one.terms.push_back({y.offset(0, o, y.top - k / s.stride, y.left - l / s.stride),
                               ((o * s.KH + k) * s.KW + l) * pitch});
  return one;
}

}  // namespace

// x̄[c,h,w] = Σ_{o,k,l} W[o,c,k,l] ȳ[o, (h + p − k)/s, (w + p − l)/s], over the k and l for which the
// divisions leave no remainder. So the pixels fall into s² classes, each of which meets its own part of the
// kernel.
void compute_conv2d_input(const ConvSizes& s, const Real* y, const Real* W, Real* x, bool add) {
  // For single pixels: x̄ = ȳ W.
  if (is_layer(s)) return gemm(false, false, s.N, s.C, s.O, y, W, x, add);

  // For 1×1 windows: x̄ = Wᵀ ȳ.
  if (pointwise(s))
    return parallel_for(s.N * s.groups, microseconds(s), [&](std::size_t i, std::size_t) {
      const std::size_t n = i / s.groups, g = i % s.groups;
      gemm(true, false, s.C, s.pixels(), s.O, W + g * s.O * s.C, y + offset_in_y(s, n, g),
           x + offset_in_x(s, n, g), add);
    });

  // Pad ȳ so that every (h + p − k)/s and (w + p − l)/s lies inside.
  const std::size_t p = s.padding, top = (s.KH - 1) / s.stride, left = (s.KW - 1) / s.stride;
  const std::size_t height = std::max(s.OH, (s.H + p) / s.stride + 1),
                    width = std::max(s.OW, (s.W + p) / s.stride + 1);
  const Padded image = {s.O, s.OH, s.OW, top, left, top + height, left + width};

  // Find the classes of pixels.
  const std::size_t pitch = padded_columns(s.C), kernel = s.KH * s.KW, size = s.H * s.W;
  std::vector<PixelClass> classes;
  for (std::size_t a = 0; a < std::min(s.stride, s.H + p); ++a)
    for (std::size_t b = 0; b < std::min(s.stride, s.W + p); ++b)
      classes.push_back(pixel_class(s, image, pitch, a, b));

  // Put the channels of the weights last: [O,KH,KW,C] of each group.
  Buffer weights(s.groups * s.O * kernel * pitch);
  for (std::size_t o = 0; o < s.groups * s.O; ++o)
    transpose(s.C, kernel, W + o * s.window(), kernel, weights.data() + o * kernel * pitch, pitch, false);

  for_all_images(s, image.size(), size * pitch, [&](Images some, Real* padded, Real* x_t) {
    // Pad the images with zeros.
    for (std::size_t n = 0; n < some.count; ++n)
      image.put(y + offset_in_y(s, some.first + n, some.group), n, padded);
    // Multiply class by class, and transpose the result.
    const Real* W_t = weights.data() + some.group * s.O * kernel * pitch;
    for (const PixelClass& one : classes)
      window_product(of_images(s, one.pixels, some.count), all_of(one.terms), padded, W_t, s.C, x_t, false);
    for (std::size_t n = 0; n < some.count; ++n)
      transpose(size, s.C, x_t + n * size * pitch, pitch, x + offset_in_x(s, some.first + n, some.group),
                size, add);
  });
}

// ---- W = ∂L/∂W --------------------------------------------------------------------------------------------

// W̄ᵀ = Σ U ȳᵀ. The batch is cut into a fixed number of parts, so that the order of the additions does not
// depend on the number of threads.
void compute_conv2d_weight(const ConvSizes& s, const Real* y, const Real* x, Real* W, bool add) {
  // For single pixels: W̄ = ȳᵀ x.
  if (is_layer(s)) return gemm(true, false, s.O, s.C, s.N, y, x, W, add);

  const Padded image = padded_x(s);
  const std::size_t pitch = pointwise(s) ? s.O : padded_columns(s.O), size = s.window() * pitch;
  const std::size_t at_once = images_at_once(s);
  const std::size_t parts = std::min<std::size_t>(8, (s.N + at_once - 1) / at_once);
  const std::vector<Offset> rows = windows(s, image, pitch), terms = pixels(s, image, pitch);
  thread_local Buffer kept;
  kept.resize(std::max(kept.size(), parts * s.groups * size));
  if (s.taps < s.KH * s.KW) std::fill_n(kept.data(), parts * s.groups * size, Real(0));
  Real* const sums = kept.data();  // [parts, groups, C·KH·KW, pitch]

  const auto sum_part = [&](std::size_t i, Real* padded, Real* y_t) {
    const std::size_t part = i / s.groups, g = i % s.groups;
    const std::size_t begin = part * s.N / parts, end = (part + 1) * s.N / parts;
    // For 1×1 windows: add x ȳᵀ for each image.
    if (pointwise(s)) {
      for (std::size_t n = begin; n < end; ++n)
        gemm(false, true, s.C, s.O, s.pixels(), x + offset_in_x(s, n, g), y + offset_in_y(s, n, g),
             sums + i * size, n > begin);
      return;
    }
    for (std::size_t first = begin; first < end; first += at_once) {
      // Pad some images with zeros, and transpose their ȳ.
      const std::size_t count = std::min(at_once, end - first);
      for (std::size_t n = 0; n < count; ++n) {
        image.put(x + offset_in_x(s, first + n, g), n, padded);
        transpose(s.O, s.pixels(), y + offset_in_y(s, first + n, g), s.pixels(), y_t + n * s.pixels() * pitch,
                  pitch, false);
      }
      // Multiply, and add to the sum of this part.
      window_product(all_of(rows), of_images(s, terms, count), padded, y_t, s.O, sums + i * size,
                     first > begin);
    }
  };
  parallel(s, parts * s.groups, image.size(), s.pixels() * pitch, sum_part);

  // Add up the parts, and transpose the result.
  if (parts == 0) {
    if (!add) std::fill_n(W, s.groups * s.O * s.window(), Real(0));
    return;
  }
  for (std::size_t part = 1; part < parts; ++part)
    copy_or_add(s.groups * size, sums + part * s.groups * size, sums, true);
  for (std::size_t g = 0; g < s.groups; ++g)
    transpose(s.window(), s.O, sums + g * size, pitch, W + g * s.O * s.window(), s.window(), add);
}

}  // namespace autograd
