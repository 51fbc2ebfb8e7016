// Whether OpenBLAS gets the memory that it needs, by a first product (await_memory in ../program.h).
#pragma once

namespace tools {

// Ends the process in a line, with exit_runtime, if a product is not done in three seconds because of that.
// To be called when the number of threads is set.
void check_address_space();

}  // namespace tools
