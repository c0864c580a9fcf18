#include "downhill/tensor/detail/blas.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

// What Debian's OpenBLAS maps for a call, 128 MB and a page to align it; what a thread of its own
// has on top as its stack; and the library itself, with that of Fortran.
constexpr std::size_t kSpace = (std::size_t{128} << 20) + 4096;
constexpr std::size_t kStack = std::size_t{8} << 20;
constexpr std::size_t kLibrary = std::size_t{48} << 20;

/// Whether that much address space can be had now; no memory is touched.
bool can_map(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory != MAP_FAILED && munmap(memory, bytes) == 0;
}

/// How many threads OpenBLAS starts while it loads.
std::size_t threads_of_its_own() {
  int count = available_processors();
  for (const char* name : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const char* text = std::getenv(name);
    const int asked = text != nullptr ? std::atoi(text) : 0;
    if (asked > 0) return static_cast<std::size_t>(std::min(count, asked) - 1);
  }
  return static_cast<std::size_t>(count - 1);
}

OpenBlas load() {
  if (!can_map(kLibrary + kSpace + threads_of_its_own() * (kSpace + kStack)))
    throw std::bad_alloc();
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    for (const char* short_of : {"memory", "cannot create", "cannot allocate", "cannot extend"})
      if (why == nullptr || std::strstr(why, short_of) != nullptr) throw std::bad_alloc();
    throw_usage("product", fmt::format("OpenBLAS cannot be loaded ({}); install it", why));
  }
  OpenBlas b{};
  const auto find = [library](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  const bool whole =
      find(b.sgemm, "cblas_sgemm") && find(b.dgemm, "cblas_dgemm") &&
      find(b.sgemv, "cblas_sgemv") && find(b.dgemv, "cblas_dgemv") && find(b.dstev, "dstev_") &&
      find(b.dsyev, "dsyev_") && find(b.get_config, "openblas_get_config") &&
      find(b.get_parallel, "openblas_get_parallel") &&
      find(b.get_num_threads, "openblas_get_num_threads") &&
      find(b.set_num_threads, "openblas_set_num_threads") &&
      find(b.memory_alloc, "blas_memory_alloc") && find(b.memory_free, "blas_memory_free");
  if (!whole)
    throw_usage("product", "libopenblas.so.0 is not an OpenBLAS that we know; install 0.3");
  if (b.get_parallel() == OPENBLAS_OPENMP && !(find(b.omp_get_max_threads, "omp_get_max_threads") &&
                                               find(b.omp_set_num_threads, "omp_set_num_threads")))
    throw_usage("product", "OpenBLAS has no OpenMP, but was built for it; install it anew");
  return b;
}

bool openmp_build() { return blas().omp_set_num_threads != nullptr; }

std::atomic<int> one_thread_users{0};
std::atomic<int> threads_before{1};

std::atomic<int> calls_now{0};
std::atomic<int> spaces{0};  // that OpenBLAS has: as many as calls at a time there may be
std::mutex growing;

/// Makes OpenBLAS map its space now, while it is known to be there.
bool have_spaces(int wanted) noexcept {
  if (wanted <= spaces.load(std::memory_order_acquire)) return true;
  const std::lock_guard lock(growing);
  const int there = spaces.load(std::memory_order_relaxed);
  if (wanted <= there) return true;
  if (!can_map(static_cast<std::size_t>(wanted - there) * kSpace)) return false;
  const auto count = static_cast<std::size_t>(wanted);
  const std::unique_ptr<void*[]> held(new (std::nothrow) void*[count]);
  if (held == nullptr) return false;
  for (std::size_t i = 0; i < count; ++i) held[i] = blas().memory_alloc(1);
  for (std::size_t i = 0; i < count; ++i) blas().memory_free(held[i]);
  spaces.store(wanted, std::memory_order_release);
  return true;
}

}  // namespace

const OpenBlas& blas() {
  static const OpenBlas loaded = load();
  return loaded;
}

OneBlasThread::OneBlasThread() {
  if (openmp_build()) {
    before_ = blas().omp_get_max_threads();
    if (before_ != 1) blas().omp_set_num_threads(1);
  } else if (one_thread_users.fetch_add(1) == 0) {
    threads_before = blas().get_num_threads();
    if (threads_before != 1) blas().set_num_threads(1);
  }
}

OneBlasThread::~OneBlasThread() {
  if (openmp_build()) {
    if (before_ != 1) blas().omp_set_num_threads(before_);
  } else if (one_thread_users.fetch_sub(1) == 1) {
    const int before = threads_before;
    if (before != 1) blas().set_num_threads(before);
  }
}

BlasSpace::BlasSpace(int calls) : calls_(calls) {
  blas();
  if (have_spaces(calls_now.fetch_add(calls) + calls)) return;
  calls_now.fetch_sub(calls - 1);
  calls_ = 1;
  if (have_spaces(calls_now.load())) return;
  calls_now.fetch_sub(1);
  throw std::bad_alloc();
}

BlasSpace::~BlasSpace() { calls_now.fetch_sub(calls_); }

}  // namespace downhill::detail
