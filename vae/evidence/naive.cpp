// The weights of draws from the prior.
#include "vae/evidence/naive.h"

#include "vae/descent.h"

namespace vae {

Evidence naive_log_evidence(const Model& model, const Array& x, std::size_t samples, const Stream& stream,
                            std::size_t rows) {
  check_evidence("naive_log_evidence", x, samples, stream);
  const std::size_t B = x.shape(0);
  return sum_weights(B, samples, rows, [&](std::size_t first, std::size_t count) {
    const Stream noise = stream.at_sample(stream.first_sample + std::uint32_t(first));
    return log_likelihood(model, constant(x), generate(model, count * B, noise.for_batch(B)));
  });
}

}  // namespace vae
