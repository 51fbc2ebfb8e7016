// What a file is, and whether it is whole: `elbo check`.
#pragma once

#include <string>

namespace tools {

// One line: "checkpoint of 10 tensors, 397,000 weights, after epoch 20; its digest is right". Everything is
// read. Of a run directory, what its files are. Failure 65 or 66, naming the file and the reason, if it is
// damaged, no file of a kind that the program knows, or not there.
std::string what_is(const std::string& path);

}  // namespace tools
