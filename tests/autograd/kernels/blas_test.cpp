// Products that begin with a row, or are added to what is there, against sums number by number.
#include "autograd/kernels/blas.h"

#include <tuple>

#include "autograd/random.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("gemm: C is op(A) op(B), and with c in every row, written or added") {
  // In one panel, in panels of rows, in panels of columns, and with empty sums.
  for (const auto& [M, N, K] : std::vector<std::tuple<std::size_t, std::size_t, std::size_t>>{
           {3, 4, 5}, {150, 70, 90}, {40, 160, 170}, {3, 4, 0}, {0, 4, 3}})
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const bool with_row : {false, true})
          for (const bool add : {false, true}) {
            const Array A = normal(Stream(), {M, K}), B = normal(Stream().at_epoch(1), {K, N}),
                        c = normal(Stream().at_epoch(2), {N}), before = normal(Stream().at_epoch(3), {M, N});
            Array C = before;
            if (with_row)
              gemm(ta, tb, M, N, K, A.data(), B.data(), C.data(), add, c.data());
            else
              gemm(ta, tb, M, N, K, A.data(), B.data(), C.data(), add);
            double worst = 0;
            for (std::size_t i = 0; i < M; ++i)
              for (std::size_t j = 0; j < N; ++j) {
                double sum = (add ? before(i, j) : 0) + (with_row ? c(j) : 0);
                for (std::size_t k = 0; k < K; ++k)
                  sum += A.data()[ta ? k * M + i : i * K + k] * B.data()[tb ? j * K + k : k * N + j];
                worst = std::max(worst, std::abs(C(i, j) - sum));
              }
            INFO(M << " x " << N << " x " << K << ta << tb << with_row << add);
            CHECK(worst < 1e-12);
          }
}
