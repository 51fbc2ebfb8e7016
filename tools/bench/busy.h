// Whether others are using the machine, which makes every time in a table too long.
#pragma once

namespace tools {

// The share of all processors' time that is used within the next fifth of a second, while this program waits;
// NaN where the system does not say.
double busy_share();

}  // namespace tools
