// The tape as a drawing in SVG, without a program that lays graphs out: the nodes stand under each other in
// the order of their creation, which is an order in which every operand stands above what is made of it, and
// arcs lead down from one to the other.
#pragma once

#include <map>
#include <string>

#include "autograd/tape.h"

namespace tools {

// Each node with its operation and its shape; parameters are filled and have the names that are given, what
// is constant is dashed. Only the first `most` nodes.
std::string tape_picture(const autograd::Tape& tape,
                         const std::map<const autograd::Parameter*, std::string>& names, std::size_t most);

}  // namespace tools
