// Convolutions as products of matrices.
//
// Let U(x) be the windows of an image, one beside the other (Chellapilla, Puri & Simard 2006):
//
//     U[(c,k,l), (i,j)] = x[c, i s + k − p, j s + l − p]        x: [C,H,W]  ->  U: [C·KH·KW, OH·OW]
//
// Then, with W as [O, C·KH·KW] and y as [O, OH·OW], which is how they lie in memory,
//
//     yᵀ = Uᵀ Wᵀ        W̄ᵀ = Σ_images U ȳᵀ        and x̄ is a product of the same kind with the windows of ȳ.
//
// These are transposed so that channels, of which there are many, lie side by side. U is not written down:
// window_product reads it where it lies, in an image with its zeros around it. Of 1×1 windows U is the image
// itself, and the products are plain ones. A group of channels is an image of its own, with weights of its
// own. Images are shared among the threads, small ones several at a time.
#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>

#include "autograd/kernels/blas.h"
#include "autograd/kernels/simd.h"
#include "autograd/kernels/threads.h"
#include "autograd/kernels/window_product.h"

namespace autograd {

namespace {

// ---- sizes ------------------------------------------------------------------------------------------------

ConvSizes sizes_of(const char* op, const Shape& x, const Shape& W, const Convolution& how) {
  const auto fail = [&](const std::string& reason) {
    throw std::invalid_argument(std::string("[") + op + "] x " + to_string(x) + ", W " + to_string(W) +
                                ", stride " + std::to_string(how.stride) + ", padding " +
                                std::to_string(how.padding) + ", groups " + std::to_string(how.groups) +
                                ": " + reason);
  };
  if (x.size() != 4 || W.size() != 4) fail("both must have four axes");
  if (how.stride == 0 || how.groups == 0) fail("stride and groups are at least 1");
  if (x[1] % how.groups || W[0] % how.groups) fail("the groups do not divide the channels");
  if (x[1] / how.groups != W[1])
    fail("W takes " + std::to_string(W[1]) + " channels, but x has " + std::to_string(x[1] / how.groups) +
         " in a group");
  if (W[2] == 0 || W[3] == 0) fail("the kernel is empty");
  if (how.padding > 1 << 30) fail("so much padding is beyond memory");
  const std::size_t height = x[2] + 2 * how.padding, width = x[3] + 2 * how.padding;
  if (W[2] > height || W[3] > width) fail("the kernel is larger than the padded image");

  ConvSizes s;
  s.N = x[0], s.groups = how.groups;
  s.C = W[1], s.H = x[2], s.W = x[3];
  s.O = W[0] / how.groups, s.OH = (height - W[2]) / how.stride + 1, s.OW = (width - W[3]) / how.stride + 1;
  s.KH = W[2], s.KW = W[3];
  s.stride = how.stride, s.padding = how.padding;
  return s;
}

Shape shape_of_y(const ConvSizes& s) { return {s.N, s.groups * s.O, s.OH, s.OW}; }

void check_y(const char* op, const Shape& y, const ConvSizes& s, const Shape& x, const Shape& W) {
  if (y != shape_of_y(s))
    throw std::invalid_argument(std::string("[") + op + "] y is " + to_string(y) + ", but x " + to_string(x) +
                                " and W " + to_string(W) + " give " + to_string(shape_of_y(s)));
}

// Where the channels of group g of image n begin.
std::size_t place_in_x(const ConvSizes& s, std::size_t n, std::size_t g) {
  return (n * s.groups + g) * s.C * s.H * s.W;
}
std::size_t place_in_y(const ConvSizes& s, std::size_t n, std::size_t g) {
  return (n * s.groups + g) * s.O * s.pixels();
}

// Every pixel is its own window, so U is x.
bool pointwise(const ConvSizes& s) { return s.KH == 1 && s.KW == 1 && s.stride == 1 && s.padding == 0; }

// At 100 GFLOP/s.
double microseconds(const ConvSizes& s) {
  return 2e-5 * double(s.N * s.groups * s.O) * double(s.pixels() * s.window());
}

// How many images are taken at a time: a product that is too small wastes the other factor, which is read for
// every product.
std::size_t at_once(const ConvSizes& s) { return std::max<std::size_t>(1, 128 / s.pixels()); }

// ---- images in frames, and their windows ------------------------------------------------------------------

// Images [C,H,W] with zeros around them, [C,height,width] each.
struct Frames {
  std::size_t C, H, W, top, left, height, width;

