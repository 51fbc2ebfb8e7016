// A pool of threads for loops, beside that of OpenBLAS, which is held to one thread while such a loop runs.
#include "autograd/threads.h"

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

// Declared here, because OpenBLAS's cblas.h and that of xtensor-blas define the same names.
extern "C" {
int openblas_get_num_threads();
void openblas_set_num_threads(int);
char* openblas_get_corename();
}

namespace autograd {

namespace {

// ---- the number of threads --------------------------------------------------------------------------------

// OpenBLAS has one number of threads for the whole process. It is 1 while any parallel_for runs, and the
// number that was set is kept here.
std::mutex counting;
std::size_t loops = 0;              // parallel_for calls now running
std::size_t threads_outside = 1;    // the number of threads outside of them, while loops > 0
thread_local bool in_loop = false;  // this thread is in one

// Holds OpenBLAS to one thread.
class OneThread {
 public:
  OneThread() {
    const std::lock_guard lock(counting);
    in_loop = true;
    if (loops++ > 0) return;
    threads_outside = std::size_t(openblas_get_num_threads());
    openblas_set_num_threads(1);
  }
  ~OneThread() {
    const std::lock_guard lock(counting);
    in_loop = outer_;
    if (--loops == 0) openblas_set_num_threads(int(threads_outside));
  }

 private:
  const bool outer_ = in_loop;
};

}  // namespace

void set_threads(std::size_t threads) {
  const std::lock_guard lock(counting);
  const std::size_t n = std::max<std::size_t>(1, threads);
  loops > 0 ? void(threads_outside = n) : openblas_set_num_threads(int(n));
}

std::size_t threads() {
  const std::lock_guard lock(counting);
  return loops > 0 ? threads_outside : std::size_t(openblas_get_num_threads());
}

namespace {

// ---- the pool of threads ----------------------------------------------------------------------------------

// Microseconds from which a loop is faster on two threads, although one must be woken. (Right after a
// product, while OpenBLAS's threads still spin, it is from 20 on.)
constexpr double worth_a_thread = 12;

// Threads that wait for work. They are started when they are first needed and then kept, because starting a
// thread costs more than waking it.
class Crew {
 public:
  // Runs work(0) on this thread, and work(1) … work(workers − 1) on those members that wake up before it
  // returns. It waits for these and for no others: work(0) must do whatever the others do not.
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

  std::atomic_flag taken = ATOMIC_FLAG_INIT;  // a caller of run() holds the crew

 private:
  // Starts threads until there are so many members.
  void grow(std::size_t size) {
    try {
      while (members_.size() < size)
        avoided_ = -1, members_.emplace_back([this, worker = members_.size() + 1] { live(worker); });
    } catch (const std::exception&) {
      // No more threads can be started: those that exist do all the work.
    }
  }

  // Keeps the members off this processor. OpenBLAS's threads keep the other processors busy while they wait
  // for the next product, so that the system would wake a member on this one, where it would have to wait for
  // this thread; on the others OpenBLAS's threads yield to it.
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

  // What a member does all its life: wait for a round of work that wants it, and do its part.
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
  int avoided_ = -1;  // the processor that the members are kept off
  std::vector<std::thread> members_;
};

// The only crew, which lives until the process ends. A forked process does not inherit the threads, so it
// starts with a new crew.
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

  // Share the indices: the caller takes them from the front and the others from the back, so that each finds
  // its part in its own cache if the next loop is over the same array.
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
  // Work on all threads, or alone if another call holds them.
  if (workers > 1 && !crew().taken.test_and_set()) {
    crew().run(workers, work);
    crew().taken.clear();
  } else
    work(0);
  if (error) std::rethrow_exception(error);
}

void share(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& f) {
  // Do the first range, and time it.
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  f(0, grain);
  const double microseconds = 1e6 * std::chrono::duration<double>(Clock::now() - begun).count();

  // Share the others.
  const std::size_t rest = (count - 1) / grain;
  parallel_for(rest, microseconds * double(rest),
               [&](std::size_t i, std::size_t) { f((i + 1) * grain, std::min(count, (i + 2) * grain)); });
}

std::string blas_kernel() { return openblas_get_corename(); }

}  // namespace autograd
