#include "autograd/threads.h"

#include <cblas.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace autograd {

void set_threads(std::size_t threads) { openblas_set_num_threads(int(std::max<std::size_t>(1, threads))); }

std::size_t threads() { return std::size_t(openblas_get_num_threads()); }

namespace {

// Products on one thread, until the end of a block.
struct OneThread {
  const std::size_t before = threads();
  OneThread() { set_threads(1); }
  ~OneThread() { set_threads(before); }
};

// Threads that wait for work. They are started when first asked for and kept, since starting one costs more than waking it.
class Crew {
 public:
  ~Crew() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    work_given_.notify_all();
    for (std::thread& member : members_) member.join();
  }

  // work(0) on this thread, and work(1) … work(workers − 1) on those members that come before it returns. It waits for those
  // that came and for no other: work(0) has to do whatever the others do not.
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

  std::mutex taken;  // held by the caller of run()

 private:
  void grow(std::size_t size) {
    try {
      while (members_.size() < size) avoided_ = -1, members_.emplace_back([this, worker = members_.size() + 1] { live(worker); });
    } catch (const std::system_error&) {
      // No more threads to be had: those that are there do all the work.
    }
  }

  // OpenBLAS's threads keep the other processors busy, waiting for the next product. The system would then wake a member on this
  // thread's own processor, where it would wait too; elsewhere they make way for it.
  void keep_off(int processor) {
    if (processor == avoided_) return;
    avoided_ = processor;
    cpu_set_t allowed;
    if (processor < 0 || pthread_getaffinity_np(pthread_self(), sizeof allowed, &allowed) != 0) return;
    CPU_CLR(std::size_t(processor), &allowed);
    if (CPU_COUNT(&allowed) == 0) return;
    for (std::thread& member : members_) pthread_setaffinity_np(member.native_handle(), sizeof allowed, &allowed);
  }

  void live(std::size_t worker) {
    std::unique_lock lock(mutex_);
    for (std::uint64_t done = 0;;) {
      work_given_.wait(lock, [&] { return ending_ || (work_ && round_ != done && worker < wanted_); });
      if (ending_) return;
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
  bool ending_ = false;
  int avoided_ = -1;  // the processor that members keep off
  std::vector<std::thread> members_;
};

}  // namespace

void parallel_for(std::size_t count, double microseconds, const std::function<void(std::size_t, std::size_t)>& f) {
  constexpr double worth_a_thread = 40;
  static Crew crew;
  const std::size_t workers = microseconds < worth_a_thread ? 1 : std::min(count, threads());
  const OneThread products;

  std::atomic<std::size_t> next = 0;
  std::exception_ptr error;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i; (i = next++) < count;) f(i, worker);
    } catch (...) {
      if (!failed.test_and_set()) error = std::current_exception();
      next = count;
    }
  };
  const std::unique_lock alone(crew.taken, std::try_to_lock);
  if (workers > 1 && alone)
    crew.run(workers, work);
  else
    work(0);
  if (error) std::rethrow_exception(error);
}

std::string blas_kernel() { return openblas_get_corename(); }

}  // namespace autograd
