// Eight rows at a time: the reads follow eight rows, and the writes are runs of eight.
#include "autograd/kernels/transpose.h"

#include <type_traits>

namespace autograd {

void transpose(std::size_t rows, std::size_t columns, const Real* from, std::size_t from_pitch, Real* to,
               std::size_t to_pitch, bool add) {
  const auto some_rows = [&](std::size_t first, auto count) {
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = first; i < first + count; ++i)
        to[j * to_pitch + i] = from[i * from_pitch + j] + (add ? to[j * to_pitch + i] : Real(0));
  };
  // Take eight rows at a time; a constant, so that the inner loop is unrolled.
  constexpr std::integral_constant<std::size_t, 8> eight;
  std::size_t i = 0;
  for (; i + eight <= rows; i += eight) some_rows(i, eight);
  some_rows(i, rows - i);
}

}  // namespace autograd
