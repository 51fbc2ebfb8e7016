// The program of the walk, in JavaScript, in two parts that run one after the other, and the elements that it
// fills.
#pragma once

namespace tools {

extern const char* const walk_networks;  // from `model`: `decode`, z -> pixels, and `network.prior`
extern const char* const walk_page;      // the picture, the sliders, the map
extern const char* const walk_elements;  // HTML

}  // namespace tools
