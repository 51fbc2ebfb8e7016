// Arrays and Vars as text.
#include "autograd/print.h"

#include <ostream>
#include <sstream>

namespace autograd {

namespace {

// The numbers from `x` on, along the axes from this one on.
void write_values(std::ostream& out, const Shape& shape, std::size_t axis, const Real* x) {
  if (axis == shape.size()) {
    out << *x;
    return;
  }
  constexpr std::size_t shown = 3;  // at each end
  std::size_t step = 1;
  for (std::size_t k = axis + 1; k < shape.size(); ++k) step *= shape[k];
  const std::size_t n = shape[axis];
  out << "{";
  for (std::size_t i = 0; i < n; ++i) {
    if (n > 2 * shown && i == shown) out << ", …", i = n - shown;
    out << (i ? ", " : "");
    write_values(out, shape, axis + 1, x + i * step);
  }
  out << "}";
}

}  // namespace

std::string to_string(const Array& a) {
  std::ostringstream text;
  text << to_string(a.shape()) << " ";
  write_values(text, a.shape(), 0, a.data());
  return text.str();
}

std::ostream& operator<<(std::ostream& out, const Var& x) {
  return out << x.tape().node(x).op << " " << to_string(x.value());
}

}  // namespace autograd

std::ostream& xt::operator<<(std::ostream& out, const autograd::Array& a) {
  return out << autograd::to_string(a);
}
