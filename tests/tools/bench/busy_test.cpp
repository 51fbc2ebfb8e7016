// How busy the machine is. Not what else runs on it.
#include "tools/bench/busy.h"

#include <atomic>
#include <thread>

#include "tests/catch.h"

TEST_CASE("busy: a share, which a thread that never rests makes larger than none") {
  std::atomic<bool> done{false};
  std::thread spinning([&] {
    while (!done) {
    }
  });
  const double busy = tools::busy_share();
  done = true;
  spinning.join();
  CHECK(busy > 0);
  CHECK(busy <= 1);
}
