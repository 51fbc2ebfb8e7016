// Random streams: the generator against its published answers, the packing against its definition,
// independence of how the work is cut, and the distributions. Statistical tests fail true samples with
// probability 1e-6 each; seeds are fixed.
#include "autograd/random.h"

#include <cmath>
#include <set>
#include <stdexcept>

#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace autograd;

namespace {

using Words = std::vector<std::uint32_t>;

Words block(const std::uint32_t (&counter)[4], const std::uint32_t (&key)[2]) {
  const PhiloxBlock b = philox(counter, key);
  return Words(b.word, b.word + 4);
}

Words words(const Stream& stream, std::size_t row, std::size_t count) {
  Words out(count);
  random_words(stream, row, count, out.data());
  return out;
}

std::vector<double> numbers(const Array& a) { return {a.data(), a.data() + a.size()}; }

}  // namespace

// The known answers published with Random123 (kat_vectors, philox4x32, 10 rounds).
TEST_CASE("random: Philox 4x32-10 gives the published answers") {
  CHECK(block({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(block({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random: key and counter are packed as documented") {
  Stream s;
  s.seed = 0xa1b2c3d4e5f607;
  s.purpose = Purpose::importance;
  s.epoch = 11;
  s.level = 3;
  s.first_sample = 70000;
  s.data = {9, 4000000000u};
  const std::uint32_t key[2] = {0xd4e5f607, 0x07a1b2c3};
  // Row 3 of two data: the second datum, one sample further.
  const Words first = block({0, 4000000000u, 70001 | 3u << 24, 11}, key),
              second = block({1, 4000000000u, 70001 | 3u << 24, 11}, key);
  CHECK(words(s, 3, 6) == Words{first[0], first[1], first[2], first[3], second[0], second[1]});
}

TEST_CASE("random: second() has numbers of its own, and no second; a row can be read from any block on") {
  const Stream s = Stream().at(Purpose::output);
  const Words here = words(s, 5, 12), second = words(s.second(), 5, 12);
  for (const std::uint32_t word : here) CHECK(std::find(second.begin(), second.end(), word) == second.end());
  CHECK_THROWS_AS(s.second().second(), std::logic_error);
  Words rest(4);
  random_words(s, 5, 4, rest.data(), 8);
  CHECK(rest == Words(here.begin() + 8, here.end()));
  CHECK_THROWS_AS(random_words(s, 5, 4, rest.data(), 2), std::invalid_argument);
  CHECK_THROWS_AS(random_words(s, 5, 4, rest.data(), std::uint64_t(1) << 34), std::invalid_argument);
}

TEST_CASE("random: rows that belong to no named data are data 0, 1, 2 of one sample") {
  const Stream s = Stream().at(Purpose::order);
  CHECK(words(s, 5, 4) == words(s.for_data({5}), 0, 4));
  CHECK(words(s, 5, 4) == words(s.for_batch(6), 5, 4));
  CHECK(words(s.for_data({8, 9}).for_batch(2), 1, 4) == words(s, 9, 4));
}

TEST_CASE("random: noise does not depend on how a batch is cut") {
  const Stream s = Stream().at(Purpose::posterior).at_epoch(3);
  const Array all = normal(s.for_data({7, 1, 30, 4}), {4, 5});
  const Array left = normal(s.for_data({7, 1}), {2, 5}), right = normal(s.for_data({30, 4}), {2, 5});
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(all(1, j) == left(1, j));
    CHECK(all(2, j) == right(0, j));
    CHECK(all(3, j) == right(1, j));
  }
  CHECK(same(normal(s, {4, 5}), normal(s, {4, 5})));
}

TEST_CASE("random: nor on how the samples are cut") {
  const Stream s = Stream().for_data({3, 8});
  const Array all = normal(s, {10, 3}), chunk = normal(s.at_sample(2), {4, 3});  // samples 0 … 4, and 2, 3
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t j = 0; j < 3; ++j) CHECK(chunk(r, j) == all(r + 4, j));
}

TEST_CASE("random: nor on the shape or the length of an event") {
  const Array flat = normal(Stream(), {3, 12}), folded = normal(Stream(), {3, 2, 6}),
              shorter = normal(Stream(), {3, 5});
  CHECK(values_of(flat) == values_of(folded));
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t j = 0; j < 5; ++j) CHECK(shorter(r, j) == flat(r, j));
  CHECK(normal(Stream(), {}).size() == 1);
  CHECK(normal(Stream(), {0, 3}).size() == 0);
  CHECK(normal(Stream(), {3, 0}).size() == 0);
}

TEST_CASE("random: no two places share a word") {
  std::vector<Stream> streams = {Stream()};
  for (std::uint8_t p = 1; p < 10; ++p) streams.push_back(Stream().at(Purpose(p)));
  for (std::uint32_t i = 1; i < 10; ++i) {
    streams.push_back(Stream().at_epoch(i));
    streams.push_back(Stream().at_level(i));
    streams.push_back(Stream().at_sample(i));
    streams.push_back(Stream().for_data({i}));
    streams.emplace_back().seed = i + 1;
    streams.emplace_back().seed = 1 + (std::uint64_t(i) << 32);
  }
  std::set<std::uint32_t> seen;
  for (const Stream& s : streams)
    for (const std::uint32_t w : words(s, 0, 8)) seen.insert(w);
  CHECK(seen.size() == 8 * streams.size());
}

TEST_CASE("random: places out of range are refused") {
  Stream s;
  s.seed = std::uint64_t(1) << 56;
  CHECK(says(message_of<std::invalid_argument>([&] { normal(s, {1}); }), {"seed", "2^56"}));
  s.seed -= 1;
  CHECK_NOTHROW(normal(s, {1}));
  CHECK_THROWS_AS(normal(Stream().at_level(256), {1}), std::invalid_argument);
  CHECK_NOTHROW(normal(Stream().at_level(255), {1}));
  CHECK_THROWS_AS(normal(Stream().at_sample(1 << 24), {1}), std::invalid_argument);
  CHECK_THROWS_AS(normal(Stream().for_data({0}).at_sample((1 << 24) - 1), {2}), std::invalid_argument);
  CHECK_NOTHROW(normal(Stream().at_sample((1 << 24) - 1), {2}));
}

// ---- distributions ----------------------------------------------------------------------------------------

TEST_CASE("random: uniform numbers are uniform, over elements and over data") {
  for (const Shape& shape : {Shape{1, 100000}, Shape{100000}, Shape{1000, 100}}) {
    const std::vector<double> u = numbers(uniform(Stream(), shape));
    CHECK(kolmogorov_accepts(u, [](double x) { return x; }));
    CHECK(*std::min_element(u.begin(), u.end()) > 0);
    CHECK(*std::max_element(u.begin(), u.end()) < 1);
    CHECK(average(u).agrees_with(0.5));
  }
}

TEST_CASE("random: normal numbers are normal, over elements and over data") {
  for (const Shape& shape : {Shape{1, 100000}, Shape{100000}, Shape{100000 / 7, 7}})
    CHECK(kolmogorov_accepts(numbers(normal(Stream(), shape)), normal_cdf));
}

TEST_CASE("random: the even and the odd normal numbers are normal each") {
  std::vector<double> parts[2];
  const Array z = normal(Stream(), {1, 200000});
  for (std::size_t i = 0; i < z.size(); ++i) parts[i % 2].push_back(z.data()[i]);
  CHECK(kolmogorov_accepts(parts[0], normal_cdf));
  CHECK(kolmogorov_accepts(parts[1], normal_cdf));
}

TEST_CASE("random: moments of the normal: 0, 1, 0, 3, 0, 15") {
  const std::vector<double> z = numbers(normal(Stream().at_epoch(1), {1000, 1000}));
  const double moments[] = {0, 1, 0, 3, 0, 15};
  for (int k = 1; k <= 6; ++k) {
    std::vector<double> powers;
    for (const double v : z) powers.push_back(std::pow(v, k));
    INFO("moment " << k);
    CHECK(average(powers).agrees_with(moments[k - 1]));
  }
}

TEST_CASE("random: neighbours are independent, as far as products and products of squares tell") {
  const Array z = normal(Stream().at_epoch(2), {1000, 100});
  const auto check = [&](std::size_t step) {
    std::vector<double> products, squares;
    for (std::size_t i = 0; i + step < z.size(); ++i) {
      const double a = z.data()[i], b = z.data()[i + step];
      products.push_back(a * b);
      squares.push_back((a * a - 1) * (b * b - 1));
    }
    INFO("at distance " << step);
    CHECK(average(products).agrees_with(0));
    CHECK(average(squares).agrees_with(0));
  };
  for (const std::size_t step : {1u, 2u, 4u, 100u}) check(step);
}

TEST_CASE("random: streams of different purposes, epochs, levels and samples are uncorrelated") {
  const Array z = normal(Stream(), {100, 100});
  for (const Stream& other :
       {Stream().at(Purpose::prior), Stream().at_epoch(1), Stream().at_level(1), Stream().at_sample(1)}) {
    const Array y = normal(other, {100, 100});
    std::vector<double> products;
    for (std::size_t i = 0; i < z.size(); ++i) products.push_back(z.data()[i] * y.data()[i]);
    CHECK(average(products).agrees_with(0));
  }
}

// 10⁶ numbers: |z| > 4 has probability 6.334e-5; 4.9 deviations of 63 counts are 39. The largest possible is
// √(2 log 2³³) = 6.76.
TEST_CASE("random: the tails of the normal") {
  const std::vector<double> z = numbers(normal(Stream().at_epoch(3), {1000, 1000}));
  double beyond = 0, largest = 0;
  for (const double v : z) beyond += std::abs(v) > 4, largest = std::max(largest, std::abs(v));
  CHECK(std::abs(beyond - 63.3) < 39);
  CHECK(largest < 6.77);
}

// ---- permutations -----------------------------------------------------------------------------------------

TEST_CASE("random: a permutation holds every number once") {
  for (const std::size_t n : {0u, 1u, 2u, 1000u}) {
    const std::vector<std::size_t> order = permutation(Stream().at(Purpose::order), n);
    CHECK(order.size() == n);
    const std::set<std::size_t> seen(order.begin(), order.end());
    CHECK(seen.size() == n);
    CHECK((n == 0 || *seen.rbegin() == n - 1));
  }
}

TEST_CASE("random: permutations of another epoch differ, of the same do not") {
  CHECK(permutation(Stream(), 100) == permutation(Stream(), 100));
  CHECK(permutation(Stream(), 100) != permutation(Stream().at_epoch(1), 100));
}

TEST_CASE("random: all six orders of three are equally frequent") {
  std::vector<double> counts(6);
  for (std::uint32_t e = 0; e < 30000; ++e) {
    const std::vector<std::size_t> p = permutation(Stream().at_epoch(e), 3);
    counts[2 * p[0] + (p[1] > p[2])] += 1;
  }
  CHECK(counts_are_uniform(counts));
}

TEST_CASE("random: every number is equally often at every position of ten") {
  std::vector<std::vector<double>> counts(10, std::vector<double>(10));
  for (std::uint32_t e = 0; e < 20000; ++e) {
    const std::vector<std::size_t> p = permutation(Stream().at_epoch(e), 10);
    for (std::size_t i = 0; i < 10; ++i) counts[i][p[i]] += 1;
  }
  for (const auto& at_position : counts) CHECK(counts_are_uniform(at_position));
}
