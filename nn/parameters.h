// The parameters of a layer or a model, each under its name: one walk serves the optimizer, the checkpoint
// and the report. Names and orientation follow PyTorch ("encoder.0.weight" is [out, in]), so that weights
// travel.
//
// What a layer remembers besides, such as the running means of BatchNorm (normalization.h), is a buffer: an
// array under a name of its own that no optimizer gets, but that who saves the parameters must save too
// (tests/tools/files/safetensors_test.cpp does). No model of vae/ has one, so checkpoints do not ask.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/backward.h"

namespace nn {

using namespace autograd;

using Visitor = std::function<void(const std::string& name, Parameter& parameter)>;
using BufferVisitor = std::function<void(const std::string& name, Array& buffer)>;

using NamedParameters = std::vector<std::pair<std::string, Parameter*>>;

}  // namespace nn
