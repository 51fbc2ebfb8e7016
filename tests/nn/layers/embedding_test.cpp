// The embedding: what it refuses. Its values are in all_layers_test.cpp.
#include "nn/layers/embedding.h"

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("embedding: indices and weights that do not fit are refused") {
  CHECK(says(refusal([] {
               return Embedding(zeros({4, 3}))({3, 4});
             }),
             {"[embedding] index 4 but W is [4,3]"}));
  CHECK(says(refusal([] { return Embedding(zeros({4}))({3}); }), {"[embedding] W is [4], not [N,D]"}));
}
