// The sequence of layers: names.
#include "nn/layers/sequential.h"

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("sequential: functions are counted among the layers") {
  Sequential layers({Linear(zeros({5, 4})), activation_named("relu").apply, GatedDense(5, 2, Stream())});
  std::string names;
  layers.visit("net", [&](const std::string& name, Parameter&) { names += name + " "; });
  CHECK(names == "net.0.weight net.0.bias net.2.h.weight net.2.h.bias net.2.g.weight net.2.g.bias ");
}
