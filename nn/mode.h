// Whether a layer is being trained: what Dropout and BatchNorm (normalization.h) must be told, at every call.
#pragma once

namespace nn {

enum class Mode { training, evaluation };

}  // namespace nn
