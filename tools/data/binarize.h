// What a model is shown of an image: its grey values, or pixels of 0 and 1 made from them.
//
//     dynamic     a pixel is 1 with probability its grey value, drawn anew in every epoch (Salakhutdinov &
//     Murray 2008) static      likewise, but drawn once: every epoch shows the same pixels threshold   a
//     pixel is 1 if its grey value is at least 1/2 none        the values as they are, for likelihoods of
//     real numbers
//
// A Bernoulli likelihood of grey values is not a likelihood, so one of the first three belongs to it. Bounds
// of different binarizations are not comparable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/random.h"
#include "tools/data/images.h"

namespace tools {

enum class Binarization {
  dynamic,
  fixed,
  threshold,
  none
};  // `fixed` is called "static", a word C++ keeps for itself

const char* name_of(Binarization mode);
Binarization binarization_named(const std::string& name);  // Failure(exit_usage) lists the names

// Whether a random word makes a pixel 1: word / 2³² < byte / 255, and word / 2³² < grey. Black is never 1,
// white always.
bool is_one(std::uint32_t word, std::uint8_t byte);
bool is_one(std::uint32_t word, float grey);

// Failure(exit_bad_data) naming `name` and the first value that is no grey value within 0 and 1, and so
// cannot be binarized.
void check_grey(const Images& images, const std::string& name);

// Images `rows` as [rows.size(), pixels]; values to be binarized are grey, see above. The noise of an image
// follows from the stream and its row, not from its batch; `dynamic` and `fixed` do the same here and differ
// in the stream's epoch, which the caller lets run or holds.
autograd::Array presented(const Images& images, const std::vector<std::size_t>& rows, Binarization mode,
                          const autograd::Stream& stream);

}  // namespace tools
