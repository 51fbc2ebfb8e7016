// The eleven products, Adam, and as many operations and bytes without them.
#include "tools/bench/step_limits.h"

#include <cblas.h>

#include <cmath>
#include <memory>
#include <vector>

#include "autograd/array.h"
#include "autograd/kernels/blas.h"
#include "autograd/simd.h"
#include "autograd/threads.h"

extern "C" void openblas_set_num_threads(int);

namespace tools {

using namespace autograd;

namespace {

// ---- the step's parts -------------------------------------------------------------------------------------

using Product = void (*)(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K,
                         const float* A, const float* B, float* C, bool add);

void blas_product(bool transpose_a, bool transpose_b, std::size_t M, std::size_t N, std::size_t K,
                  const float* A, const float* B, float* C, bool add) {
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
              int(M), int(N), int(K), 1, A, int(transpose_a ? M : K), B, int(transpose_b ? K : N),
              add ? 1.f : 0.f, C, int(N));
}

// The products of one layer y = xWᵀ, [B,in] to [B,out].
struct PlainLayer {
  std::size_t B, in, out;
  Array x, W, y, x_bar, W_bar;

  PlainLayer(std::size_t B, std::size_t in, std::size_t out)
      : B(B),
        in(in),
        out(out),
        x(full({B, in}, Real(0.5))),
        W(full({out, in}, Real(0.25))),
        y(zeros({B, out})),
        x_bar(zeros({B, in})),
        W_bar(zeros({out, in})) {}

  void forward(Product gemm) { gemm(false, true, B, out, in, x.data(), W.data(), y.data(), false); }
  void towards_weight(Product gemm) {
    gemm(true, false, out, in, B, y.data(), x.data(), W_bar.data(), false);
  }
  void towards_input(Product gemm) {
    gemm(false, false, B, in, out, y.data(), W.data(), x_bar.data(), false);
  }
};

// Adam's update of n numbers, as plain as it can be, on all threads.
struct PlainAdam {
  std::vector<float> theta, g, m, v;

  explicit PlainAdam(std::size_t n) : theta(n, 0.f), g(n, 1e-3f), m(n, 0.f), v(n, 0.f) {}
  void operator()() {
    float* __restrict w = theta.data();
    float* __restrict mp = m.data();
    float* __restrict vp = v.data();
    const float* __restrict gp = g.data();
    in_ranges(theta.size(), numbers_at_once, [=](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        mp[i] = 0.9f * mp[i] + 0.1f * gp[i];
        vp[i] = 0.999f * vp[i] + 0.001f * gp[i] * gp[i];
        w[i] -= 1e-3f * mp[i] / (std::sqrt(vp[i]) + 1e-8f);
      }
    });
  }
};

struct Layer {
  std::size_t in, out, products;  // nobody asks for the images' gradient
};

std::vector<Layer> layers_of(const StepSizes& s) {
  return {{784, s.H, 2}, {s.H, 2 * s.Z, 3}, {s.Z, s.H, 3}, {s.H, 784, 3}};
}

std::size_t parameters_of(const StepSizes& s) {
  std::size_t count = 0;
  for (const Layer& l : layers_of(s)) count += l.in * l.out + l.out;
  return count;
}

Run products(const StepSizes& sizes, Product gemm) {
  const auto layers = std::make_shared<std::vector<PlainLayer>>();
  for (const Layer& l : layers_of(sizes)) layers->emplace_back(sizes.B, l.in, l.out);
  return [=] {
    for (PlainLayer& layer : *layers) layer.forward(gemm);
    for (std::size_t i = layers->size(); i-- > 0;) {
      (*layers)[i].towards_weight(gemm);
      if (i > 0) (*layers)[i].towards_input(gemm);
    }
  };
}

}  // namespace

Run our_products(const StepSizes& sizes) { return products(sizes, autograd::gemm); }

Run blas_products(const StepSizes& sizes, int threads) {
  const Run pass = products(sizes, blas_product);
  return [=] {
    openblas_set_num_threads(threads);
    pass();
    openblas_set_num_threads(1);
  };
}

Run adam(const StepSizes& sizes) {
  const auto update = std::make_shared<PlainAdam>(parameters_of(sizes));
  return [=] { (*update)(); };
}

// ---- the machine's ----------------------------------------------------------------------------------------

Run multiplications(const StepSizes& sizes) {
  double flop = 0;
  for (const Layer& l : layers_of(sizes))
    flop += double(l.products) * 2 * double(sizes.B) * double(l.in) * double(l.out);
  // Twelve independent registers hide the latency of the multiplier.
  constexpr std::size_t registers = 12, parts = 16;
  const auto rounds = std::size_t(flop / (2 * registers * parts * Lane::size));
  const auto sums = std::make_shared<std::array<float, parts>>();
  return [=] {
    parallel_for(parts, 1e6, [=](std::size_t part, std::size_t) {
      Lane x[registers];
      for (std::size_t i = 0; i < registers; ++i) x[i] = Lane(float(i + part));
      const Lane a(0.999f), b(0.001f);
      for (std::size_t n = 0; n < rounds; ++n)
        for (Lane& lane : x) lane = xsimd::fma(lane, a, b);
      for (std::size_t i = 1; i < registers; ++i) x[0] += x[i];
      (*sums)[part] = x[0].get(0);  // so that nothing is left out
    });
  };
}

Run transfers(const StepSizes& sizes) {
  std::size_t numbers = 7 * parameters_of(sizes);  // Adam reads θ, g, m, v and writes θ, m, v
  for (const Layer& l : layers_of(sizes))
    numbers += l.products * (sizes.B * l.in + sizes.B * l.out + l.in * l.out);
  // A third is written and two thirds are read: c = a + b.
  struct Arrays {
    std::vector<float> a, b, c;
  };
  const std::size_t n = numbers / 3;
  const auto arrays =
      std::make_shared<Arrays>(Arrays{std::vector<float>(n), std::vector<float>(n), std::vector<float>(n)});
  return [=] {
    in_ranges(n, numbers_at_once, [=](std::size_t first, std::size_t last) {
      const float* __restrict a = arrays->a.data();
      const float* __restrict b = arrays->b.data();
      float* __restrict c = arrays->c.data();
      for (std::size_t i = first; i < last; ++i) c[i] = a[i] + b[i];
    });
  };
}

}  // namespace tools
