// Philox, what it is keyed by, and the numbers made from its words.
#include "autograd/random.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "autograd/simd.h"

namespace autograd {

Stream Stream::at(Purpose purpose) const {
  Stream s = *this;
  s.purpose = purpose;
  return s;
}

Stream Stream::at_epoch(std::uint32_t epoch) const {
  Stream s = *this;
  s.epoch = epoch;
  return s;
}

Stream Stream::at_level(std::uint32_t level) const {
  Stream s = *this;
  s.level = level;
  return s;
}

Stream Stream::at_sample(std::uint32_t sample) const {
  Stream s = *this;
  s.first_sample = sample;
  return s;
}

Stream Stream::second() const {
  const auto bits = std::uint8_t(purpose);
  if (bits & 0x80) throw std::logic_error("[random] the stream is a second one already");
  return at(Purpose(bits | 0x80));
}

Stream Stream::for_data(std::vector<std::uint32_t> data) const {
  Stream s = *this;
  s.data = std::move(data);
  return s;
}

Stream Stream::for_batch(std::size_t size) const {
  if (!data.empty() && data.size() != size)
    throw std::invalid_argument("[random] the stream names " + std::to_string(data.size()) +
                                " data for a batch of " + std::to_string(size));
  if (!data.empty()) return *this;
  std::vector<std::uint32_t> all(size);
  std::iota(all.begin(), all.end(), 0u);
  return for_data(std::move(all));
}

PhiloxBlock philox(const std::uint32_t (&counter)[4], const std::uint32_t (&key)[2]) {
  const r123::Philox4x32 generator;
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key[0], key[1]}};
  const r123::Philox4x32::ctr_type r = generator(c, k);
  return {{r[0], r[1], r[2], r[3]}};
}

void random_words(const Stream& s, std::size_t row, std::size_t count, std::uint32_t* out,
                  std::uint64_t first) {
  const std::size_t batch = s.data.size();
  const std::uint64_t datum = batch ? s.data[row % batch] : row;
  const std::uint64_t sample = s.first_sample + (batch ? row / batch : 0);
  if (s.seed >> 56) throw std::invalid_argument("[random] the seed must be below 2^56");
  if (first % 4 || (first + count) >> 34)
    throw std::invalid_argument("[random] a row has no element " + std::to_string(first));
  if (s.level >> 8 || sample >> 24 || datum >> 32)
    throw std::invalid_argument("[random] level " + std::to_string(s.level) + ", sample " +
                                std::to_string(sample) + ", datum " + std::to_string(datum) +
                                ": at most 2^8 levels, 2^24 samples and 2^32 data have streams");

  const std::uint32_t key[2] = {std::uint32_t(s.seed), std::uint32_t(s.seed >> 32) | std::uint32_t(s.purpose)
                                                                                         << 24};
  std::uint32_t counter[4] = {std::uint32_t(first / 4), std::uint32_t(datum),
                              std::uint32_t(sample) | s.level << 24, s.epoch};
  for (std::size_t i = 0; i < count; i += 4, ++counter[0]) {
    const PhiloxBlock block = philox(counter, key);
    std::copy_n(block.word, std::min<std::size_t>(4, count - i), out + i);
  }
}

namespace {

// Calls f(row, words, first element of the row) for each row of an array of this shape, with an even number
// of words.
template <class F>
void for_each_row(const Stream& stream, const Shape& shape, F f) {
  const std::size_t rows = shape.empty() ? 1 : shape[0];
  const std::size_t width = rows ? element_count(shape) / rows : 0, even = width + width % 2;
  std::vector<std::uint32_t> words(even);
  for (std::size_t r = 0; r < rows; ++r) {
    random_words(stream, r, even, words.data());
    f(words.data(), r * width, width);
  }
}

// The middle of the word's interval of [0, 1]: never 0, and 1 only where Real rounds to it.
Real to_unit(std::uint32_t word) { return (Real(word) + Real(0.5)) * Real(0x1p-32); }

}  // namespace

Array uniform(const Stream& stream, const Shape& shape) {
  Array out = empty(shape);
  const Real below_one = std::nextafter(Real(1), Real(0));
  for_each_row(stream, shape, [&](const std::uint32_t* words, std::size_t first, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) out.data()[first + i] = std::min(to_unit(words[i]), below_one);
  });
  return out;
}

// z₁ = √(−2 log u₁) cos 2πu₂,  z₂ = √(−2 log u₁) sin 2πu₂
Array normal(const Stream& stream, const Shape& shape) {
  Array out = empty(shape);
  std::vector<Real> u1, u2, z1, z2;
  for_each_row(stream, shape, [&](const std::uint32_t* words, std::size_t first, std::size_t width) {
    const std::size_t pairs = (width + 1) / 2;
    for (auto* v : {&u1, &u2, &z1, &z2}) v->resize(pairs);
    for (std::size_t i = 0; i < pairs; ++i) u1[i] = to_unit(words[2 * i]), u2[i] = to_unit(words[2 * i + 1]);

    const auto radius = [](auto u) { return sqrt(Real(-2) * log(u)); };
    const Real two_pi = Real(6.283185307179586);
    for_each_lane(pairs, z1.data(), false, [=](auto a, auto b) { return radius(a) * cos(two_pi * b); },
                  {u1.data(), u2.data()});
    for_each_lane(pairs, z2.data(), false, [=](auto a, auto b) { return radius(a) * sin(two_pi * b); },
                  {u1.data(), u2.data()});
    for (std::size_t i = 0; i < width; ++i) out.data()[first + i] = i % 2 ? z2[i / 2] : z1[i / 2];
  });
  return out;
}

std::vector<std::size_t> permutation(const Stream& stream, std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::vector<std::uint32_t> words(2 * count);
  random_words(stream, 0, words.size(), words.data());
  for (std::size_t i = count; i > 1; --i) {
    const std::uint64_t word = std::uint64_t(words[2 * i - 2]) << 32 | words[2 * i - 1];
    std::swap(order[i - 1], order[word % i]);  // the modulus biases by less than i / 2⁶⁴
  }
  return order;
}

}  // namespace autograd
