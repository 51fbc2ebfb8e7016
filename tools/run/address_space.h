// Whether OpenBLAS gets the memory that it needs. It takes 128 MiB of addresses for each thread, which is
// nothing unless addresses are limited (ulimit -v), and where there are too few it tries for ever.
#pragma once

namespace tools {

// Ends the process in a line, with exit_runtime, if a product is not done in three seconds because of that.
// To be called when the number of threads is set.
void check_address_space();

}  // namespace tools
