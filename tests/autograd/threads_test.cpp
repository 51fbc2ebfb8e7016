// Loops that threads share: every index is done once, also with two callers and in nested loops, and no bit
// of a result depends on the number of threads.
#include "autograd/threads.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

extern "C" int openblas_get_num_threads();

using namespace autograd;

TEST_CASE("parallel_for: workers run at the same time, and together do everything once") {
  const std::size_t before = threads(), count = 1000;
  set_threads(3);
  std::vector<std::vector<int>> done(3, std::vector<int>(count, 0));  // by worker
  std::atomic<int> arrived = 0;
  parallel_for(count, 1e6, [&](std::size_t i, std::size_t worker) {
    std::vector<int>& mine = done.at(worker);
    if (std::none_of(mine.begin(), mine.begin() + 3, [](int n) { return n > 0; }) && i < 3) {
      ++arrived;
      while (arrived < 3) std::this_thread::yield();  // a deadlock, if they do not
    }
    ++mine.at(i);
  });
  std::size_t once = 0;
  for (std::size_t i = 0; i < count; ++i) once += done[0][i] + done[1][i] + done[2][i] == 1;
  CHECK(once == count);
  set_threads(before);
}

TEST_CASE("threads: OpenBLAS has one, whatever is set, and an exception leaves the number as it was") {
  const std::size_t before = threads();
  set_threads(2);
  CHECK(threads() == 2);
  CHECK(openblas_get_num_threads() == 1);
  CHECK_THROWS(parallel_for(10, 1e6, [](std::size_t, std::size_t) { throw std::runtime_error(""); }));
  CHECK(threads() == 2);
  set_threads(0);
  CHECK(threads() == 1);
  set_threads(before);
}

TEST_CASE("parallel_for: loops that are empty or short run on the calling thread") {
  const std::size_t before = threads();
  set_threads(3);
  std::atomic<std::size_t> mine = 0;
  const auto slow = [&](std::size_t, std::size_t worker) {
    mine += worker == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // others would take some
  };
  parallel_for(0, 1e6, slow);
  CHECK(mine == 0);
  parallel_for(1, 1e6, slow);
  CHECK(mine == 1);
  parallel_for(20, 1, slow);
  CHECK(mine == 21);
  set_threads(before);
}

TEST_CASE("parallel_for: an exception is thrown again, whichever thread it comes from") {
  const std::size_t before = threads();
  set_threads(2);
  for (const std::size_t bad : {0, 500, 999}) {
    const auto f = [=](std::size_t i, std::size_t) {
      if (i == bad) throw std::runtime_error("at " + std::to_string(i));
    };
    CHECK(message_of<std::runtime_error>([&] { parallel_for(1000, 1e6, f); }) == "at " + std::to_string(bad));
  }
  set_threads(before);
}

TEST_CASE("parallel_for: nested loops, and loops of two callers at once, do everything") {
  const std::size_t before = threads();
  set_threads(2);
  std::atomic<int> done = 0;
  const auto count = [&](std::size_t, std::size_t) { ++done; };
  parallel_for(100, 1e6, [&](std::size_t, std::size_t) { parallel_for(10, 1e6, count); });
  CHECK(done == 1000);

  done = 0;
  const auto call = [&] {
    for (int i = 0; i < 500; ++i) parallel_for(10, 1e6, count);
  };
  std::thread other(call);
  call();
  other.join();
  CHECK(done == 10000);
  CHECK(threads() == 2);
  set_threads(before);
}

TEST_CASE("parallel_for: no more workers than threads, even if there were more before") {
  const std::size_t before = threads();
  for (const std::size_t count : {4, 2}) {
    set_threads(count);
    std::atomic<std::size_t> most = 0;
    for (int i = 0; i < 50; ++i)
      parallel_for(100, 1e6, [&](std::size_t, std::size_t worker) {
        for (std::size_t m = most; worker > m && !most.compare_exchange_weak(m, worker);) {
        }
        std::this_thread::sleep_for(std::chrono::microseconds(20));
      });
    CHECK(most == count - 1);
  }
  set_threads(before);
}

TEST_CASE("parallel_for: inside a loop that threads share, another is done by the thread that comes to it") {
  const std::size_t before = threads();
  set_threads(3);
  std::atomic<int> elsewhere = 0;
  parallel_for(6, 1e6, [&](std::size_t, std::size_t) {
    const std::thread::id here = std::this_thread::get_id();
    parallel_for(10, 1e6, [&](std::size_t, std::size_t worker) {
      elsewhere += worker != 0 || std::this_thread::get_id() != here;
    });
  });
  CHECK(elsewhere == 0);
  set_threads(before);
}

#ifdef __x86_64__
TEST_CASE("blas_kernel: a processor with AVX2 is not taken for one without") {
  if (!__builtin_cpu_supports("avx2") || std::getenv("OPENBLAS_CORETYPE")) return;
  for (const char* const older : {"Prescott", "Barcelona", "Core2", "Nehalem", "Sandybridge"})
    CHECK(blas_kernel() != older);
}
#endif

#ifndef __SANITIZE_THREAD__  // which follows no forked process that starts threads
TEST_CASE("parallel_for: a forked process loops alone or with threads of its own, and ends") {
  const std::size_t before = threads();
  set_threads(2);
  const auto nothing = [](std::size_t, std::size_t) {};
  parallel_for(10, 1e6, nothing);
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    std::atomic<int> done = 0;
    parallel_for(10, 1e6, [&](std::size_t, std::size_t) { ++done; });
    close(1);  // the parent writes what is buffered there
    std::exit(done == 10 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  set_threads(before);
}

// In a process of its own, whose crew is no larger than two.
TEST_CASE("parallel_for: when nothing comes, the threads sleep") {
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    const auto nothing = [](std::size_t, std::size_t) {};
    set_threads(2);
    parallel_for(1000, 1e6, nothing);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // they look for work for 0.2 of these
    const std::clock_t begin = std::clock();                     // of all threads
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    _exit(double(std::clock() - begin) / CLOCKS_PER_SEC < 0.02 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}
#endif
