// Special functions of one number, shared by the sources that make operations of them.
#pragma once

namespace autograd::detail {

double polygamma(int n, double x);  // ψ⁽ⁿ⁾(x), n ≥ 0

}  // namespace autograd::detail
