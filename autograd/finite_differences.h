// Slopes by evaluations alone, with an error of order h⁴:
//
//     dφ/dt (0) = (8 (φ(h) − φ(−h)) − (φ(2h) − φ(−2h))) / 12h
//
// Gradients are checked with them in gradcheck.h.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "autograd/parameter.h"

namespace autograd {

// ∂φ/∂x_i, where φ is a function of the parameter x.
double difference_at(Parameter& x, std::size_t i, const std::function<double()>& phi, double h);

// The slope of φ along the direction u of all these parameters together.
double difference_along(const std::vector<Parameter*>& at, const std::vector<Array>& u,
                        const std::function<double()>& phi, double h);

}  // namespace autograd