  std::size_t size() const { return C * height * width; }
  std::size_t place(std::size_t n, std::size_t c, std::size_t i, std::size_t j) const {
    return ((n * C + c) * height + i) * width + j;
  }
  // Puts an image into frame n.
  void put(const Real* image, std::size_t n, Real* frames) const {
    for (std::size_t c = 0; c < C; ++c)
      for (std::size_t i = 0; i < H; ++i)
        std::copy_n(image + (c * H + i) * W, W, frames + place(n, c, top + i, left));
  }
};

Frames frames_of_x(const ConvSizes& s) {
  return {s.C, s.H, s.W, s.padding, s.padding, s.H + 2 * s.padding, s.W + 2 * s.padding};
}

// The rows (c,k,l) of U, which elsewhere are the rows of a matrix with this pitch.
std::vector<Place> windows(const ConvSizes& s, const Frames& x, std::size_t pitch) {
  std::vector<Place> places;
  for (std::size_t c = 0; c < s.C; ++c)
    for (std::size_t k = 0; k < s.KH; ++k)
      for (std::size_t l = 0; l < s.KW; ++l) places.push_back({x.place(0, c, k, l), places.size() * pitch});
  return places;
}

// Its columns (i,j), those of several images one after the other.
std::vector<Place> pixels(const ConvSizes& s, const Frames& x, std::size_t pitch) {
  std::vector<Place> places;
  for (std::size_t n = 0; n < at_once(s); ++n)
    for (std::size_t i = 0; i < s.OH; ++i)
      for (std::size_t j = 0; j < s.OW; ++j)
        places.push_back({x.place(n, 0, i * s.stride, j * s.stride), places.size() * pitch});
  return places;
}

Places all(const std::vector<Place>& places) { return {places.data(), places.data() + places.size()}; }

// Of pixels, those of the first `count` images.
Places of_images(const ConvSizes& s, const std::vector<Place>& places, std::size_t count) {
  return {places.data(), places.data() + places.size() / at_once(s) * count};
}

// ---- threads ----------------------------------------------------------------------------------------------

// What a thread works in: images in their frames, and a matrix. Kept between calls, because fresh memory is
// slow.
struct Memory {
  Buffer frames, matrix;
};

// f(i, frames, matrix) for every i < count on all threads, with as much memory for each image that is taken
// at once; the frames are zero where f has not written.
using Work = std::function<void(std::size_t i, Real* frames, Real* matrix)>;
void parallel(const ConvSizes& s, std::size_t count, std::size_t frame, std::size_t matrix, const Work& f) {
  thread_local std::vector<Memory> kept;
  std::vector<Memory>& memory = kept;  // of the thread that calls, for the others to use
  memory.resize(std::max(memory.size(), threads()));
  for (Memory& m : memory) {
    m.frames.assign(at_once(s) * frame + pixels_beyond, Real(0));
    m.matrix.resize(std::max(m.matrix.size(), at_once(s) * matrix));
  }
  parallel_for(count, microseconds(s), [&](std::size_t i, std::size_t worker) {
    f(i, memory[worker].frames.data(), memory[worker].matrix.data());
  });
}

// Some images of a batch, in one group of channels.
struct Images {
  std::size_t group, first, count;
};

// f(images, frames, matrix) for all images.
void for_all_images(const ConvSizes& s, std::size_t frame, std::size_t matrix,
                    const std::function<void(Images, Real* frames, Real* matrix)>& f) {
  const std::size_t batches = (s.N + at_once(s) - 1) / at_once(s);
  parallel(s, batches * s.groups, frame, matrix, [&](std::size_t i, Real* frames, Real* memory) {
    const std::size_t first = i / s.groups * at_once(s);
    f({i % s.groups, first, std::min(at_once(s), s.N - first)}, frames, memory);
  });
}

}  // namespace

// ---- on arrays --------------------------------------------------------------------------------------------

Convolved conv2d(const Array& x, const Array& W, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d", x.shape(), W.shape(), how);
  return {x, W, sizes, shape_of_y(sizes)};
}

// yᵀ = Uᵀ Wᵀ
void Convolved::into(Array& out, bool add) const {
  const ConvSizes& s = sizes;
  if (pointwise(s))  // y = W x
    return parallel_for(s.N * s.groups, microseconds(s), [&](std::size_t i, std::size_t) {
      const std::size_t n = i / s.groups, g = i % s.groups;
      gemm(false, false, s.O, s.pixels(), s.C, W.data() + g * s.O * s.C, x.data() + place_in_x(s, n, g),
           out.data() + place_in_y(s, n, g), add);
    });
  const Frames frames = frames_of_x(s);
  const std::size_t pitch = whole(s.O);
  const std::vector<Place> rows = pixels(s, frames, pitch), terms = windows(s, frames, pitch);
  Buffer weights(s.groups * s.window() * pitch);  // Wᵀ of each group
  for (std::size_t g = 0; g < s.groups; ++g)
    transpose(s.O, s.window(), W.data() + g * s.O * s.window(), s.window(),
              weights.data() + g * s.window() * pitch, pitch, false);

  for_all_images(s, frames.size(), s.pixels() * pitch, [&](Images some, Real* framed, Real* y_t) {
    for (std::size_t n = 0; n < some.count; ++n)
      frames.put(x.data() + place_in_x(s, some.first + n, some.group), n, framed);
    const Real* W_t = weights.data() + some.group * s.window() * pitch;
    window_product(of_images(s, rows, some.count), all(terms), framed, W_t, s.O, y_t, false);
    for (std::size_t n = 0; n < some.count; ++n)
      transpose(s.pixels(), s.O, y_t + n * s.pixels() * pitch, pitch,
                out.data() + place_in_y(s, some.first + n, some.group), s.pixels(), add);
  });
}

ConvolvedInput conv2d_input(const Array& y, const Array& W, const Shape& shape, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d_input", shape, W.shape(), how);
  check_y("conv2d_input", y.shape(), sizes, shape, W.shape());
  return {y, W, sizes, shape};
}

// x̄[c,h,w] = Σ_{o,k,l} W[o,c,k,l] ȳ[o, (h + p − k)/s, (w + p − l)/s], over the k and l for which the
// divisions leave no remainder: so the pixels fall into s² classes, each of which meets its own part of the
// kernel.
void ConvolvedInput::into(Array& out, bool add) const {
  const ConvSizes& s = sizes;
  if (pointwise(s))  // x̄ = Wᵀ ȳ
    return parallel_for(s.N * s.groups, microseconds(s), [&](std::size_t i, std::size_t) {
      const std::size_t n = i / s.groups, g = i % s.groups;
      gemm(true, false, s.C, s.pixels(), s.O, W.data() + g * s.O * s.C, y.data() + place_in_y(s, n, g),
           out.data() + place_in_x(s, n, g), add);
    });
  const std::size_t p = s.padding, top = (s.KH - 1) / s.stride, left = (s.KW - 1) / s.stride;
  const std::size_t height = std::max(s.OH, (s.H + p) / s.stride + 1),
                    width = std::max(s.OW, (s.W + p) / s.stride + 1);
  const Frames frames = {s.O, s.OH, s.OW, top, left, top + height, left + width};
  const std::size_t pitch = whole(s.C), kernel = s.KH * s.KW, image = s.H * s.W;

  struct Class {
    std::vector<Place> pixels, terms;
  };
  std::vector<Class> classes;
  for (std::size_t a = 0; a < std::min(s.stride, s.H + p); ++a)
    for (std::size_t b = 0; b < std::min(s.stride, s.W + p); ++b) {
      Class these;  // h + p = a and w + p = b, up to multiples of s
      for (std::size_t n = 0; n < at_once(s); ++n)
        for (std::size_t i = a; i < s.H + p; i += s.stride)
          for (std::size_t j = b; j < s.W + p; j += s.stride)
            if (i >= p && j >= p)
              these.pixels.push_back({frames.place(n, 0, i / s.stride, j / s.stride),
                                      (n * image + (i - p) * s.W + j - p) * pitch});
      for (std::size_t o = 0; o < s.O; ++o)
        for (std::size_t k = a; k < s.KH; k += s.stride)
          for (std::size_t l = b; l < s.KW; l += s.stride)
            these.terms.push_back({frames.place(0, o, top - k / s.stride, left - l / s.stride),
                                   (o * kernel + k * s.KW + l) * pitch});
      classes.push_back(std::move(these));
    }
  Buffer weights(s.groups * s.O * kernel * pitch);  // W with its channels last: [O,KH,KW,C] of each group
  for (std::size_t o = 0; o < s.groups * s.O; ++o)
    transpose(s.C, kernel, W.data() + o * s.window(), kernel, weights.data() + o * kernel * pitch, pitch,
              false);

  for_all_images(s, frames.size(), image * pitch, [&](Images some, Real* framed, Real* x_t) {
    for (std::size_t n = 0; n < some.count; ++n)
      frames.put(y.data() + place_in_y(s, some.first + n, some.group), n, framed);
    const Real* W_t = weights.data() + some.group * s.O * kernel * pitch;
    for (const Class& these : classes)
      window_product(of_images(s, these.pixels, some.count), all(these.terms), framed, W_t, s.C, x_t, false);
    for (std::size_t n = 0; n < some.count; ++n)
      transpose(image, s.C, x_t + n * image * pitch, pitch,
                out.data() + place_in_x(s, some.first + n, some.group), image, add);
  });
}

ConvolvedWeight conv2d_weight(const Array& y, const Array& x, const Shape& shape, Convolution how) {
  const ConvSizes sizes = sizes_of("conv2d_weight", x.shape(), shape, how);
  check_y("conv2d_weight", y.shape(), sizes, x.shape(), shape);
  return {y, x, sizes, shape};
}

// W̄ᵀ = Σ U ȳᵀ. A fixed number of parts of the batch are summed, and then their sums, so that neither depends
// on the threads.
void ConvolvedWeight::into(Array& out, bool add) const {
  const ConvSizes& s = sizes;
  const Frames frames = frames_of_x(s);
  const std::size_t pitch = pointwise(s) ? s.O : whole(s.O), size = s.window() * pitch;
  const std::size_t parts = std::min<std::size_t>(8, (s.N + at_once(s) - 1) / at_once(s));
  const std::vector<Place> rows = windows(s, frames, pitch), terms = pixels(s, frames, pitch);
  thread_local Buffer kept;
  kept.resize(std::max(kept.size(), parts * s.groups * size));
  Real* sums = kept.data();  // [parts, groups, C·KH·KW, pitch]

  parallel(s, parts * s.groups, frames.size(), s.pixels() * pitch,
           [&](std::size_t i, Real* framed, Real* y_t) {
             const std::size_t part = i / s.groups, g = i % s.groups, begin = part * s.N / parts,
                               end = (part + 1) * s.N / parts;
             if (pointwise(s)) {  // x ȳᵀ
               for (std::size_t n = begin; n < end; ++n)
                 gemm(false, true, s.C, s.O, s.pixels(), x.data() + place_in_x(s, n, g),
                      y.data() + place_in_y(s, n, g), sums + i * size, n > begin);
               return;
             }
             for (std::size_t first = begin; first < end; first += at_once(s)) {
               const std::size_t count = std::min(at_once(s), end - first);
               for (std::size_t n = 0; n < count; ++n) {
                 frames.put(x.data() + place_in_x(s, first + n, g), n, framed);
                 transpose(s.O, s.pixels(), y.data() + place_in_y(s, first + n, g), s.pixels(),
                           y_t + n * s.pixels() * pitch, pitch, false);
               }
               window_product(all(rows), of_images(s, terms, count), framed, y_t, s.O, sums + i * size,
                              first > begin);
             }
           });
  if (parts == 0) {
    if (!add) out.fill(0);
    return;
  }
  for (std::size_t part = 1; part < parts; ++part)
    copy_or_add(s.groups * size, sums + part * s.groups * size, sums, true);
  for (std::size_t g = 0; g < s.groups; ++g)
    transpose(s.window(), s.O, sums + g * size, pitch, out.data() + g * s.O * s.window(), s.window(), add);
}

}  // namespace autograd
