// The check that all bijections share.
#include "nn/flows/bijection.h"

#include <stdexcept>

namespace nn {

void check_rows(const char* flow, const Shape& z, std::size_t D) {
  if (z.size() != 2 || z[1] != D)
    throw std::invalid_argument("[" + std::string(flow) + "] z is " + to_string(z) + ", not [B," +
                                std::to_string(D) + "]");
}

}  // namespace nn
