// What layers check of their shapes. All throw std::invalid_argument "[layer] x is [32,10] but W is
// [200,784]: …".
#pragma once

#include "autograd/tape.h"

namespace nn {

using namespace autograd;

// W has so many axes; `written` names them in the message, such as "[out,in]".
void check_weight(const char* layer, const Shape& W, std::size_t axes, const char* written);

// x is [B,D], for W [H,D].
void check_inner(const char* layer, const Shape& x, const Shape& W);

// x is [B,C,…], with C channels; the message shows the weight.
void check_channels(const char* layer, const Shape& x, std::size_t channels, const Shape& weight);

}  // namespace nn
