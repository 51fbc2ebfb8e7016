// The importance-sampled log p(x) of `elbo eval` against the products of its decoder.
#include <memory>

#include "autograd/kernels/blas.h"
#include "autograd/threads.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"
#include "tools/run/evidence_report.h"
#include "vae/evidence/importance.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

constexpr std::size_t samples = 1000, pixels = 784;  // more samples are more passes of the same size

Run evaluation(std::size_t H, std::size_t Z) {
  vae::Architecture architecture;
  architecture.hidden = {H};
  architecture.latent = {Z};
  const auto model = std::make_shared<vae::VAE>(architecture, Stream());
  const Array x = uniform(Stream().at(Purpose::drawing), {importance_images, pixels});
  return [=] { vae::log_evidence(*model, x, samples, Stream(), importance_rows); };
}

// [rows,Z] by [Z,H], and [rows,H] by [H,784], as often.
Run products(std::size_t H, std::size_t Z) {
  const std::size_t rows = importance_rows, passes = samples * importance_images / rows;
  struct Matrices {
    Array z, W, h, V, x;
  };
  const auto m = std::make_shared<Matrices>(Matrices{full({rows, Z}, Real(0.5)), full({H, Z}, Real(0.5)),
                                                     full({rows, H}, Real(0.5)), full({pixels, H}, Real(0.5)),
                                                     full({rows, pixels}, Real(0.5))});
  return [=] {
    for (std::size_t n = 0; n < passes; ++n) {
      gemm(false, true, rows, H, Z, m->z.data(), m->W.data(), m->h.data(), false);
      gemm(false, true, rows, pixels, H, m->h.data(), m->V.data(), m->x.data(), false);
    }
  };
}

}  // namespace

BenchTable bench_evidence(std::size_t H, std::size_t Z, double seconds) {
  const std::vector<Times> t = interleaved({{evaluation(H, Z), {}}, {products(H, Z), {}}}, seconds);
  return {{"evidence",
           {{"samples_per_s", double(samples * importance_images) / t[0].median()},
            {"share_of_product_rate", ratio(t[1], t[0])}}}};
}

}  // namespace tools
