// The program without a peer to compare with.
#include "tools/bench/peer.h"

namespace tools {

std::unique_ptr<Peer> make_peer() { return nullptr; }

}  // namespace tools
