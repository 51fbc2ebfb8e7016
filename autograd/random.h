// Randomness without hidden state: a Stream says what its numbers are *for*, and the numbers follow from that
// alone.
//
// Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") is a keyed
// bijection of a counter. The key names the experiment, the counter the place where the number is used:
//
//     key     = ( seed bits 0–31,  seed bits 32–55 | purpose << 24 | second << 31 )
//     counter = ( element / 4,  datum,  sample | level << 24,  epoch )
//
// and the four words of a block serve elements 4i … 4i+3. So noise does not depend on threads, on how batches
// are cut, or on where a run was resumed; and drawing twice from the same Stream gives the same numbers. To
// get others, name another place.
//
// Next: ../nn/distributions/normal.h draws z from it.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/array.h"

namespace autograd {

// What a stream's numbers are for; two purposes never use the same key. Append, never renumber: saved runs
// depend on it. Below 128: the highest bit is that of second().
enum class Purpose : std::uint8_t {
  general = 0,
  initialization = 1,  // weights
  order = 2,           // the order of the training data
  binarization = 3,    // pixels drawn from grey values
  posterior = 4,       // z ~ q(z|x)
  prior = 5,           // z ~ p(z)
  output = 6,          // x ~ p(x|z)
  importance = 7,      // z ~ q(z|x) for log p(x)
  drawing = 8,         // the built-in data set
  evaluation = 9,      // z ~ q(z|x) for the bound on held-out data
  checking = 10,       // directions for the gradient checker
  dropout = 11,        // units that are left out
  corruption = 12,     // pixels that posteriors do not see
  missing = 13,        // pixels that nobody sees, and what they may have been
};

// Rows r of an array drawn for [S·B, …] belong to datum r mod B and sample r / B.
struct Stream {
  std::uint64_t seed = 1;  // below 2⁵⁶
  Purpose purpose = Purpose::general;
  std::uint32_t epoch = 0;         // of the data; for initial weights, the number of the network
  std::uint32_t level = 0;         // below 2⁸
  std::uint32_t first_sample = 0;  // the sample of the first B rows; samples are below 2²⁴
  // The datum of each of B rows. Empty: the rows are data 0, 1, 2, …, all of one sample.
  std::vector<std::uint32_t> data;

  Stream at(Purpose purpose) const;
  Stream at_epoch(std::uint32_t epoch) const;
  Stream at_level(std::uint32_t level) const;
  Stream at_sample(std::uint32_t sample) const;
  // The same place, other numbers: for what draws two arrays. std::logic_error if called twice.
  Stream second() const;
  Stream for_data(std::vector<std::uint32_t> data) const;
  // Data 0 … size−1, unless so many are named already; std::invalid_argument if another number is.
  Stream for_batch(std::size_t size) const;
};

// One Philox block, as published.
struct PhiloxBlock {
  std::uint32_t word[4];
};
PhiloxBlock philox(const std::uint32_t (&counter)[4], const std::uint32_t (&key)[2]);

// `count` words of row `row` of an array: those of its elements from `first` on, a multiple of 4.
// std::invalid_argument if the seed, the level or the sample is out of the range above.
void random_words(const Stream& stream, std::size_t row, std::size_t count, std::uint32_t* out,
                  std::uint64_t first = 0);

Array uniform(const Stream& stream, const Shape& shape);  // on (0, 1)
Array normal(const Stream& stream, const Shape& shape);   // N(0, 1), by Box & Muller 1958

// A permutation of 0 … count−1 (Fisher–Yates).
std::vector<std::size_t> permutation(const Stream& stream, std::size_t count);

}  // namespace autograd
