// One crew of threads for all work that is shared. OpenBLAS has one thread only: kernels/blas.cpp splits
// products. What it is told, here, it is told before the first of them.
#include "autograd/threads.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

// Declared here, because OpenBLAS's cblas.h and that of xtensor-blas define the same names.
extern "C" {
int openblas_get_num_threads();
void openblas_set_num_threads(int);
char* openblas_get_corename();

// Where OpenBLAS chooses its kernels; null in a BLAS that has no such functions.
__attribute__((weak)) void gotoblas_dynamic_init();
__attribute__((weak)) void gotoblas_dynamic_quit();
}

namespace autograd {

namespace {

using Clock = std::chrono::steady_clock;

// ---- what OpenBLAS is told at the start -------------------------------------------------------------------

// Up to 0.3.24 it takes a processor that it does not know for a Prescott or a Barcelona (its issue 4267),
// whose kernels are two to four times slower than those that it has for the same instructions.
void tell_blas_the_processor() {
#ifdef __x86_64__
  const char* const variable = "OPENBLAS_CORETYPE";
  const std::string chosen = blas_kernel();
  if ((chosen != "Prescott" && chosen != "Barcelona") || std::getenv(variable) || !gotoblas_dynamic_init)
    return;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (!avx2) return;
  setenv(variable, avx512 ? "SkylakeX" : "Haswell", 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv(variable);
#endif
}

std::size_t taken_from_blas() {
  tell_blas_the_processor();
  const int chosen = openblas_get_num_threads();
  openblas_set_num_threads(1);
  return std::size_t(std::max(1, chosen));
}

std::atomic<std::size_t> number_of_threads = taken_from_blas();

}  // namespace

void set_threads(std::size_t threads) {
  number_of_threads = std::max<std::size_t>(1, threads);
  openblas_set_num_threads(1);  // which others in the process may have changed
}

std::size_t threads() { return number_of_threads; }

namespace {

// ---- the crew ---------------------------------------------------------------------------------------------

// How long a member that has nothing to do looks for work before it sleeps: long enough to meet the next
// product of a training step.
constexpr std::chrono::microseconds awake_for(200);

// Microseconds from which a loop is faster on two threads: if one must be woken, and if one is awake.
constexpr double worth_waking = 12, worth_sharing = 2;

void pause() {
#ifdef __x86_64__
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Looks until the condition holds, or for so long.
template <class Condition>
bool look(const Condition& holds, std::chrono::microseconds how_long) {
  for (const Clock::time_point end = Clock::now() + how_long; Clock::now() < end;)
    for (int i = 0; i < 30; ++i, pause())
      if (holds()) return true;
  return false;
}

std::size_t processors() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? std::size_t(CPU_COUNT(&allowed)) : 1;
}

// Threads that wait for work. They are started when they are first needed and then kept, because starting a
// thread costs more than waking it.
class Crew {
 public:
  // Runs work(0) on this thread, and work(1) … work(workers − 1) on those members that come before it
  // returns. It waits for these and for no others: work(0) must do whatever the others do not.
  void run(std::size_t workers, const std::function<void(std::size_t)>& work) {
    grow(workers - 1);
    looks_ = size_ < processors_;
    work_ = &work;
    state_ = (workers - 1) * one_seat;
    if (asleep_ > 0) {
      mutex_.lock(), mutex_.unlock();  // who is about to sleep sleeps now, or has seen the seats
      work_given_.notify_all();
    }
    work(0);
    state_ &= one_seat - 1;  // no more seats
    const auto all_done = [this] { return state_ == 0; };
    while (!all_done()) looks_ ? void(look(all_done, awake_for)) : std::this_thread::yield();
  }

  bool awake() const { return asleep_ < size_; }

  std::atomic_flag taken = ATOMIC_FLAG_INIT;  // a caller of run() holds the crew

 private:
  // Starts threads until there are so many members.
  void grow(std::size_t size) {
    if (refused_) return;
    try {
      for (; members_.size() < size; ++size_) members_.emplace_back([this] { live(); });
    } catch (const std::exception&) {
      refused_ = true;  // no more threads can be started: those that exist do all the work
    }
  }

  // What a member does all its life: take a seat when there is one, work, and leave.
  void live() {
    for (;;) {
      std::uint32_t s = state_;
      while (s >= one_seat)
        if (state_.compare_exchange_weak(s, s - one_seat + 1)) {
          (*work_)(s / one_seat);
          --state_;
          s = state_;
        }
      if (!looks_ || !look([this] { return state_ >= one_seat; }, awake_for)) sleep();
    }
  }

  void sleep() {
    std::unique_lock lock(mutex_);
    ++asleep_;
    work_given_.wait(lock, [this] { return state_ >= one_seat; });
    --asleep_;
  }

  // The seats that are left, and how many members are at work: a member that takes seat n is worker n.
  static constexpr std::uint32_t one_seat = 1 << 16;
  std::atomic<std::uint32_t> state_ = 0;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::atomic<bool> looks_ = true;  // members that find no work look for some before they sleep

  std::mutex mutex_;
  std::condition_variable work_given_;
  std::atomic<std::size_t> asleep_ = 0, size_ = 0;  // of members_
  const std::size_t processors_ = processors();
  bool refused_ = false;
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
  // Alone, if there is little to do, or if another call holds the threads.
  const std::size_t workers = microseconds < worth_sharing ? 1 : std::min(count, threads());
  Crew* const others = workers > 1 ? &crew() : nullptr;
  if (!others || (microseconds < worth_waking && !others->awake()) || others->taken.test_and_set()) {
    for (std::size_t i = 0; i < count; ++i) f(i, 0);
    return;
  }

  // Share the indices: the caller takes them from the front and the others from the back, so that each finds
  // its part in its own cache if the next loop is over the same array.
  std::atomic<std::size_t> taken = 0, front = 0, back = count;
  std::exception_ptr error;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  others->run(workers, [&](std::size_t worker) {
    try {
      while (taken++ < count) f(worker == 0 ? front++ : --back, worker);
    } catch (...) {
      if (!failed.test_and_set()) error = std::current_exception();
      taken = count;
    }
  });
  others->taken.clear();
  if (error) std::rethrow_exception(error);
}

void share(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& f) {
  // Do the first range, and time it.
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
