// The memory that something takes at most.
#pragma once

#include <functional>

namespace tools {

// How many bytes this process would grow by at most while `run` runs, after `warm_up`: both run in a copy of
// the process, which is then discarded. NaN if the system does not tell. Call it before threads were started:
// they do not live on in the copy.
double peak_memory(const std::function<void()>& warm_up, const std::function<void()>& run);

}  // namespace tools
