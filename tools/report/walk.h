// The latent space to walk in, on the page: test images as points, the decoder running in the reader's
// browser from the run's own weights, a slider for each latent. Of a hierarchy levels are held or drawn anew;
// what conditions a model, or its class, is chosen.
#pragma once

#include <string>

#include "tools/run/experiment.h"

namespace tools {

// The section's body; empty for models whose decoder the page cannot run: pixels that see others or have no
// mean in closed form, and more than three million weights from z to the image. The map is of all latents, or
// of those of the first level if there are more than 64. With "#z=0.5,-1,…" after the page's address, and
// "&c=2" for a choice of what conditions it, it shows the image there, and has its pixels as text in an
// element with the id `pixels`: so that a place can be passed on, and the page be tested.
std::string walk(const Experiment& experiment, std::size_t images);

}  // namespace tools
