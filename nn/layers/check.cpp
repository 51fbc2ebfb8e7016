// The checks, and the message that they share.
#include "nn/layers/check.h"

#include <stdexcept>

namespace nn {

namespace {

[[noreturn]] void fail(const char* layer, const Shape& x, const Shape& W, const char* reason) {
  throw std::invalid_argument("[" + std::string(layer) + "] x is " + to_string(x) + " but W is " +
                              to_string(W) + ": " + reason);
}

}  // namespace

void check_weight(const char* layer, const Shape& W, std::size_t axes, const char* written) {
  if (W.size() != axes)
    throw std::invalid_argument(
        "[" + std::string(layer) + "] W is " + to_string(W) + ", not " + std::string(written) +
        (W.size() == 1 ? " (Array({2, 3}) holds two values; zeros({2, 3}) has that shape)" : ""));
}

void check_inner(const char* layer, const Shape& x, const Shape& W) {
  if (x.size() != 2) fail(layer, x, W, "x must have two axes");
  if (x[1] != W[1]) fail(layer, x, W, "inner sizes differ");
}

void check_channels(const char* layer, const Shape& x, std::size_t channels, const Shape& weight) {
  if (x.size() < 2) fail(layer, x, weight, "x must be [B,C,...]");
  if (x[1] != channels) fail(layer, x, weight, "channels differ");
}

}  // namespace nn
