#include "downhill/core/memory.h"

#include <cstdlib>  // tells whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "downhill/core/pool.h"

namespace downhill {

void keep_large_vectors() noexcept {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

void give_back_free_memory() noexcept {
  pool::release();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace downhill
