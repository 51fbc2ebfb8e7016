// The weights of draws from q.
#include "vae/evidence/importance.h"

#include "vae/elbo.h"

namespace vae {

Evidence log_evidence(const Model& model, const Array& x, std::size_t samples, const Stream& stream,
                      std::size_t rows) {
  check_evidence("log_evidence", x, samples, stream);
  return sum_weights(x.shape(0), samples, rows, [&](std::size_t first, std::size_t count) {
    const Stream noise = stream.at_sample(stream.first_sample + std::uint32_t(first));
    return log_weights(model, constant(x), count, noise);  // log p(x, z) − log q(z|x)
  });
}

}  // namespace vae
