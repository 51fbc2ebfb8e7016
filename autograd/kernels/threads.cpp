#include "autograd/kernels/threads.h"

#include <cblas.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace autograd {

namespace {

std::mutex counting;
std::size_t loops =
    0;  // of parallel_for that run now; then OpenBLAS, which has but one number for all, has one thread,
std::size_t outside_them = 1;  // and these are the threads
thread_local bool in_loop = false;

class OneThread {
 public:
  OneThread() {
    const std::lock_guard lock(counting);
    in_loop = true;
    if (loops++ > 0) return;
    outside_them = std::size_t(openblas_get_num_threads());
    openblas_set_num_threads(1);
  }
  ~OneThread() {
    const std::lock_guard lock(counting);
    in_loop = outer_;
    if (--loops == 0) openblas_set_num_threads(int(outside_them));
  }

 private:
  const bool outer_ = in_loop;
};

}  // namespace

void set_threads(std::size_t threads) {
  const std::lock_guard lock(counting);
  const std::size_t n = std::max<std::size_t>(1, threads);
  loops > 0 ? void(outside_them = n) : openblas_set_num_threads(int(n));
}

std::size_t threads() {
  const std::lock_guard lock(counting);
  return loops > 0 ? outside_them : std::size_t(openblas_get_num_threads());
}

namespace {

// In µs: a loop that takes longer is faster on two threads, though one has to be woken. (Right after a
// product, whose threads do not sleep yet, from 20 on.)
constexpr double worth_a_thread = 12;

// Threads that wait for work. They are started when first asked for and kept, since starting one costs more
// than waking it.
class Crew {
 public:
  // work(0) on this thread, and work(1) … work(workers − 1) on those members that come before it returns. It
  // waits for those that came and for no other: work(0) has to do whatever the others do not.
  void run(std::size_t workers, const std::function<void(std::size_t)>& work) {
    {
      const std::lock_guard lock(mutex_);
      grow(workers - 1);
      keep_off(sched_getcpu());
      work_ = &work;
      wanted_ = workers;
      ++round_;
    }
    work_given_.notify_all();
    work(0);
    {
      const std::lock_guard lock(mutex_);
      work_ = nullptr;
    }
    while (at_work_ > 0) std::this_thread::yield();
  }

  std::atomic_flag taken = ATOMIC_FLAG_INIT;  // by a caller of run()

 private:
  void grow(std::size_t size) {
    try {
      while (members_.size() < size)
        avoided_ = -1, members_.emplace_back([this, worker = members_.size() + 1] { live(worker); });
    } catch (const std::exception&) {
      // No more threads to be had: those that are there do all the work.
    }
  }

  // OpenBLAS's threads keep the other processors busy, waiting for the next product. The system would then
  // wake a member on this thread's own processor, where it would wait too; elsewhere they make way for it.
  void keep_off(int processor) {
    if (processor == avoided_) return;
    avoided_ = processor;
    cpu_set_t allowed;
    if (processor < 0 || pthread_getaffinity_np(pthread_self(), sizeof allowed, &allowed) != 0) return;
    CPU_CLR(std::size_t(processor), &allowed);
    if (CPU_COUNT(&allowed) == 0) return;
    for (std::thread& member : members_)
      pthread_setaffinity_np(member.native_handle(), sizeof allowed, &allowed);
  }

  void live(std::size_t worker) {
    std::unique_lock lock(mutex_);
    for (std::uint64_t done = 0;;) {
      work_given_.wait(lock, [&] { return work_ && round_ != done && worker < wanted_; });
      const auto& work = *work_;
      done = round_;
      ++at_work_;
      lock.unlock();
      work(worker);
      --at_work_;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable work_given_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t wanted_ = 0;
  std::uint64_t round_ = 0;
  std::atomic<std::size_t> at_work_ = 0;
  int avoided_ = -1;  // the processor that members keep off
  std::vector<std::thread> members_;
};

// The one crew, which ends with the process. A forked process has no members to wait for: it starts with
// another.
Crew& crew() {
  static Crew* one = new Crew;
  static const int registered = pthread_atfork(nullptr, nullptr, [] { one = new Crew; });
  (void)registered;
  return *one;
}

}  // namespace

void parallel_for(std::size_t count, double microseconds,
                  const std::function<void(std::size_t, std::size_t)>& f) {
  const std::size_t workers = in_loop || microseconds < worth_a_thread ? 1 : std::min(count, threads());
  const OneThread products;

  // The caller begins at the front and the others at the back, so that in the next loop each finds its part
  // in its own cache.
  std::atomic<std::size_t> taken = 0, front = 0, back = count;
  std::exception_ptr error;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  const auto work = [&](std::size_t worker) {
    try {
      while (taken++ < count) f(worker == 0 ? front++ : --back, worker);
    } catch (...) {
      if (!failed.test_and_set()) error = std::current_exception();
      taken = count;
    }
  };
  if (workers > 1 && !crew().taken.test_and_set()) {
    crew().run(workers, work);
    crew().taken.clear();
  } else
    work(0);
  if (error) std::rethrow_exception(error);
}

void share(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& f) {
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  f(0, grain);
  const double microseconds = 1e6 * std::chrono::duration<double>(Clock::now() - begun).count();

  const std::size_t rest = (count - 1) / grain;
  parallel_for(rest, microseconds * double(rest),
               [&](std::size_t i, std::size_t) { f((i + 1) * grain, std::min(count, (i + 2) * grain)); });
}

std::string blas_kernel() { return openblas_get_corename(); }

}  // namespace autograd
